"""
Secrets by reference: train.json names an environment variable or a file of the node, and only whoever needs the value
reads it there. No message holds a value.
"""

import os
from pathlib import Path
from typing import Any

from .mistake import Mistake

FILE = "Write the secret into it, on this host, readable for this user alone."


def _missing(message: str, fix: str) -> Mistake:
    return Mistake("secret", message, fix, cause="launch-failed")


def value_of(reference: dict[str, Any]) -> str:
    name = reference.get("fromEnv")
    if name is not None:
        value = os.environ.get(name, "").strip()
        if not value:
            raise _missing(f"The secret {name} is not set.", "Set this environment variable where the run is started.")
        return value
    path = Path(str(reference.get("fromFile"))).expanduser()
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise _missing(f"The secret file {reference.get('fromFile')} cannot be read: {reason}.", FILE) from None
    if not value or any(mark in value for mark in "\n\0"):
        raise _missing(f"The secret file {reference.get('fromFile')} does not hold one line of text.", FILE)
    return value


def variables(train: dict[str, Any]) -> dict[str, str]:
    """The environment variables that train.json names, with their values."""
    return {name: value_of(reference) for name, reference in train.get("secrets", {}).items()}


def fill(train: dict[str, Any]) -> None:
    """For a rank on another host than its supervisor's: what has not come with its environment is found here."""
    for name, reference in train.get("secrets", {}).items():
        if name not in os.environ:
            os.environ[name] = value_of(reference)


def token_of(block: dict[str, Any]) -> dict[str, str]:
    """Options for the Hub's client: the token of a model or dataset, where one is named."""
    return {"token": value_of(block["token"])} if "token" in block else {}

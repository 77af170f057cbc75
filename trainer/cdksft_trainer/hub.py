"""Commits of the Hugging Face Hub."""

import re
from typing import Any


def is_commit(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{40}", value) is not None


def commit_of(kind: str, name: str, revision: str | None, options: dict[str, str] | None = None) -> str | None:
    """What a revision stands for now; None where the Hub does not tell, as offline: then its cache decides."""
    if is_commit(revision):
        return revision
    from huggingface_hub import HfApi

    ask = HfApi().dataset_info if kind == "dataset" else HfApi().model_info
    try:
        found = ask(name, revision=revision or "main", timeout=10, **(options or {})).sha
    except Exception:  # The client's errors share no base class, and to read the files tells any of them better.
        return None
    return found if is_commit(found) else None

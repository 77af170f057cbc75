"""
A run's tokens: found in the workspace, or made there by rank 0 while the other ranks wait. They wait for the files, on
any host that shares the workspace, and in no collective operation, which would time out.
"""

import os
import threading
import time
from pathlib import Path
from typing import Any, Callable

from .durable import read_json, write_json
from .encoded import make_tokens
from .folders import whole
from .mistake import Mistake
from .ranks import rank
from .recipe import Recipe, key_of
from .workspace import Attempt

Say = Callable[[str], None]

# Rank 0 signs as often; whoever waits for it gives up after so long without a new sign.
SIGN_SECONDS = 10
SILENCE_SECONDS = 300
LOOK_SECONDS = 0.25


def ensure_tokens(attempt: Attempt, recipe: Recipe, data: dict[str, Any], say: Say) -> Path:
    """`data`: its block of train.json, whose rows are prepared."""
    rows = attempt.workspace.data(data["key"])
    manifest = read_json(rows / "manifest.json")
    if not isinstance(manifest, dict):
        raise Mistake("data-missing", f"{rows} is not prepared.", "Run `sft apply` again.", cause="data")
    shape = recipe.shape()
    key = key_of(shape, manifest)
    final = attempt.workspace.tokens(key)
    if rank() != 0:
        _wait(attempt, final, key)
        return final
    with _Sign(attempt.folder / "tokens.json", key):
        if _found(final):
            say(f"Tokens of these rows are there already: {_name(final)}.")
        else:
            made = make_tokens(final, recipe, rows, manifest, shape)
            say(f"{_name(final)} is made in {made['seconds']:.1f} s: {_told(made['train'])}.")
    return final


def _name(final: Path) -> str:
    return f"{final.parent.name}/{final.name}"


def _told(counts: dict[str, Any]) -> str:
    packed = f", {counts['sequences']:,} sequences" if counts["sequences"] != _kept(counts) else ""
    return f"{_kept(counts):,} rows{packed}, {counts['tokens']:,} tokens, {counts['trained_tokens']:,} of them trained"


def _kept(counts: dict[str, Any]) -> int:
    return counts["rows"] - sum(counts["dropped"].values())


def _found(final: Path) -> bool:
    """Touched, so that no `sft gc` takes it for old while it comes into use."""
    try:
        os.utime(final)
    except FileNotFoundError:
        return False
    return whole(final)


class _Sign:
    """What the attempt uses, and a sign of life for those who wait for it: the same file, written anew."""

    def __init__(self, path: Path, key: str):
        self._path, self._key = path, key
        self._count = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def __enter__(self) -> None:
        self._write()
        self._thread.start()

    def __exit__(self, *_: Any) -> None:
        self._over.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._over.wait(SIGN_SECONDS):
            self._write()

    def _write(self) -> None:
        self._count += 1
        write_json(self._path, {"key": self._key, "sign": f"{os.getpid()}-{self._count}"})


def _wait(attempt: Attempt, final: Path, key: str) -> None:
    sign, since = None, time.monotonic()
    while not _is_there(final):
        if (attempt.folder / "outcome.json").exists():
            raise Mistake("tokens", "Rank 0 ended before the tokens were made.", "", cause="launch-failed")
        seen = read_json(attempt.folder / "tokens.json")
        if seen is not None and seen != sign:
            sign, since = seen, time.monotonic()
        if time.monotonic() - since > SILENCE_SECONDS:
            raise _silent(sign, key)
        time.sleep(LOOK_SECONDS)


def _is_there(final: Path) -> bool:
    """A network file system remembers for a while that a name was not there; to list the folder asks it again."""
    try:
        return final.name in os.listdir(final.parent) and whole(final)
    except FileNotFoundError:
        return False


def _silent(sign: dict[str, Any] | None, key: str) -> Mistake:
    fix = "Look whether rank 0 lives, and whether all hosts see the same workspace."
    if sign is not None and sign.get("key") != key:
        message = f"Rank 0 makes tokens {sign.get('key')}, this rank needs {key}."
        fix = "Use the same packages, and the same tokenizer, on all hosts."
        return Mistake("tokens", message, fix, cause="launch-failed")
    message = f"The tokens {key} are not there, and rank 0 has given no sign for {SILENCE_SECONDS} s."
    return Mistake("tokens", message, fix, cause="node-lost")

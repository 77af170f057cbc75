"""Rows that the dataset's `fix` leaves out. The plan has counted the same ones (lib/data/fix/): other counts are refused."""

import hashlib
import json
import struct
from typing import Any, Callable, Iterator

from .columnar import Foreign
from .content import mistake
from .dialogue import Fault
from .example import example_of
from .rows import Row

Say = Callable[[str], None]

# Spelt out as in lib/data/fix/reason.ts; Python's own idea of space is another.
BLANK = "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200C))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
# What only the tokenizer can tell is done in tokenise.py.
BY_TOKENS = ("too-long",)


class Fix:
    """`data`: its block of train.json. Sees the rows to learn from first, then those of their own to evaluate on."""

    def __init__(self, data: dict[str, Any], say: Say):
        fix = data.get("fix", {})
        self._data, self._say = data, say
        self._drop = [reason for reason in fix.get("drop", []) if reason not in BY_TOKENS]
        self._by = fix.get("dedupe")
        self._seen: set[bytes] = set()
        # What is left out; None where nothing is asked for.
        self.counts: dict[str, Any] | None = None

    def left(self, rows: list[Row]) -> list[Row]:
        planned = self._data.get("fixed")
        own = planned and {name: count for name, count in planned.items() if name != "evaluation"}
        left, self.counts = self._fixed(rows, own, "rows")
        return left

    def left_to_evaluate(self, rows: list[Row]) -> list[Row]:
        """What is learnt from is not evaluated on: there it is a duplicate."""
        left, counts = self._fixed(rows, (self._data.get("fixed") or {}).get("evaluation"), "rows for evaluation")
        if self.counts is not None:
            self.counts["evaluation"] = counts
        return left

    def _fixed(self, rows: list[Row], planned: dict[str, Any] | None, name: str) -> tuple[list[Row], dict[str, Any] | None]:
        if not self._drop and self._by is None:
            return rows, None
        dropped, duplicates, left = dict.fromkeys(self._drop, 0), 0, []
        for row in rows:
            example, reasons = _read(row.value, self._data)
            why = next((reason for reason in reasons if reason in dropped), None)
            if why is not None:
                dropped[why] += 1
            elif self._is_new(example):
                left.append(row)
            else:
                duplicates += 1
        own = {"dropped": dropped} if self._drop else {}
        counts = own if self._by is None else {**own, "duplicates": duplicates}
        _check(counts, planned)
        self._say(f"Of {len(rows)} {name} {len(left)} are left: {_told(counts)}.")
        if not left:
            raise mistake("data-too-few", f"Of {len(rows)} {name} none is left.", "Correct fix of the dataset.")
        return left, counts

    def _is_new(self, example: dict[str, Any] | None) -> bool:
        if self._by is None or example is None:
            return True
        key = key_of(example, self._by)
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new


def _check(counts: dict[str, Any], planned: dict[str, Any] | None) -> None:
    """A dataset of the Hub was not read for the plan."""
    if planned is not None and planned != counts:
        message = f"The rows that fix leaves out are others than planned: {_told(counts)}; planned: {_told(planned)}."
        raise mistake("data-fixed", message, "Use the trainer that belongs to the cdksft that made the plan.")


def _told(counts: dict[str, Any]) -> str:
    told = [f"{count} dropped ({reason})" for reason, count in counts.get("dropped", {}).items()]
    return ", ".join(told + ([f"{counts['duplicates']} duplicates"] if "duplicates" in counts else []))


def _read(value: Any, data: dict[str, Any]) -> tuple[dict[str, Any] | None, list[str]]:
    try:
        example = example_of(value, data["format"], data.get("columns"))
    except Fault as fault:
        return None, [{"answer": "no-answer", "empty": "empty-answer"}.get(fault.kind, "unusable")]
    return example, list(_reasons(example))


def _reasons(example: dict[str, Any]) -> Iterator[str]:
    """A dialogue's empty answers are a fault of the row."""
    kind = example["kind"]
    if kind == "messages":
        return
    answer = {"alpaca": "output", "prompt": "completion", "text": "text"}[kind]
    if not example[answer].strip(BLANK):
        yield "empty-answer"
    asked = {"alpaca": ("instruction", "input"), "prompt": ("prompt",), "text": ()}[kind]
    if asked and not any(example[column].strip(BLANK) for column in asked):
        yield "empty-question"


def key_of(example: dict[str, Any], by: str) -> bytes:
    """Rows are the same where this is: a hash of the values that are used of them, each in its only form."""
    asked = _asked(example) if by == "questions" else None
    found = hashlib.sha256(b"r" if asked is None else b"q")
    for part in _parts(_whole(example) if asked is None else asked):
        found.update(part)
    return found.digest()[:16]


COLUMNS = {"alpaca": ("instruction", "input", "output"), "prompt": ("prompt", "completion"), "text": ("text",)}


def _whole(example: dict[str, Any]) -> list[Any]:
    if example["kind"] == "messages":
        return [example["messages"], example.get("tools", [])]
    return [example[column] for column in COLUMNS[example["kind"]]]


def _asked(example: dict[str, Any]) -> list[Any] | None:
    """None where a row asks nothing: those are not all alike."""
    if example["kind"] == "text":
        return None
    if example["kind"] == "messages":
        messages = [message for message in example["messages"] if message["role"] != "assistant"]
        some = any(message["content"] for message in messages)
        return [messages, example.get("tools", [])] if some else None
    texts = [example[column] for column in COLUMNS[example["kind"]][:-1]]
    return texts if any(texts) else None


def _parts(value: Any) -> Iterator[bytes]:
    """A length before each text and list keeps apart what would read the same behind one another."""
    if value is None:
        yield b"n"
    elif isinstance(value, bool):
        yield b"t" if value else b"f"
    elif isinstance(value, (int, float)):
        yield b"d" + struct.pack(">d", _double(value))
    elif isinstance(value, str):
        yield from _text(b"s", value)
    elif isinstance(value, Foreign):
        yield from _text(b"x", value.type)
    elif isinstance(value, (list, tuple)):
        yield b"l%d:" % len(value)
        for each in value:
            yield from _parts(each)
    elif isinstance(value, dict):
        yield b"o%d:" % len(value)
        for key in sorted(value):  # By code points, which is the order of the bytes.
            yield from _text(b"s", key)
            yield from _parts(value[key])
    else:
        yield from _text(b"x", json.dumps(value, default=str))


def _double(value: int | float) -> float:
    """As 64 bits have it: 1 and 1.0 are one number, and so are 0 and -0."""
    try:
        return float(value) or 0.0
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _text(mark: bytes, value: str) -> Iterator[bytes]:
    encoded = value.encode("utf-8")
    yield mark + b"%d:" % len(encoded)
    yield encoded

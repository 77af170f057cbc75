"""Reads rows from a data file, with the line of each, and renders them to the text that is trained on."""

import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Iterator

from .columnar import Foreign, columnar
from .content import mistake, read_bytes, read_text
from .dialogue import Fault
from .example import REQUIRED, example_of
from .mistake import Mistake
from .tables import table, text_lines
from .template import as_turns

PREAMBLE = "Below is an instruction that describes a task"
WITH_INPUT = (
    PREAMBLE + ", paired with an input that provides further context. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:\n"
)
WITHOUT_INPUT = (
    PREAMBLE + ". Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{instruction}\n\n### Response:\n"
)

@dataclass(frozen=True)
class Row:
    """`number` counts from 1 within a file; `line` is where the row begins in it, unknown for a hub dataset."""

    value: Any
    file: str
    number: int
    line: int | None = None

    def place(self) -> str:
        return f"{self.file}, row {self.number}" + ("" if self.line is None else f" (line {self.line})")


# Formats whose columns are all text.
TEXTS = ("alpaca", "prompt", "text")

# What JSON takes for space; Python's own idea of it is wider.
SPACE = " \t\r\n"


def read_file(path: Path, name: str, encoding: str | None = None, type: str | None = None) -> list[Row]:
    """`encoding`: None for UTF-8. `type`: None for JSON."""
    if type in ("parquet", "arrow"):
        found = columnar(read_bytes(path, name), type, name)
        rows = [Row(value, name, number) for number, value in enumerate(found, 1)]
    else:
        text = read_text(path, name, encoding)
        if not text.strip(SPACE):
            raise mistake("data-empty", f"{name} is empty.", "Give a file with at least one row.")
        rows = list(_rows(text, name, type))
    if not rows:
        raise mistake("data-empty", f"{name} has no rows.", "Give a file with at least one row.")
    return rows


def _rows(text: str, name: str, type: str | None) -> Iterator[Row]:
    if type is None:
        return _array(text, name) if text.lstrip(SPACE).startswith("[") else _lines(text, name)
    if type == "text":
        found = text_lines(text)
    else:
        found = table(text, {"csv": ",", "tsv": "\t"}[type], name)
    return (Row(value, name, number, line) for number, (value, line) in enumerate(found, 1))


def _lines(text: str, name: str) -> Iterator[Row]:
    number = 0
    for line, content in enumerate(text.split("\n"), 1):
        if content.strip(SPACE):
            number += 1
            try:
                yield Row(json.loads(content), name, number, line)
            except (ValueError, RecursionError) as error:
                raise _not_json(name, line, error) from None


def _array(text: str, name: str) -> Iterator[Row]:
    """Element by element, so that each row knows its line."""
    decoder = json.JSONDecoder()
    at, counted, line, number = text.index("[") + 1, 0, 1, 0
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "]" and number == 0:
            break
        line += text.count("\n", counted, at)
        counted = at
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise _not_json(name, line, error) from None
        number += 1
        yield Row(value, name, number, line)
        at = _skip(text, at)
        mark = text[at : at + 1]
        if mark == "]":
            break
        if mark != ",":
            line += text.count("\n", counted, at)
            raise _not_json(name, line, f"expected ',' or ']' after row {number}")
        at += 1
    if text[at + 1 :].strip(SPACE):
        line += text.count("\n", counted, at)
        raise _not_json(name, line, "more text after the array")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def _not_json(name: str, line: int, why: object) -> Mistake:
    fix = "Give a JSON array of objects, or JSON lines (one object a line)."
    return mistake("data-not-json", f"{name}, line {line}: not JSON: {why}.", fix)


def render(
    rows: list[Row], format: str, columns: dict[str, str] | None = None, turns: bool = False
) -> list[dict[str, Any]]:
    """
    Every row as {prompt, completion}, {text} or {messages, tools}. The first bad row is told in full, the others are
    counted. `turns`: a prompt and its completion are messages, for a chat template.
    """
    if format not in REQUIRED:
        formats = ", ".join(REQUIRED)
        raise mistake("data-format", f"train.json#/data/format is {format!r}.", f"Use one of {formats}.")
    rendered, bad = [], []
    for row in rows:
        try:
            example = example_of(row.value, format, columns)
            rendered.append(as_turns(example) if turns else _render(example))
        except Fault as fault:
            bad.append((row, *_problem(row.value, fault)))
    if bad:
        row, id, what = bad[0]
        more = f" {len(bad) - 1} more rows are wrong too." if len(bad) > 1 else ""
        needs = ", ".join((columns or {}).get(column, column) for column in REQUIRED[format])
        fix = f"Each row of format {format} needs {needs}, as {'text' if format in TEXTS else 'a list of messages'}."
        raise mistake(id, f"{row.place()}: {what}.{more}", fix)
    return rendered


def check_columns(rows: list[Row], columns: dict[str, str]) -> None:
    """Where no row has what a column is said to be called, the name is misspelt: a column may be missing, too."""
    for column, name in columns.items():
        if any(isinstance(row.value, dict) and name in row.value for row in rows):
            continue
        has = next((list(row.value) for row in rows if isinstance(row.value, dict)), [])
        near = get_close_matches(name, map(str, has), 1)
        fix = f'Did you mean "{near[0]}"?' if near else f"The rows have {', '.join(map(str, has)) or 'no columns'}."
        message = f'No row has a column "{name}", which is said to be what {column} is called.'
        raise mistake("data-column-missing", message, f"{fix} Correct columns of the dataset.")


DIALOGUE = {
    "messages": "is no list of messages",
    "message": "has a message that is no object with a role",
    "role": "has a message with an unknown role",
    "content": "has a message whose content is no text",
    "call": "has a call of a tool without a name or without arguments",
    "tools": "is no list of objects",
    "answer": "has no message of an assistant",
    "empty": "has only empty answers",
}


def _problem(value: Any, fault: Fault) -> tuple[str, str]:
    column = f'column "{fault.column}"'
    if fault.kind == "row":
        return "data-not-object", f"is {_kind(value)}, not an object"
    if fault.kind == "missing":
        has = ", ".join(map(str, value)) or "no columns"
        return "data-column-missing", f"no {column} (it has: {has})"
    if fault.kind == "text":
        return "data-not-text", f"{column} is {_kind(value[fault.column])}, not text"
    if fault.kind == "half":
        return "data-not-text", f"{column} has half of a surrogate pair"
    named = f" ({fault.detail!a})" if fault.detail else ""
    return "data-dialogue", f"{column} {DIALOGUE[fault.kind]}{named}"


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, Foreign):
        return f"a value of type {value.type}"
    names = {int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return names.get(type(value), type(value).__name__)


def _render(example: dict[str, Any]) -> dict[str, Any]:
    if example["kind"] != "alpaca":
        return {name: value for name, value in example.items() if name != "kind"}
    # Plain replacement, not str.format: rows may hold braces.
    template = WITH_INPUT if example["input"] else WITHOUT_INPUT
    before, after = template.split("{instruction}")
    prompt = before + example["instruction"] + after.replace("{input}", example["input"], 1)
    return {"prompt": prompt, "completion": example["output"]}

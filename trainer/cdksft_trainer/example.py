"""What a row says, whatever its columns are called: what templates render. The plan's twin is lib/data/example.ts."""

from dataclasses import dataclass
from typing import Any

from .dialogue import Fault, encodable, messages_of

REQUIRED = {
    "alpaca": ("instruction", "output"),
    "prompt": ("prompt", "completion"),
    "text": ("text",),
    "messages": ("messages",),
    "sharegpt": ("conversations",),
}


@dataclass(frozen=True)
class _Taken:
    """The columns of one row under the format's names, checked as they are taken."""

    row: dict[str, Any]
    columns: dict[str, str]

    def name(self, column: str) -> str:
        return self.columns.get(column, column)

    def value(self, column: str) -> Any:
        return self.row.get(self.name(column))

    def text(self, column: str) -> str:
        value = self.value(column)
        if not isinstance(value, str):
            raise Fault("text", self.name(column))
        if not encodable(value):
            raise Fault("half", self.name(column))
        return value

    def optional_text(self, column: str) -> str:
        return "" if self.value(column) is None else self.text(column)

    def dialogue(self, column: str, system: str) -> dict[str, Any]:
        said = messages_of(self.value(column), self.value("tools"), system, self.name(column), self.name("tools"))
        return {"kind": "messages", **said}


def example_of(value: Any, format: str, columns: dict[str, str] | None = None) -> dict[str, Any]:
    """Columns that the format does not have are not looked at. Raises the first Fault."""
    if not isinstance(value, dict):
        raise Fault("row", "")
    row = _Taken(value, columns or {})
    for column in REQUIRED[format]:
        if row.name(column) not in value:
            raise Fault("missing", row.name(column))
    if format == "alpaca":
        instruction, output = row.text("instruction"), row.text("output")
        return {"kind": "alpaca", "instruction": instruction, "input": row.optional_text("input"), "output": output}
    if format == "prompt":
        return {"kind": "prompt", "prompt": row.text("prompt"), "completion": row.text("completion")}
    if format == "text":
        return {"kind": "text", "text": row.text("text")}
    if format == "messages":
        return row.dialogue("messages", "")
    return row.dialogue("conversations", row.optional_text("system"))

"""Turns as OpenAI or ShareGPT write them, as messages of one form. The plan's twin is lib/data/messages.ts."""

import json
import re
from typing import Any, Iterator

ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "tool": "tool",
    "function": "tool",
    "tool_response": "tool",
    "function_response": "tool",
    "observation": "tool",
    "function_call": "call",
    "tool_call": "call",
}
KEPT = ("name", "tool_call_id", "reasoning_content")
BLANK = re.compile(r"[ \t\r\n]*")
# As deep as rows may nest (lib/data/scan.ts).
DEEPEST = 200


class Fault(Exception):
    """What is wrong with a row: `kind` as the plan calls it, and the column as the data calls it."""

    def __init__(self, kind: str, column: str, detail: str | None = None):
        super().__init__(kind, column, detail)
        self.kind, self.column, self.detail = kind, column, detail


def encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def messages_of(value: Any, tools: Any, system: str, column: str, tools_column: str) -> dict[str, Any]:
    """`system`: of a column of its own; empty where there is none. `tools`: None where there are none."""
    if not isinstance(value, list) or not value:
        raise Fault("messages", column)
    messages = [{"role": "system", "content": system}] if system else []
    messages.extend(_message(turn, column) for turn in value)
    answers = [message for message in messages if message["role"] == "assistant"]
    if not answers:
        raise Fault("answer", column)
    if all("tool_calls" not in answer and BLANK.fullmatch(answer["content"]) for answer in answers):
        raise Fault("empty", column)
    offered = [] if tools is None or tools == "" else _parsed(tools)
    if not isinstance(offered, list) or not all(isinstance(tool, dict) for tool in offered) or not _whole(offered):
        raise Fault("tools", tools_column)
    return {"messages": messages, **({"tools": offered} if offered else {})}


def _first(turn: dict[str, Any], *keys: str) -> Any:
    return next((turn[key] for key in keys if turn.get(key) is not None), None)


def _message(turn: Any, column: str) -> dict[str, Any]:
    named = _first(turn, "role", "from") if isinstance(turn, dict) else None
    if named is None:
        raise Fault("message", column)
    role = ROLES.get(named) if isinstance(named, str) else None
    if role is None:
        raise Fault("role", column, named if isinstance(named, str) else "")
    content, calls = _first(turn, "content", "value"), None
    if role == "call":
        role, content, calls = "assistant", "", _calls(content, column)
    elif role == "assistant":
        written = _first(turn, "tool_calls", "function_call")
        calls = None if written is None or written == [] else _calls(written, column)
    text = "" if calls and content is None else _text(content)
    if text is None:
        raise Fault("content", column)
    message = {"role": role, "content": text}
    for key in KEPT:
        if turn.get(key) is not None:
            if not isinstance(turn[key], str):
                raise Fault("content", column, key)
            message[key] = turn[key]
    if not all(encodable(each) for each in message.values()):
        raise Fault("half", column)
    return {**message, "tool_calls": calls} if calls else message


def _text(content: Any) -> str | None:
    """Text, or OpenAI's list of parts that are all text."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list) or not content:
        return None
    parts = [part.get("text") if isinstance(part, dict) and part.get("type") == "text" else None for part in content]
    return "".join(parts) if all(isinstance(part, str) for part in parts) else None


def _calls(value: Any, column: str) -> list[dict[str, Any]]:
    """One call or a list of them, or the JSON text of that."""
    given = _parsed(value)
    calls = [_call(each) for each in (given if isinstance(given, list) else [given])]
    if not calls or None in calls or not _whole(calls):
        raise Fault("call", column)
    return calls


def _call(value: Any) -> dict[str, Any] | None:
    inner = _first(value, "function") if isinstance(value, dict) else None
    inner = value if inner is None else inner
    if not isinstance(inner, dict) or not isinstance(inner.get("name"), str) or not inner["name"]:
        return None
    given = _first(inner, "arguments")
    arguments = {} if given is None else _parsed(given)
    if not isinstance(arguments, dict):
        return None
    identity = {"id": value["id"]} if isinstance(value.get("id"), str) else {}
    return {**identity, "type": "function", "function": {"name": inner["name"], "arguments": arguments}}


def _number(name: str) -> None:
    raise ValueError(name)


def _parsed(value: Any) -> Any:
    """What a text of JSON says, None where it is none; a value that is no text is itself."""
    if not isinstance(value, str):
        return value
    try:
        parsed = json.loads(value, parse_constant=_number)
    except (ValueError, RecursionError):
        return None
    return None if any(level > DEEPEST for _, level in _inside(parsed)) else parsed


def _inside(value: Any) -> Iterator[tuple[Any, int]]:
    """Every value in it, keys too, with the lists and objects that it stands in, itself counted."""
    left = [(value, 1)]
    while left:
        each, level = left.pop()
        holds = isinstance(each, (list, dict))
        yield each, level if holds else level - 1
        if isinstance(each, dict):
            left.extend((key, level + 1) for key in each)
            left.extend((inner, level + 1) for inner in each.values())
        elif isinstance(each, list):
            left.extend((inner, level + 1) for inner in each)


def _whole(value: Any) -> bool:
    return all(encodable(each) for each, _ in _inside(value) if isinstance(each, str))

"""Rows of several datasets as one: of each so many that they stand in the proportion of the weights."""

from typing import Any, Callable

from .content import mistake
from .fix import Fix
from .rows import Row, check_columns, render
from .split import mix_counts, mix_order, sample
from .template import DIALOGUES, takes_turns

Say = Callable[[str], None]
Read = Callable[[list[dict[str, Any]]], list[Row]]


def mixed(data: dict[str, Any], read: Read, say: Say) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rendered rows in their order, and what was taken of each part. `data`: the block of train.json."""
    files, found = list(data["files"]), []
    planned = data["mixed"]
    for part, told in zip(data["mix"]["parts"], planned, strict=True):
        own, files = files[: part["files"]], files[part["files"] :]
        rows = read(own)
        # Of all rows: among those that are drawn there may be none with a column that may be missing.
        check_columns(rows, part.get("columns", {}))
        fix = Fix({**part, "fixed": told.get("fixed")}, say)
        found.append((fix, sample(fix.left(rows), part.get("samples"), part.get("seed", 0))))
    weights = [part["weight"] for part in data["mix"]["parts"]]
    counts = mix_counts([len(rows) for _, rows in found], weights, data["mix"].get("rows"))
    _check(counts, planned)
    drawn = [sample(rows, count, data["seed"]) for (_, rows), count in zip(found, counts, strict=True)]
    rendered = [_rendered(rows, part, data) for rows, part in zip(drawn, data["mix"]["parts"], strict=True)]
    taken = [
        {"name": told["name"], "rows": count, **({"fixed": fix.counts} if fix.counts else {})}
        for told, count, (fix, _) in zip(planned, counts, found, strict=True)
    ]
    say("Mixed: " + ", ".join(f"{one['rows']} rows of {one['name']}" for one in taken) + ".")
    return [rendered[part][row] for part, row in mix_order(counts)], taken


def _check(counts: list[int], planned: list[dict[str, Any]]) -> None:
    for count, told in zip(counts, planned, strict=True):
        if count != told["rows"]:
            message = f"Of {told['name']} {count} rows are to be taken, and the plan has {told['rows']}."
            raise mistake("data-mixed", message, "Use the trainer that belongs to the cdksft that made the plan.")


def _rendered(rows: list[Row], part: dict[str, Any], data: dict[str, Any]) -> list[dict[str, Any]]:
    made = render(rows, part["format"], part.get("columns"), takes_turns(data))
    if data["format"] not in DIALOGUES or part["format"] in DIALOGUES:
        return made
    # Beside dialogues, a prompt and its answer are one of two messages: the loss is on what the assistant says anyway.
    return [{"messages": [*row["prompt"], *row["completion"]]} for row in made]

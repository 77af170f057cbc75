"""Makes ROOT/data/<key>: rows from files or the Hub, sampled, split and rendered."""

import json
from functools import partial
from pathlib import Path
from typing import Any, Callable

from .content import mistake
from .durable import write_json
from .example import example_of
from .fix import Fix, key_of
from .folders import build_folder, listing, publish, sha256, whole
from .hub import commit_of, why_not
from .hub_rows import load_split
from .mix import mixed
from .mistake import Mistake, first_line
from .rows import Row, check_columns, read_file, render
from .secrets import token_of
from .split import hold_out, sample
from .template import takes_turns
from .workspace import Workspace

Say = Callable[[str], None]


def ensure_data(workspace: Workspace, data: dict[str, Any], say: Say) -> Path:
    final = workspace.data(data["key"])
    if whole(final):
        return final
    if "mix" in data:
        rendered, taken = mixed(data, partial(_from_files, workspace), say)
        return _published(final, *_held_out(rendered, data), {"mixed": taken}, say)
    commit = None
    if data["source"] == "hub":
        commit = commit_of("dataset", data["id"], data.get("revision"), token_of(data))
        rows = _from_hub(data, data["split"], commit or data.get("revision"), say)
    else:
        rows = _from_files(workspace, data["files"])
    # Of all rows: among those that are drawn there may be none with a column that may be missing.
    check_columns(rows, data.get("columns", {}))
    fix = Fix(data, say)
    rows = fix.left(rows)
    wanted = data.get("samples")
    if isinstance(wanted, int) and wanted > len(rows):
        say(f"{wanted} rows wanted, {len(rows)} there: all are taken.")
    taken = sample(rows, wanted, data["seed"])
    rendered = _rendered(taken, data)
    held = data.get("evaluation", {})
    train, evaluation = _held_out(rendered, data, _keys(taken, data))
    if "files" in held:
        evaluation = _rendered(fix.left_to_evaluate(_from_files(workspace, held["files"])), data)
    elif "split" in held:
        found = _from_hub(data, held["split"], commit or data.get("revision"), say)
        evaluation = _rendered(fix.left_to_evaluate(found), data)
    read = {**({"revision": commit} if commit else {}), **({"fixed": fix.counts} if fix.counts else {})}
    return _published(final, train, evaluation, read, say)


Rendered = list[dict[str, Any]]


def _held_out(
    rendered: Rendered, data: dict[str, Any], keys: list[bytes] | None = None
) -> tuple[Rendered, Rendered]:
    held = data.get("evaluation", {})
    train, evaluation = hold_out(rendered, held.get("share"), data["seed"], keys)
    if not train:
        message = f"Of {len(rendered)} rows, {len(evaluation)} are held out and none is left to train on."
        raise mistake("data-too-few", message, "Give more rows, or a smaller evaluation share.")
    if "by" in held and not evaluation:
        message = f"Of {len(rendered)} rows, none is held out by its content: there is none to evaluate on."
        raise mistake("data-too-few", message, "Give more rows, a larger evaluation share, or another seed.")
    return train, evaluation


def _published(final: Path, train: Rendered, evaluation: Rendered, read: dict[str, Any], say: Say) -> Path:
    built = build_folder(final)
    _write_rows(built / "train.jsonl", train)
    if evaluation:
        _write_rows(built / "evaluation.jsonl", evaluation)
    counts = {"rows": len(train) + len(evaluation), "train_rows": len(train), "evaluation_rows": len(evaluation)}
    write_json(built / "manifest.json", {"format": 1, **counts, **read, "files": listing(built)})
    publish(built, final)
    beside = f", {len(evaluation)} held out" if evaluation else ""
    say(f"Data is prepared: {len(train)} rows to train on{beside}.")
    return final


def _keys(taken: list[Row], data: dict[str, Any]) -> list[bytes] | None:
    """Where rows are held out by what they say: of rows that could be rendered."""
    if "by" not in data.get("evaluation", {}):
        return None
    return [key_of(example_of(row.value, data["format"], data.get("columns")), "rows") for row in taken]


def _rendered(rows: list[Row], data: dict[str, Any]) -> list[dict[str, Any]]:
    return render(rows, data["format"], data.get("columns"), takes_turns(data))


def _write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _from_files(workspace: Workspace, files: list[dict[str, Any]]) -> list[Row]:
    rows: list[Row] = []
    for source in files:
        path = workspace.source(source["sha256"], source["name"])
        rows.extend(read_file(path, source["name"], source.get("encoding"), source.get("type")))
        if sha256(path) != source["sha256"]:
            message = f"{source['name']} in the workspace is not the file that was planned."
            raise mistake("data-altered", message, "Run `sft plan` and `sft apply` again.")
    return rows


def _from_hub(data: dict[str, Any], split: str, revision: str | None, say: Say) -> list[Row]:
    import datasets

    datasets.disable_progress_bars()
    name = data["id"] if split == data["split"] else f"{data['id']}, split {split},"
    say(f"Reading {name} from the Hub" + (f" at {revision}." if revision else "."))
    try:
        found = load_split(data, split, revision)
    except Exception as error:  # The Hub client's errors share no base class.
        raise _hub_mistake(data, name, error) from error
    rows = [Row(value, data["id"], number) for number, value in enumerate(found, 1)]
    if not rows:
        message = f"{data['id']}, split {split}, has no rows."
        raise mistake("data-empty", message, "Name another split.")
    return rows


def _hub_mistake(data: dict[str, Any], name: str, error: Exception) -> Mistake:
    found = why_not("dataset", data["id"], data.get("revision"), token_of(data))
    what, fix = found or (first_line(error).rstrip("."), "Check config and split.")
    return mistake("data-hub", f"{name} cannot be read from the Hub: {what}.", fix)

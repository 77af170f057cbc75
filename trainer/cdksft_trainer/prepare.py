"""`prepare`: makes a run's data and weights in a workspace. Told twice, or twice at once, it does the same."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from .dataset import ensure_data
from .job import read_job
from .mistake import Mistake
from .workspace import Workspace

MISTAKE = 65


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="cdksft_trainer prepare")
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--only", choices=["data", "weights"])
    parser.add_argument("--from", type=Path, dest="begins_with")
    options = parser.parse_args(argv)
    try:
        prepare(Workspace(options.root), read_job(options.files), options.only, options.begins_with)
    except Mistake as mistake:
        told = {"id": mistake.id, "message": mistake.message, "fix": mistake.fix, "cause": mistake.cause}
        _print({"kind": "error", **told})
        return MISTAKE
    return 0


def prepare(
    workspace: Workspace, job: dict[str, Any], only: str | None = None, begins_with: Path | None = None
) -> None:
    model = job["model"]
    merges = model["source"] == "run" and model["use"] == "merged"
    if not (merges and only == "weights"):
        # The tokenizer of random weights is trained on the rows, so these need the data too.
        data = ensure_data(workspace, job["data"], _say)
    if only == "data":
        return
    if merges:
        from .merge import ensure_merged

        ensure_merged(workspace, model, begins_with, _say)
    elif model["source"] == "config":
        from .weights import ensure_weights

        ensure_weights(workspace, model, data, _say)


def _say(message: str) -> None:
    _print({"kind": "notice", "message": message})


def _print(event: dict[str, str]) -> None:
    print(json.dumps(event, ensure_ascii=False), file=sys.stdout, flush=True)

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
    options = parser.parse_args(argv)
    try:
        prepare(Workspace(options.root), read_job(options.files), options.only)
    except Mistake as mistake:
        _print({"kind": "error", "id": mistake.id, "message": mistake.message, "fix": mistake.fix})
        return MISTAKE
    return 0


def prepare(workspace: Workspace, job: dict[str, Any], only: str | None = None) -> None:
    # The tokenizer is trained on the rows, so weights need the data too.
    data = ensure_data(workspace, job["data"], _say)
    if only != "data" and job["model"]["source"] == "config":
        from .weights import ensure_weights

        ensure_weights(workspace, job["model"], data, _say)


def _say(message: str) -> None:
    _print({"kind": "notice", "message": message})


def _print(event: dict[str, str]) -> None:
    print(json.dumps(event, ensure_ascii=False), file=sys.stdout, flush=True)

"""What `prepare` makes of rows whose dataset has a fix, samples and an evaluation; of each of stdin's lines, both parts' rows."""

import json
import sys
from pathlib import Path

from cdksft_trainer.dataset import ensure_data
from cdksft_trainer.workspace import Workspace

workspace = Workspace(Path(sys.argv[1]))
for line in sys.stdin:
    folder = ensure_data(workspace, json.loads(line), lambda _: None)
    parts = {}
    for part in ("train", "evaluation"):
        path = folder / f"{part}.jsonl"
        parts[part] = [json.loads(row) for row in path.read_text().splitlines()] if path.exists() else []
    print(json.dumps(parts))

"""Reads the data files that stdin names (path, encoding, type), as `prepare` does; one line of JSON for each."""

import json
import sys
from pathlib import Path

from cdksft_trainer.mistake import Mistake
from cdksft_trainer.rows import read_file

for file in json.load(sys.stdin):
    try:
        rows = read_file(Path(file["path"]), "rows", file.get("encoding"), file.get("type"))
        lines = [row.line for row in rows if row.line is not None]
        values = [row.value for row in rows]
        print(json.dumps({"values": values, "lines": lines}, default=lambda value: f"({value.type})"))
    except Mistake as mistake:
        print(json.dumps({"mistake": mistake.id}))

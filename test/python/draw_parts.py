"""Draws from as many rows as each of stdin's cases says, as `prepare` does; a line of t, e and - for each."""

import json
import sys

from cdksft_trainer.split import hold_out, sample

for case in json.load(sys.stdin):
    rows = list(range(case["rows"]))
    taken = sample(rows, case.get("samples"), case["seed"])
    train, held = (set(part) for part in hold_out(taken, (case.get("evaluation") or {}).get("share"), case["seed"]))
    print("".join("t" if row in train else "e" if row in held else "-" for row in rows))

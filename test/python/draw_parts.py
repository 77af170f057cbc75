"""Draws from as many rows as each of stdin's cases says, or from its values, as `prepare` does; a line of t, e and - for each."""

import json
import sys

from cdksft_trainer.example import example_of
from cdksft_trainer.fix import key_of
from cdksft_trainer.split import hold_out, sample

for case in json.load(sys.stdin):
    rows = list(range(case["rows"]))
    taken = sample(rows, case.get("samples"), case["seed"])
    values = case.get("values")
    keys = values and [key_of(example_of(values[number], case["format"]), "rows") for number in taken]
    share = (case.get("evaluation") or {}).get("share")
    train, held = (set(part) for part in hold_out(taken, share, case["seed"], keys))
    print("".join("t" if row in train else "e" if row in held else "-" for row in rows))

"""What the trainer leaves out: stdin has {format, rows, fix}, stdout the numbers of the rows that are left, from 0, the counts, and each row's key."""

import json
import sys

from cdksft_trainer.dialogue import Fault
from cdksft_trainer.example import example_of
from cdksft_trainer.fix import Fix, key_of
from cdksft_trainer.rows import Row


def key(value, data):
    try:
        example = example_of(value, data["format"])
    except Fault:
        return None
    return [key_of(example, by).hex() for by in ("rows", "questions")]


for line in sys.stdin:
    data = json.loads(line)
    fix = Fix(data, lambda _: None)
    left = fix.left([Row(value, "rows", number) for number, value in enumerate(data["rows"])])
    keys = [key(value, data) for value in data["rows"]]
    print(json.dumps({"left": [row.number for row in left], "counts": fix.counts, "keys": keys}))

"""How many sequences TRL's own packing makes of rows of these lengths: a line of JSON for each line that comes in."""

import json
import sys

import datasets
from trl import pack_dataset

datasets.disable_progress_bars()
for line in sys.stdin:
    given = json.loads(line)
    rows = datasets.Dataset.from_dict({"input_ids": [[0] * length for length in given["lengths"]]})
    print(json.dumps(len(pack_dataset(rows, given["most"], "bfd"))), flush=True)

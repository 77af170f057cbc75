"""For each of stdin's cases the rows that a mix takes of each part, and their order, as `prepare` has them."""

import json
import sys

from cdksft_trainer.split import mix_counts, mix_order, sample

for case in json.load(sys.stdin):
    counts = mix_counts(case["rows"], case["weights"], case.get("most"))
    drawn = [sample(list(range(rows)), count, case["seed"]) for rows, count in zip(case["rows"], counts)]
    print(json.dumps([counts, drawn, mix_order(counts)]))

"""
Preparing beside TRL's own preparation, on the same rows in one run: `python bench/prepare.py ROWS.json [TOKENIZER] [COUNT]`.

ROWS: alpaca rows, repeated until there are COUNT (52,000). TOKENIZER: a folder, or `own` (a BPE of 2,048 tokens that is
trained on the rows). Needs what the trainer needs. Each way starts from the same file of rows and from empty caches.
"""

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "trainer"))
os.environ.update(TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

from cdksft_trainer.durable import write_json
from cdksft_trainer.folders import listing
from cdksft_trainer.job import sft_config
from cdksft_trainer.learning import rows_for
from cdksft_trainer.loading import load_rows
from cdksft_trainer.rows import Row, render
from cdksft_trainer.weights import ensure_weights
from cdksft_trainer.workspace import Attempt, Workspace

KEY = "d" * 64
SIZES = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
SFT = {"use_cpu": True, "bf16": False, "report_to": "none", "max_length": 512, "completion_only_loss": True}
WAYS = {"one by one": {}, "packed": {"packing": True, "packing_strategy": "bfd"}}


def measured(work):
    """Result, seconds, and processor seconds of all threads and processes."""

    def used():
        each = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(one.ru_utime + one.ru_stime for one in each)

    began, before = time.monotonic(), used()
    made = work()
    return made, time.monotonic() - began, used() - before


def main(source, tokenizer="own", count=52_000):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        read = json.loads(Path(source).read_text(encoding="utf-8"))
        rows = render([Row(row, source, at) for at, row in enumerate(read, 1)], "alpaca")
        data = root / "data" / KEY[:12]
        data.mkdir(parents=True)
        with open(data / "train.jsonl", "w", encoding="utf-8") as file:
            file.writelines(json.dumps(rows[at % len(rows)]) + "\n" for at in range(count))
        write_json(data / "manifest.json", {"format": 1, "files": listing(data)})
        weights = {"key": "e" * 64, "config": {"model_type": "llama", **SIZES}}
        made = ensure_weights(Workspace(root), weights, data, print)
        print(f"{count:,} rows, {len(rows):,} different; load {os.getloadavg()[0]:.1f}; {os.cpu_count()} cores")
        for name, sft in WAYS.items():
            compare(root, made, made if tokenizer == "own" else tokenizer, name, sft)


def compare(root, weights, tokenizer, name, sft):
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import SFTTrainer

    model = AutoModelForCausalLM.from_pretrained(weights)

    # One each, as each start has it: TRL sets a padding token, by which the tokens would have another name.
    def known():
        return AutoTokenizer.from_pretrained(tokenizer)

    job = {"sft": {**SFT, **sft}, "data": {"source": "file", "key": KEY}}

    def attempt(who):
        made = Attempt(Workspace(root), root / "runs" / f"{who} {name}", 1, "t", root)
        made.folder.mkdir(parents=True)
        return made, sft_config(job, made.output, root)

    def ours():
        made, args = attempt("ours")
        own = known()
        rows = rows_for(job, made, args, own, lambda message: None)
        return SFTTrainer(model=model, args=args, train_dataset=rows.train, processing_class=own).train_dataset

    def trls():
        made, args = attempt("trls")
        rows, _ = load_rows(job, made)
        return SFTTrainer(model=model, args=args, train_dataset=rows, processing_class=known()).train_dataset

    first, *took = measured(ours)
    second, *theirs = measured(trls)
    again = measured(lambda: rows_for(job, attempt("again")[0], attempt("args")[1], known(), lambda message: None))
    same = all(first[at]["labels"] == second[at]["labels"] for at in range(0, len(first), 97))
    print(f"{name}: prepared {took[0]:.1f} s ({took[1]:.1f} of processor), TRL {theirs[0]:.1f} s ({theirs[1]:.1f});")
    print(f"  found again in {again[1]:.2f} s; {len(first):,} sequences, {'the same' if same else 'OTHERS'} as TRL's")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(given[0], *given[1:2], *map(int, given[2:3]))

"""The step counts of transformers and accelerate for many settings, as JSON lines: what the plan's must equal."""

import json
import sys
from types import SimpleNamespace

from accelerate.data_loader import BatchSamplerShard
from torch.utils.data import BatchSampler, DataLoader, SequentialSampler
from transformers import Trainer, TrainingArguments


def counts(case: dict) -> dict:
    rows = list(range(case["rows"]))
    batches = BatchSampler(SequentialSampler(rows), case["microBatch"], drop_last=False)
    shard = BatchSamplerShard(batches, num_processes=case["world"], process_index=0)
    arguments = TrainingArguments(
        output_dir="unused",
        use_cpu=True,
        num_train_epochs=case.get("epochs", 3),
        max_steps=case.get("maxSteps", -1),
        gradient_accumulation_steps=case["accumulation"],
        per_device_train_batch_size=case["microBatch"],
        warmup_steps=case["warmup"],
    )
    # The real method; of its trainer it asks only for these.
    trainer = SimpleNamespace(
        get_total_train_batch_size=lambda _: case["accumulation"] * case["microBatch"] * case["world"],
        get_sp_size=lambda: 1,
        num_examples=lambda loader: len(rows),
    )
    values = Trainer.set_initial_training_values(trainer, arguments, DataLoader(rows, batch_sampler=shard))
    return {"stepsPerEpoch": values[1], "steps": values[6], "warmup": arguments.get_warmup_steps(values[6])}


for line in sys.stdin:
    print(json.dumps(counts(json.loads(line))), flush=True)

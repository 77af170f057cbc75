"""
Trains for a step through the trainer, and tells what it learns: stdin has {folder, cases: [{name, content, data, template,
sft, texts}]}. A line of JSON for each case: of every row its ids and which of them are trained, and the ids and offsets
of the text that is said to be the row's. Trainings are real, and as small as can be.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", OMP_NUM_THREADS="1", TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="false")

from cdksft_trainer import training
from cdksft_trainer.__main__ import main

CONFIG = {
    "model_type": "llama",
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 2048,
}
SFT = {
    "max_steps": 1,
    "per_device_train_batch_size": 2,
    "max_length": 2048,
    "save_strategy": "steps",
    "save_steps": 1,
    "bf16": True,
    "use_cpu": True,
    "gradient_checkpointing": False,
    "report_to": [],
    "completion_only_loss": True,
}
PEFT = {"task_type": "CAUSAL_LM", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"]}

given = json.load(sys.stdin)
root = Path(given["folder"]) / "root"
seen = []
begin = training.Trainer.__init__


def watched(self, *args, **options):
    begin(self, *args, **options)
    seen.append(self)


training.Trainer.__init__ = watched


def bundle(number, case):
    content = case["content"].encode("utf-8")
    sha256 = hashlib.sha256(content).hexdigest()
    source = root / "sources" / sha256 / "rows.jsonl"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(content)
    files = [{"name": "rows.jsonl", "sha256": sha256, "bytes": len(content)}]
    key = f"{number:x}" * 64
    model = {"source": "config", "key": key, "config": CONFIG, "tokenizer": {"vocabulary": 600}, "seed": 0}
    job = {
        "format": 1,
        "stack": "tests",
        "run": "sft",
        "identity": key,
        "world_size": 1,
        "model": {**model, "dtype": "bfloat16", "attn_implementation": "sdpa"},
        "data": {"source": "file", "key": key, "files": files, "seed": 42, **case["data"]},
        "sft": {**SFT, **case["sft"]},
        "supervise": {"retries": 0},
        "peft": PEFT,
    }
    folder = Path(given["folder"]) / f"bundle-{number}"
    folder.mkdir()
    (folder / "train.json").write_text(json.dumps(job))
    if case["template"] is not None:
        (folder / "chat_template.jinja").write_bytes(case["template"].encode("utf-8"))
    return folder


def told(case, trainer, run):
    tokenizer = trainer.processing_class
    rows = [
        {"ids": list(row["input_ids"]), "trained": [label != -100 for label in row["labels"]]}
        for row in trainer.train_dataset
    ]
    options = {"add_special_tokens": case["specials"], "return_offsets_mapping": True}
    encoded = [tokenizer(text, **options) for text in case["texts"]]
    texts = [{"ids": one["input_ids"], "offsets": one["offset_mapping"]} for one in encoded]
    kept = run / "output" / "result" / "chat_template.jinja"
    return {"rows": rows, "texts": texts, "template": kept.read_text(encoding="utf-8") if kept.exists() else None}


real = sys.stdout
sys.stdout = sys.stderr
for number, case in enumerate(given["cases"], 1):
    files, run = bundle(number, case), root / "runs" / str(number)
    where = ["--root", str(root), "--files", str(files)]
    end = main(["prepare", *where])
    end = end or main(["train", *where, "--run", str(run), "--attempt", "1", "--token", "t"])
    if end:
        outcome = run / "attempts" / "1" / "outcome.json"
        said = json.loads(outcome.read_text()) if outcome.exists() else {}
        print(json.dumps({"error": said.get("message", "prepare failed")}), file=real, flush=True)
    else:
        print(json.dumps(told(case, seen[-1], run)), file=real, flush=True)

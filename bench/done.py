"""Claims attempts and ends them as done, by the trainer's own functions: a JSON line in, the attempt's handle out."""

import json
import sys
from pathlib import Path

from cdksft_trainer.cause import End
from cdksft_trainer.claim import claim, token_of
from cdksft_trainer.durable import append_event, read_json, write_json
from cdksft_trainer.supervise import finish

STEP = 234


def do(root, stack, address, identity, run, attempt, provenance):
    folder = claim(run, attempt, token_of(root, stack, address, identity, attempt), provenance)
    checkpoint = Path(run) / "output" / f"checkpoint-{STEP}"
    checkpoint.mkdir(parents=True)
    (checkpoint / "adapter_model.safetensors").write_bytes(b"\0")
    files = [{"path": "adapter_model.safetensors", "bytes": 1, "sha256": "0" * 64}]
    write_json(checkpoint / "complete.json", {"format": 1, "step": STEP, "files": files})
    append_event(folder / "events.jsonl", "step", step=STEP, max_steps=STEP, loss=1.5, step_seconds=1.0)
    finish(folder, End("done", "", step=STEP, result="output/result"), None)
    record = read_json(folder / "claim.json")
    return f"{record['pid']}:{record['pid_start']}@{record['host']}"


for line in sys.stdin:
    print(do(**json.loads(line)), flush=True)

"""What TRL makes of rows: the datasets of a real SFTTrainer, and the tokenizer of each folder written down by the trainer."""

import json
import sys
import tempfile
import uuid
from pathlib import Path

import datasets
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM
from trl import SFTConfig, SFTTrainer

from cdksft_trainer.rows import Row, render
from cdksft_trainer.tokenizer import export, key_of
from cdksft_trainer.workspace import Workspace


def main() -> None:
    datasets.disable_progress_bars()
    # Nothing is looked up by it here, and to hash a vocabulary at each step takes longer than the step.
    datasets.arrow_dataset.update_fingerprint = lambda *_: uuid.uuid4().hex[:16]
    given = json.load(sys.stdin)
    for folder in given["tokenizers"]:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        # Before TRL sees it: that is when a run writes it down.
        written = export(Workspace(Path(given["root"])), tokenizer, {"folder": folder})
        prepared = [prepare(tokenizer, rows) for rows in given["rows"]]
        key = key_of({"id": "owner/name", "revision": "c" * 40})
        print(json.dumps({"folder": str(written), "prepared": prepared, "key": key}), flush=True)


def prepare(tokenizer, given):
    """Per settings, of each row that is left: its number, ids and labels."""
    rendered = render([Row(value, "rows", 1) for value in given["values"]], given["format"])
    numbered = [{**row, "number": number} for number, row in enumerate(rendered)]
    return [prepare_as(tokenizer, numbered, settings) for settings in given["settings"]]


def prepare_as(tokenizer, rows, settings):
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=2, intermediate_size=2, num_hidden_layers=1, num_attention_heads=1
    )
    given = dict(settings)
    if "text" in rows[0]:
        given["completion_only_loss"] = False  # As train.json has it for rows of text.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        read = datasets.Dataset.from_json(str(path), cache_dir=folder)
        args = SFTConfig(output_dir=folder, use_cpu=True, bf16=False, report_to="none", **given)
        trainer = SFTTrainer(LlamaForCausalLM(config), args, train_dataset=read, processing_class=tokenizer)
        return [[row["number"], row["input_ids"], row["labels"]] for row in trainer.train_dataset]


if __name__ == "__main__":
    main()

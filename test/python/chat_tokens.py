"""What the trainer makes of rows under chat templates: of each row its ids and which of them are trained, or why there are none."""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="false")

import jinja2
from transformers import AutoTokenizer
from trl import SFTConfig

from cdksft_trainer.mistake import Mistake
from cdksft_trainer.recipe import recipe_of
from cdksft_trainer.rows import Row, render
from cdksft_trainer.tokenise import IGNORED, Counts, Tokeniser
from cdksft_trainer.tokenizer import export
from cdksft_trainer.workspace import Workspace


def main():
    given = json.load(sys.stdin)
    for each in given["tokenizers"]:
        tokenizer = AutoTokenizer.from_pretrained(each["folder"])
        own = tokenizer.chat_template
        written = export(Workspace(Path(given["root"])), tokenizer, {"folder": each["folder"]})
        prepared = []
        for case in each["cases"]:
            tokenizer.chat_template = own if case["template"] is None else case["template"]
            prepared.append(prepare(tokenizer, case))
        print(json.dumps({"folder": str(written), "prepared": prepared}), flush=True)


def prepare(tokenizer, case):
    rows = render([Row(value, "rows", 1) for value in case["values"]], case["format"], turns=True)
    with tempfile.TemporaryDirectory() as folder:
        args = SFTConfig(output_dir=folder, use_cpu=True, bf16=False, report_to="none", **case["sft"])
        recipe = recipe_of(args, tokenizer)
    counts = Counts()
    tokenise = Tokeniser(recipe, "train", rows[0], counts)
    return [told(tokenise, row, counts) for row in rows]


def told(tokenise, row, counts):
    """A row by itself, as it is read from the file that `prepare` writes."""
    merged = counts.merged
    try:
        made = list(tokenise([json.loads(json.dumps(row))]))
    except jinja2.TemplateError:
        return "refused"
    except Mistake as mistake:
        return mistake.id
    if not made:
        return "dropped"
    [(ids, labels)] = made
    assert all(label in (IGNORED, one) for one, label in zip(ids, labels)), "a label is another token"
    return [ids, "".join("01"[label != IGNORED] for label in labels), counts.merged - merged]


if __name__ == "__main__":
    main()

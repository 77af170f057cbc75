"""
Renders dialogues as transformers does: stdin has templates by name, the tokenizer's special tokens, and cases of
{template, messages, tools?, prompt?}. A line of JSON for each: text, what is between generation and endgeneration, and
the prompt alone, asked for an answer; or the error. `trl:NAME` is a template that TRL ships.
"""

import json
import sys
from pathlib import Path

import trl
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from transformers.utils.chat_template_utils import render_jinja_template

given = json.load(sys.stdin)
shipped = Path(trl.__file__).parent / "chat_templates"
tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()), **given["tokens"])


def source(name):
    return (shipped / name[4:]).read_text(encoding="utf-8") if name.startswith("trl:") else given["templates"][name]


def said(case):
    template, messages, tools = source(case["template"]), case["messages"], case.get("tools")
    options = {"tools": tools, "chat_template": template}
    text = tokenizer.apply_chat_template(messages, tokenize=False, **options)
    _, spans = render_jinja_template([messages], return_assistant_tokens_mask=True, **options, **given["tokens"])
    told = {"text": text, "trained": [list(span) for span in spans[0] if span[0] < span[1]]}
    if "prompt" in case:
        asked = messages[: case["prompt"]]
        told["prompt"] = tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True, **options)
    return told


for case in given["cases"]:
    try:
        print(json.dumps(said(case)))
    except Exception as error:
        print(json.dumps({"error": str(error), "line": getattr(error, "lineno", None)}))

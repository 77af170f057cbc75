"""The chat template that rows are rendered with: the one in the run's bundle, or the tokenizer's own."""

import hashlib
from pathlib import Path
from typing import Any

from .mistake import Mistake

FILE = "chat_template.jinja"
DIALOGUES = {"messages", "sharegpt"}


def takes_turns(data: dict[str, Any]) -> bool:
    """Whether rows are prepared as messages, which a chat template renders. `data`: its block of train.json."""
    return "template" in data or data["format"] in DIALOGUES


def as_turns(example: dict[str, Any]) -> dict[str, Any]:
    """As the plan has it in lib/data/template/conversation.ts: a prompt and its answer are two turns."""
    if example["kind"] == "alpaca":
        instruction, given, answer = example["instruction"], example["input"], example["output"]
        prompt = f"{instruction}\n\n{given}" if given else instruction
    elif example["kind"] == "prompt":
        prompt, answer = example["prompt"], example["completion"]
    else:
        return {name: value for name, value in example.items() if name != "kind"}
    question, reply = {"role": "user", "content": prompt}, {"role": "assistant", "content": answer}
    return {"prompt": [question], "completion": [reply]}


def set_template(tokenizer: Any, job: dict[str, Any], files: Path) -> None:
    data = job["data"]
    if not takes_turns(data):
        return
    given = data.get("template", "model")
    if isinstance(given, dict):
        tokenizer.chat_template = _read(files / FILE, given["sha256"])
    if not tokenizer.chat_template:
        message = "The tokenizer of the model has no chat template, and the rows are messages."
        raise Mistake("no-template", message, "Set template on the Dataset, as template: 'chatml'.", cause="data")
    if job["sft"].get("assistant_only_loss"):
        _check_marks(tokenizer)


def _read(path: Path, sha256: str) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise Mistake("template-missing", f"{path} is missing.", "Run `sft apply` again: it repairs the bundle.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        message = f"{path} is not the template that was planned."
        raise Mistake("template-altered", message, "Run `sft synth` and `sft apply` again.")
    return content.decode("utf-8")


def _check_marks(tokenizer: Any) -> None:
    """TRL knows the templates of many models, and has each with what it trains on marked."""
    from trl.chat_template_utils import get_training_chat_template, has_generation_markers

    if has_generation_markers(tokenizer.chat_template):
        return
    try:
        get_training_chat_template(tokenizer)
    except ValueError as error:
        message = "The model's own chat template does not mark what the assistant says, and TRL does not know it."
        fix = "Set template on the Dataset to one of cdksft's or to a file with {% generation %}, or loss: 'all'."
        raise Mistake("no-generation", message, fix, cause="data") from error

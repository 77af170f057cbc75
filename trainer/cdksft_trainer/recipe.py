"""How a run's rows become tokens: all that shapes them, and the name that follows from it."""

import hashlib
import inspect
import json
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .folders import listing, sha256
from .mistake import Mistake

# Grows where the same settings lead to other tokens, or to other files of them.
FORMAT = 1
PACKAGES = ("trl", "transformers", "tokenizers", "datasets")


@dataclass(frozen=True)
class Recipe:
    """`None` of a length or a loss means what it means to trl.SFTConfig."""

    tokenizer: Any
    # Used in the place of the tokenizer's own: it marks what the assistant says.
    template: str | None
    text_field: str
    completion_only: bool | None
    assistant_only: bool
    max_length: int | None
    keep_end: bool
    # What becomes of a longer row before it would be cut: drop, split, or None.
    too_long: str | None
    # How each of the two parts is packed; None: a row is a sequence.
    packing: dict[str, str | None]
    # Packing goes by thousands of rows, of each process by itself.
    processes: int | None
    # Seed of the order; None: as the rows stand.
    shuffle: int | None

    def shape(self) -> dict[str, Any]:
        settings = {name: value for name, value in vars(self).items() if name not in ("tokenizer", "processes")}
        packed = any(self.packing.values())
        if self.too_long is None:
            # As it was named before there was a choice.
            settings.pop("too_long")
        return {
            "format": FORMAT,
            **settings,
            "processes": self.processes if packed else None,
            "tokenizer": hash_of(self.tokenizer),
            "versions": {name: version(name) for name in PACKAGES},
        }


def recipe_of(args: Any, tokenizer: Any, fix: dict[str, Any] | None = None) -> Recipe | None:
    """
    What SFTConfig says, and the dataset's `fix`. None where TRL itself has to do it: a template that changes the model
    too.
    """
    too_long = _too_long(fix or {})
    is_trls = args.chat_template_path is not None and not _is_template(args.chat_template_path)
    if is_trls or (args.dataset_kwargs or {}).get("skip_prepare_dataset"):
        if too_long is not None:
            message = f"Rows that are too long cannot be {DONE[too_long]} where TRL prepares them by itself."
            raise Mistake("bad-value", message, "Take the override of chat_template_path or dataset_kwargs out.")
        return None
    _settle(args, tokenizer)
    _check(args)
    packed = args.packing if args.eval_packing is None else args.eval_packing
    return Recipe(
        tokenizer=tokenizer,
        template=_marking(tokenizer) if args.assistant_only_loss else None,
        text_field=args.dataset_text_field,
        completion_only=args.completion_only_loss,
        assistant_only=args.assistant_only_loss,
        max_length=args.max_length,
        keep_end=args.truncation_mode == "keep_end",
        too_long=too_long,
        packing={
            "train": args.packing_strategy if args.packing else None,
            "evaluation": args.packing_strategy if packed else None,
        },
        processes=args.dataset_num_proc,
        shuffle=args.seed if args.shuffle_dataset else None,
    )


def key_of(shape: dict[str, Any], data: dict[str, Any]) -> str:
    """Of the rows it is their content that counts: a branch of the Hub may have moved, and the data's key with it not."""
    rows = {file["path"]: file["sha256"] for file in data["files"]}
    text = json.dumps({"rows": rows, **shape}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


DONE = {"drop": "dropped", "split": "split"}


def _too_long(fix: dict[str, Any]) -> str | None:
    if fix.get("split"):
        return "split"
    return "drop" if "too-long" in fix.get("drop", []) else None


def _check(args: Any) -> None:
    if args.truncation_mode not in ("keep_start", "keep_end"):
        message = f"train.json#/sft/truncation_mode is {args.truncation_mode!r}."
        raise Mistake("bad-value", message, "Use keep_start or keep_end.")
    if args.max_length is None and (args.packing or args.eval_packing):
        raise Mistake("bad-value", "Rows are packed up to max_length, and there is none.", "Set maxLength.")


def _is_template(path: str) -> bool:
    return Path(path).is_file() and path.endswith((".jinja", ".j2"))


def _settle(args: Any, tokenizer: Any) -> None:
    """What TRL sets on a tokenizer before it uses it; it sets the same again, with the model."""
    if args.eos_token is not None:
        if args.eos_token not in tokenizer.get_vocab():
            message = f"The end-of-sequence token {args.eos_token!r} is not in the tokenizer's vocabulary."
            raise Mistake("eos-token", message, "Correct train.json#/sft/eos_token.")
        tokenizer.eos_token = args.eos_token
    if args.chat_template_path is not None:
        tokenizer.chat_template = Path(args.chat_template_path).read_text(encoding="utf-8")


def _marking(tokenizer: Any) -> str | None:
    from trl.chat_template_utils import get_training_chat_template, has_generation_markers

    if tokenizer.chat_template is None:
        raise Mistake("no-template", "The tokenizer has no chat template.", "Set one, or train on whole rows.")
    return None if has_generation_markers(tokenizer.chat_template) else get_training_chat_template(tokenizer)


def hash_of(tokenizer: Any) -> str:
    """By content, wherever it was loaded from."""
    kind = type(tokenizer)
    told: dict[str, Any] = {"class": f"{kind.__module__.rpartition('.')[2]}.{kind.__qualname__}"}
    if not kind.__module__.startswith("transformers."):
        # Code that came with the model.
        told["source"] = sha256(Path(inspect.getfile(kind)))
    told["template"] = tokenizer.chat_template
    told["special"] = {name: str(token) for name, token in tokenizer.special_tokens_map.items()}
    told["adds"] = {name: getattr(tokenizer, name, None) for name in ("add_bos_token", "add_eos_token")}
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None:
        told["tokenizer"] = hashlib.sha256(backend.to_str().encode("utf-8")).hexdigest()
    else:
        with tempfile.TemporaryDirectory() as folder:
            tokenizer.save_pretrained(folder)
            told["files"] = {file["path"]: file["sha256"] for file in listing(Path(folder))}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()

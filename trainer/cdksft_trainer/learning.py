"""How much there is to learn from, before any step: rows and tokens that are left after they are cut."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from .durable import read_json
from .loading import load_rows
from .mistake import Mistake
from .recipe import recipe_of
from .tokenise import IGNORED
from .tokens import ensure_tokens
from .workspace import Attempt

Say = Callable[[str], None]


@dataclass
class Rows:
    """For TRL's trainer; `trained_tokens` of them count in the loss, None where TRL still has to make them."""

    train: Any
    evaluation: Any | None
    trained_tokens: int | None


def rows_for(job: dict[str, Any], attempt: Attempt, args: Any, tokenizer: Any, say: Say) -> Rows:
    """What it changes in `args` keeps TRL from making anew what is made."""
    recipe = recipe_of(args, tokenizer, job["data"].get("fix"))
    if recipe is None:
        return Rows(*load_rows(job, attempt), None)
    folder = ensure_tokens(attempt, recipe, job["data"], say)
    manifest = read_json(folder / "manifest.json") or {}
    tokens = _checked(manifest["train"], args.max_length, say)
    args.dataset_kwargs = {**(args.dataset_kwargs or {}), "skip_prepare_dataset": True}
    # The labels say it, and TRL refuses it for rows that are no messages.
    args.assistant_only_loss = False
    held_out = manifest.get("evaluation")
    if held_out is not None:
        _tell_long(held_out, args.max_length, "rows for evaluation", say)
    if held_out is not None and held_out["trained_tokens"] == 0:
        without_evaluation(args, say)
        held_out = None
    return Rows(_mapped(folder / "train.arrow"), held_out and _mapped(folder / "evaluation.arrow"), tokens)


def _mapped(path: Path) -> Any:
    import datasets

    return datasets.Dataset.from_file(str(path))


def _checked(counts: dict[str, Any], most: int | None, say: Say) -> int:
    rows, dropped = counts["rows"], counts["dropped"]
    if counts["trained_tokens"] == 0:
        raise nothing_to_train(rows)
    _tell_long(counts, most, "rows", say)
    if dropped["cut_off"] > 0:
        say(f"{dropped['cut_off']} of {rows} rows are left out: cut at {most} tokens, they have nothing to train on.")
    if dropped["untrained"] > 0:
        say(f"{dropped['untrained']} of {rows} rows are left out: none of their tokens is trained.")
    if counts["merged"] > 0:
        message = f"In {counts['merged']} of {rows} rows the last tokens of the prompt are others where its answer follows"
        say(f"{message}: what is trained begins where they part.")
    return counts["trained_tokens"]


def _tell_long(counts: dict[str, Any], most: int | None, name: str, say: Say) -> None:
    """What the dataset's fix made of rows that are too long."""
    too_long, split, of = counts["dropped"].get("too_long"), counts.get("split"), f"of {counts['rows']} {name}"
    if too_long is not None:
        say(f"{too_long} {of} are left out: they have more than {most} tokens.")
    if split is not None:
        say(f"{split['rows']} {of} have more than {most} tokens, and are split into {split['into']}.")


def nothing_to_train(rows: int) -> Mistake:
    message = f"None of the {rows} rows has a token to train on: what is trained is cut off, or empty."
    return Mistake("no-trained-tokens", message, "Raise maxLength, or look at the rows.", "no-trained-tokens")


def without_evaluation(args: Any, say: Say) -> None:
    say("The rows for evaluation have no token to train on: there is no evaluation.")
    args.eval_strategy = "no"


def checked_by(trainer: Any, rows: int, say: Say) -> int:
    """The same of rows that TRL has made."""
    left = trainer.train_dataset
    tokens = trained_tokens(left) if len(left) else 0
    if tokens == 0:
        raise nothing_to_train(rows)
    out = rows - len(left)
    if out > 0 and not trainer.args.packing:
        say(f"{out} of {rows} rows are left out: cut at {trainer.args.max_length} tokens, they have nothing to train on.")
    held_out = trainer.eval_dataset
    if held_out is not None and (len(held_out) == 0 or trained_tokens(held_out) == 0):
        without_evaluation(trainer.args, say)
        trainer.eval_dataset = None
    return tokens


def trained_tokens(dataset: Any) -> int:
    import pyarrow.compute as compute

    labels = dataset.with_format("arrow")
    total = 0
    for batch in labels.iter(batch_size=10_000):
        column = batch["labels"]
        total += compute.sum(compute.not_equal(compute.list_flatten(column), IGNORED)).as_py() or 0
    return total

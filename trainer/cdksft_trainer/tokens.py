"""How much there is to learn from: rows and tokens that are left after TRL has tokenised and cut them."""

from typing import Any, Callable

from .mistake import Mistake

IGNORED = -100


def check_tokens(trainer: Any, rows: int, say: Callable[[str], None]) -> int:
    """Tokens whose loss counts, in one pass over the rows. None at all is an error, before any step."""
    left = trainer.train_dataset
    tokens = trained_tokens(left) if len(left) else 0
    if tokens == 0:
        message = f"None of the {rows} rows has a token to train on: what is trained is cut off, or empty."
        raise Mistake("no-trained-tokens", message, "Raise maxLength, or look at the rows.", "no-trained-tokens")
    out, most = rows - len(left), trainer.args.max_length
    if out > 0 and not trainer.args.packing:
        say(f"{out} of {rows} rows are left out: cut at {most} tokens, they have nothing to train on.")
    held_out = trainer.eval_dataset
    if held_out is not None and (len(held_out) == 0 or trained_tokens(held_out) == 0):
        say("The rows for evaluation have no token to train on: there is no evaluation.")
        trainer.eval_dataset = None
        trainer.args.eval_strategy = "no"
    return tokens


def trained_tokens(dataset: Any) -> int:
    import pyarrow.compute as compute

    labels = dataset.with_format("arrow")
    total = 0
    for batch in labels.iter(batch_size=10_000):
        column = batch["labels"]
        total += compute.sum(compute.not_equal(compute.list_flatten(column), IGNORED)).as_py() or 0
    return total

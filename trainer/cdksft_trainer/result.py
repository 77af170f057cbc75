"""What a finished run leaves: adapter or model with its tokenizer, and result.json. Written beside, then renamed."""

import os
import shutil
from typing import Any

from .adapter import check_adapter
from .card import write_card
from .durable import write_json
from .folders import listing
from .ranks import largest, rank, wait_for_all
from .training import Trainer, not_a_number
from .workspace import Attempt

# A pickle with this machine's paths, of no use to who loads the result.
NOT_FOR_KEEPS = ("training_args.bin",)


def save_result(
    trainer: Trainer,
    attempt: Attempt,
    before: dict[str, Any] | None,
    job: dict[str, Any],
    told: dict[str, Any],
) -> None:
    """
    Collective. `before`: the adapter's tensors before training; None where the whole model was trained. `told`:
    provenance, revisions and versions, which result and model card keep.
    """
    _check_finite(trainer)
    beside = attempt.output / "result.part"
    if rank() == 0:
        shutil.rmtree(beside, ignore_errors=True)
    wait_for_all()
    trainer.save_model(str(beside))
    wait_for_all()
    if rank() != 0:
        return
    for name in NOT_FOR_KEEPS:
        (beside / name).unlink(missing_ok=True)
    if before is not None:
        check_adapter(beside, before)
    kind = "model" if before is None else "adapter"
    losses = _losses(trainer)
    write_card(beside, kind, job, losses, told)
    kept = {"provenance": told["provenance"], **({"revisions": told["revisions"]} if told["revisions"] else {})}
    write_json(beside / "result.json", {"format": 1, "kind": kind, "files": listing(beside), **losses, **kept})
    shutil.rmtree(attempt.result, ignore_errors=True)
    os.replace(beside, attempt.result)


def _check_finite(trainer: Trainer) -> None:
    """The last step may break what no later loss would show."""
    trained = (p for p in trainer.model.parameters() if p.requires_grad and p.numel())
    broken = int(not all(p.isfinite().all() for p in trained))
    if largest([broken], trainer.args.device)[0]:
        raise not_a_number("The trained weights are not finite numbers.")


def _losses(trainer: Trainer) -> dict[str, float]:
    """First and last loss of the whole run; the checkpoint carries the history over a resume."""
    found = {}
    for name in ("loss", "eval_loss"):
        values = [entry[name] for entry in trainer.state.log_history if name in entry]
        if values:
            found[f"{name}_first"], found[f"{name}_last"] = values[0], values[-1]
    return found

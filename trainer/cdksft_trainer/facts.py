"""What a start event says: resolved versions, ranks, sizes."""

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from . import __version__
from .ranks import world_size
from .workspace import Attempt

ALWAYS = ("torch", "transformers", "trl", "peft", "accelerate", "datasets")


def facts(trainer: Any, job: dict[str, Any], attempt: Attempt, trained_tokens: int) -> dict[str, Any]:
    trainable, total = _parameters(trainer.model)
    return {
        "attempt": attempt.number,
        "token": attempt.token,
        "world_size": world_size(),
        "versions": _versions(job),
        "trainable_parameters": trainable,
        "parameters": total,
        "train_rows": len(trainer.train_dataset),
        "trained_tokens": trained_tokens,
    }


def _parameters(model: Any) -> tuple[int, int]:
    """PEFT knows how many weights a packed or sharded tensor stands for."""
    if hasattr(model, "get_nb_trainable_parameters"):
        return model.get_nb_trainable_parameters()
    sizes = [(getattr(p, "ds_numel", p.numel()), p.requires_grad) for p in model.parameters()]
    return sum(size for size, trained in sizes if trained), sum(size for size, _ in sizes)


def _versions(job: dict[str, Any]) -> dict[str, str]:
    found = {"cdksft_trainer": __version__, "python": platform.python_version()}
    used = [*ALWAYS]
    used += ["deepspeed"] if "deepspeed" in job else []
    used += ["bitsandbytes"] if "quantization" in job else []
    for name in used:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found

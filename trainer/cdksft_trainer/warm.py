"""Weights of a checkpoint without its optimizer: for a layout that the optimizer's parts do not fit."""

import json
from pathlib import Path
from typing import Any, Iterator

from .adapter import FILE, gathered
from .ranks import rank

INDEX = "model.safetensors.index.json"


def load_weights(model: Any, checkpoint: Path) -> None:
    """Into a model that no engine holds yet: what is made after it, such as fp32 copies, is made from these."""
    if (checkpoint / FILE).exists():
        _load_adapter(model, checkpoint / FILE)
    else:
        _load_model(model, checkpoint)


def _load_adapter(model: Any, path: Path) -> None:
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    with gathered(model, writer=0):
        found = set_peft_model_state_dict(model, load_file(path))
    if found.unexpected_keys:
        raise ValueError(f"{path.name} has weights that the model does not know, {found.unexpected_keys[0]} first")


def _load_model(model: Any, checkpoint: Path) -> None:
    """One weight at a time: under ZeRO-3 each rank holds a part, and a whole model need not fit."""
    parameters = dict(model.named_parameters())
    unseen = set(parameters)
    for name, tensor in _tensors(checkpoint):
        if name not in parameters:
            raise ValueError(f"{checkpoint.name} has a weight that the model does not know: {name}")
        _copy(parameters[name], tensor)
        unseen.discard(name)
    if unseen:
        raise ValueError(f"{checkpoint.name} lacks weights of the model, {min(unseen)} first")


def _copy(parameter: Any, tensor: Any) -> None:
    if not hasattr(parameter, "ds_id"):
        parameter.data.copy_(tensor)
        return
    import deepspeed

    with deepspeed.zero.GatheredParameters([parameter], modifier_rank=0):
        if rank() == 0:
            parameter.data.copy_(tensor)


def _tensors(checkpoint: Path) -> Iterator[tuple[str, Any]]:
    from safetensors import safe_open

    index = checkpoint / INDEX
    files = ["model.safetensors"]
    if index.exists():
        files = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    for file in files:
        with safe_open(checkpoint / file, framework="pt") as opened:
            for name in opened.keys():
                yield name, opened.get_tensor(name)


def go_on(trainer: Any, checkpoint: Path) -> None:
    """
    The learning rate follows from the step alone: its schedule goes on where it was. Its saved state is not loaded, for
    it has one entry a parameter group, and DeepSpeed drops those that are empty.
    """
    import torch

    schedule = trainer.lr_scheduler
    if not isinstance(schedule, torch.optim.lr_scheduler.LambdaLR):
        raise ValueError(f"{type(schedule).__name__} cannot go on without its state")
    schedule.last_epoch = torch.load(checkpoint / "scheduler.pt", weights_only=True)["last_epoch"] - 1
    schedule.step()

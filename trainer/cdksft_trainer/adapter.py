"""Whether training left something: an adapter that is empty or changes nothing is a failure, not a result."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

from .mistake import Mistake

FILE = "adapter_model.safetensors"
# LoRA adds B x A: as long as B is zero, A may be anything.
LEFT, RIGHT = ("lora_B", "lora_embedding_B"), ("lora_A", "lora_embedding_A")


def snapshot(model: Any) -> dict[str, Any]:
    """The adapter's tensors on the CPU, under the names that they are saved by. A collective call with ZeRO-3."""
    from peft import get_peft_model_state_dict

    with gathered(model):
        state = get_peft_model_state_dict(model, save_embedding_layers=False)
        return {name: tensor.detach().to("cpu", copy=True) for name, tensor in state.items()}


def gathered(model: Any, writer: int | None = None) -> Any:
    """The trained weights whole, where ZeRO-3 shards them. `writer`: the rank whose changes all ranks get."""
    sharded = [p for p in model.parameters() if p.requires_grad and hasattr(p, "ds_id")]
    if not sharded:
        return nullcontext()
    import deepspeed

    return deepspeed.zero.GatheredParameters(sharded, modifier_rank=writer)


def check_adapter(folder: Path, before: dict[str, Any]) -> None:
    from safetensors.torch import load_file

    saved = load_file(folder / FILE) if (folder / FILE).exists() else {}
    if not any(tensor.numel() for tensor in saved.values()):
        raise _empty("The saved adapter has no weights.", "Look at the adapter's targets.")
    changed = [name for name, tensor in saved.items() if _changed(tensor, before.get(name))]
    acts = any(part in name and tensor.any() for name, tensor in saved.items() for part in LEFT)
    if not acts:
        changed = [name for name in changed if not any(part in name for part in RIGHT)]
    if not changed:
        fix = "Look at the learning rate, the warm-up and the number of steps."
        raise _empty("The saved adapter changes nothing: its weights are those it began with.", fix)


def _changed(tensor: Any, before: Any) -> bool:
    import torch

    return before is not None and not torch.equal(tensor, before.to(tensor.dtype))


def _empty(message: str, fix: str) -> Mistake:
    return Mistake("empty-adapter", message, fix, cause="empty-adapter")

"""
How wide a training is and how it is sharded, and how far a checkpoint of one layout loads in another. The grades and
their order are those of lib/plan/move.ts; trainer/tests/layouts.json holds both to one table.
"""

from pathlib import Path
from typing import Any

from .checkpoints import MARKER
from .durable import read_json
from .grades import APPROXIMATE, EXACT, GRADES, WEIGHTS_ONLY
from .mistake import Mistake
from .ranks import world_size

WEIGHTS = ("adapter_model.safetensors", "model.safetensors", "model.safetensors.index.json")


def layout_of(args: Any) -> dict[str, Any]:
    """What a checkpoint's marker says of who wrote it. `zero_stage` is None without DeepSpeed."""
    plugin = args.deepspeed_plugin
    zero = (plugin.hf_ds_config.config.get("zero_optimization") or {}) if plugin else {}
    offload = [name for name in ("optimizer", "param") if (zero.get(f"offload_{name}") or {}).get("device") == "cpu"]
    return {
        "world_size": world_size(),
        "micro_batch": args.per_device_train_batch_size,
        "zero_stage": zero.get("stage", 0) if plugin else None,
        "offload": offload,
        "device": "cpu" if args.device.type == "cpu" else "gpu",
    }


def grade(written: dict[str, Any], here: dict[str, Any]) -> tuple[str, str]:
    """How far a checkpoint that was written in one layout loads in this one, and what stands in the way."""
    changed = [key for key in here if key in written and written[key] != here[key]]
    if not changed:
        return EXACT, ""
    stages = {here["zero_stage"], written.get("zero_stage")}
    grades = {key: _of(key, written[key], here[key], stages) for key in changed}
    worst = max(grades.values(), key=GRADES.index)
    told = ", ".join(f"{key} {_plain(written[key])} -> {_plain(here[key])}" for key in changed if grades[key] == worst)
    return worst, told


def _of(key: str, written: Any, here: Any, stages: set[int | None]) -> str:
    """test_move.py tries them with the real libraries, but for offload and devices: docs/moves.md."""
    if key == "micro_batch":
        return APPROXIMATE
    if key == "world_size":
        # DeepSpeed: "Automatic adjustment of ZeRO's optimizer state partitioning ... is not currently supported".
        return APPROXIMATE if stages <= {None, 0} else WEIGHTS_ONLY
    if key == "zero_stage":
        # Stages 1 and 2 both keep a rank's part of the optimizer's state, in the same file and order.
        return APPROXIMATE if {written, here} == {1, 2} else WEIGHTS_ONLY
    if key == "device":
        return APPROXIMATE if stages == {None} else WEIGHTS_ONLY
    return WEIGHTS_ONLY


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return " and ".join(value) or "none"
    return "none" if value is None else str(value)


def written_by(checkpoint: Path) -> dict[str, Any]:
    """As its marker says; a marker of before it did names the ranks alone."""
    marker = read_json(checkpoint / MARKER) or {}
    return marker.get("layout") or {key: marker[key] for key in ("world_size",) if key in marker}


def accepted(checkpoint: Path, here: dict[str, Any], accept: str) -> str:
    """The grade by which a checkpoint is loaded. Never worse than what was accepted: a Mistake instead."""
    found, why = grade(written_by(checkpoint), here)
    if GRADES.index(found) > GRADES.index(accept):
        message = f"{checkpoint.name} was written in another layout ({why}) and loads here as {found} at best."
        fix = f"Apply with --allow-move (by hand: SFT_ACCEPT={found}), or go back to the layout before."
        raise Mistake("layout", message, fix, cause="launch-failed")
    if found == WEIGHTS_ONLY and not any((checkpoint / name).exists() for name in WEIGHTS):
        message = f"{checkpoint.name} was written in another layout ({why}) and holds no weights that load in this one."
        raise Mistake("layout", message, "Go back to the layout before.", cause="launch-failed")
    return found

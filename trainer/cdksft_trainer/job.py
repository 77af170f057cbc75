"""Reads `train.json` and turns its blocks into the engines' own objects, by keyword."""

import difflib
import inspect
import json
from pathlib import Path
from typing import Any, Callable

from .mistake import Mistake, first_line

FORMAT = 1


def read_job(files: Path) -> dict[str, Any]:
    path = files / "train.json"
    try:
        job = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Mistake("train-json", f"{path} is missing.", "Run `sft apply` again: it repairs the bundle.") from None
    except ValueError as error:
        raise Mistake("train-json", f"{path} is not JSON: {error}.", "Run `sft synth` again.") from None
    if not isinstance(job, dict) or job.get("format") != FORMAT:
        given = job.get("format") if isinstance(job, dict) else None
        raise Mistake(
            "train-json-format",
            f"train.json has format {given!r}; this trainer reads format {FORMAT}.",
            "Use the trainer that belongs to the cdksft that made the file.",
        )
    return job


def build(target: Callable, values: dict[str, Any], block: str) -> Any:
    """`target(**values)`, where a key that it does not know, or a value that it refuses, is named."""
    name = target.__name__
    parameters = inspect.signature(target).parameters.values()
    known = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    unknown = [key for key in values if key not in known]
    if unknown:
        near = {key: difflib.get_close_matches(key, known, 1) for key in unknown}
        hints = [f"{key!r} (did you mean {match[0]!r}?)" if match else repr(key) for key, match in near.items()]
        raise Mistake(
            "unknown-key",
            f"train.json#/{block}: {name} does not know {', '.join(hints)}.",
            "Correct or remove the setting.",
        )
    try:
        return target(**values)
    except (TypeError, ValueError, AssertionError) as error:
        message = f"train.json#/{block}: {name} refuses the settings: {first_line(error)}."
        raise Mistake("bad-value", message, "Correct the setting.") from error


def sft_config(job: dict[str, Any], output: Path, files: Path) -> Any:
    """TRL's arguments. Built before the model is loaded: ZeRO-3 shards while loading only then."""
    from trl import SFTConfig

    given = dict(job["sft"])
    for key in ("output_dir", "deepspeed"):
        if key in given:
            raise Mistake("reserved-key", f"train.json#/sft/{key} is the trainer's own.", "Remove the setting.")
    given.setdefault("disable_tqdm", True)  # The log is a file: lines, not a bar.
    values = {**given, "output_dir": str(output)}
    if "deepspeed" in job:
        values["deepspeed"] = str(files / job["deepspeed"])
    config = build(SFTConfig, values, "sft")
    # The filter would hide a NaN behind the average of the losses before it.
    config.logging_nan_inf_filter = False
    return config


def peft_config(job: dict[str, Any]) -> Any | None:
    if "peft" not in job:
        return None
    from peft import LoraConfig

    return build(LoraConfig, job["peft"], "peft")


def quantization_config(job: dict[str, Any]) -> Any | None:
    if "quantization" not in job:
        return None
    from transformers import BitsAndBytesConfig

    return build(BitsAndBytesConfig, job["quantization"], "quantization")

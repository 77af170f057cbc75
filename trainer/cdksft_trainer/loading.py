"""Tokenizer, model and rows, as train.json says; the type of the weights is asserted, not hoped for."""

from pathlib import Path
from typing import Any, Callable

from .durable import read_json
from .hub import commit_of, is_commit, why_not
from .mistake import Mistake
from .ranks import rank, told_by_first
from .secrets import token_of
from .start import check_result, continued, made_weights, origin_of_base, result_folder, settle_base
from .template import set_template
from .tokenizer import keep, why_bare
from .workspace import Attempt


def _origin(job: dict[str, Any], attempt: Attempt) -> tuple[str, dict[str, Any]]:
    model = job["model"]
    if model["source"] == "run":
        return _from_run(job, attempt)
    options = {"trust_remote_code": model.get("trust_remote_code", False)}
    if model["source"] == "hub":
        return model["id"], {**options, **token_of(model), "revision": model.get("revision", "main")}
    if model["source"] == "path":
        return model["path"], options
    return str(made_weights(attempt.workspace, model["key"])), options


def continues(job: dict[str, Any]) -> bool:
    """Whether another run's adapter is trained on."""
    return job["model"]["source"] == "run" and job["model"]["use"] == "adapter"


def _from_run(job: dict[str, Any], attempt: Attempt) -> tuple[str, dict[str, Any]]:
    model = job["model"]
    if continues(job):
        return origin_of_base(attempt.workspace, model)
    options = {"trust_remote_code": model.get("trust_remote_code", False)}
    if model["use"] == "merged":
        return str(made_weights(attempt.workspace, model["key"])), options
    return str(result_folder(attempt.workspace, model, attempt.begins_with)), options


def check_start(job: dict[str, Any], attempt: Attempt) -> None:
    """A result that is read anew at each start is looked at first; merged weights were, when they were merged."""
    model = job["model"]
    if model["source"] == "run" and model["use"] != "merged":
        check_result(result_folder(attempt.workspace, model, attempt.begins_with), model)


def load_tokenizer(job: dict[str, Any], attempt: Attempt, say: Callable[[str], None]) -> Any:
    from transformers import AutoTokenizer

    name, options = _origin(job, attempt)
    if continues(job):
        # The run may have been trained with a tokenizer that its base does not have.
        name = str(result_folder(attempt.workspace, job["model"], attempt.begins_with))
        options = {"trust_remote_code": options["trust_remote_code"]}
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, **options)
    except (OSError, ValueError) as error:
        raise _not_read(job["model"], error) from error
    if rank() == 0:
        keep(job, name, tokenizer, attempt)
        bare = why_bare(tokenizer)
        if bare:
            say(bare)
    set_template(tokenizer, job, attempt.files)
    return tokenizer


def _not_read(model: dict[str, Any], error: Exception) -> Exception:
    """The tokenizer is what is read first of a model: one that cannot be had is told here."""
    named = _on_the_hub(model)
    found = why_not("model", named["id"], named.get("revision"), token_of(named)) if named else None
    if not found:
        return error
    return Mistake("model-hub", f"{named['id']} cannot be read from the Hub: {found[0]}.", found[1])


def load_model(job: dict[str, Any], attempt: Attempt, quantization: Any, args: Any, peft: Any = None) -> Any:
    """With the adapter of the run that it begins with, where that is trained on; `peft`: what an adapter shall be."""
    import torch
    from transformers import AutoModelForCausalLM

    name, options = _origin(job, attempt)
    dtype = dtype_of(job["model"]["dtype"])
    if "attn_implementation" in job["model"]:
        options["attn_implementation"] = job["model"]["attn_implementation"]
    if quantization is not None:
        options["quantization_config"] = quantization
        # Each rank quantises on its own GPU. Not with ZeRO-3, which places the weights itself and refuses a map.
        if torch.cuda.is_available() and not args.use_cpu and not _shards_while_loading(args):
            options["device_map"] = {"": torch.cuda.current_device()}
    model = AutoModelForCausalLM.from_pretrained(name, dtype=dtype, **options)
    check_dtype(model, dtype)
    _keep_differentiable(model)
    if not continues(job):
        return model
    return continued(model, result_folder(attempt.workspace, job["model"], attempt.begins_with), job, peft, args)


def settle(job: dict[str, Any], attempt: Attempt) -> None:
    """Collective. A branch becomes the commit that it is now, the same for tokenizer and weights, and on every rank."""
    model = job["model"]
    if continues(job):
        settle_base(model, read_json(result_folder(attempt.workspace, model, attempt.begins_with) / "result.json"))
    named = _on_the_hub(model)
    if named is None:
        return
    commit = told_by_first(lambda: commit_of("model", named["id"], named.get("revision"), token_of(named)))
    if commit:
        named["revision"] = commit


def _on_the_hub(model: dict[str, Any]) -> dict[str, Any] | None:
    """What of the model is named by an id: itself, or what the adapter lies on that is trained on."""
    read = model["base"] if model["source"] == "run" and model["use"] == "adapter" else model
    return read if read["source"] == "hub" else None


def revisions(job: dict[str, Any], attempt: Attempt) -> dict[str, str]:
    """The commits of the Hub that were read, where they can be told: a branch may be another one at the next attempt."""
    read = {}
    named = _on_the_hub(job["model"])
    if named is not None:
        read["model"] = named.get("revision")
    if job["data"]["source"] == "hub":
        manifest = read_json(attempt.workspace.data(job["data"]["key"]) / "manifest.json") or {}
        read["data"] = manifest.get("revision")
    return {part: commit for part, commit in read.items() if is_commit(commit)}


def _keep_differentiable(model: Any) -> None:
    """
    On a CPU with AVX512-BF16, bitsandbytes repacks 4-bit weights for inference at the first evaluation, and from then
    on no gradient passes through them: the training would go on and learn nothing.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def _shards_while_loading(args: Any) -> bool:
    plugin = args.deepspeed_plugin
    return plugin is not None and plugin.zero_stage == 3


def dtype_of(name: str) -> Any:
    import torch

    dtype = getattr(torch, name, None)
    if not isinstance(dtype, torch.dtype):
        raise Mistake("dtype", f"train.json#/model/dtype is {name!r}.", "Use bfloat16, float16 or float32.")
    return dtype


def check_dtype(model: Any, dtype: Any) -> None:
    """Every loaded parameter has the type that was asked for, but packed ones and those that the model pins to fp32."""
    import torch

    pinned = {*(model._keep_in_fp32_modules or ()), *(model._keep_in_fp32_modules_strict or ())}
    wrong = {}
    for name, parameter in model.named_parameters():
        if type(parameter).__module__.startswith("bitsandbytes") or not parameter.is_floating_point():
            continue
        if parameter.dtype == torch.float32 and any(part in name for part in pinned):
            continue
        if parameter.dtype != dtype:
            wrong.setdefault(str(parameter.dtype), []).append(name)
    if wrong:
        kind, names = next(iter(wrong.items()))
        message = f"{len(names)} weights are loaded as {kind} instead of {dtype}, {names[0]} first."
        raise Mistake("dtype", message, "Set `weights` to a type that the model can be loaded in.")


def load_rows(job: dict[str, Any], attempt: Attempt) -> tuple[Any, Any]:
    """Rows to train on, and to evaluate on or None. Cached below the run: a resume does not tokenise again."""
    import datasets

    datasets.disable_progress_bars()
    folder = attempt.workspace.data(job["data"]["key"])
    manifest = read_json(folder / "manifest.json")
    if not isinstance(manifest, dict):
        raise Mistake("data-missing", f"{folder} is not prepared.", "Run `sft apply` again.", cause="data")

    def read(name: str) -> Any:
        path: Path = folder / name
        return datasets.Dataset.from_json(str(path), cache_dir=str(attempt.cache)) if path.exists() else None

    return read("train.jsonl"), read("evaluation.jsonl")

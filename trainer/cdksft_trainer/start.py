"""What a run begins with that is another run's result: found whole before anything is loaded from it."""

from pathlib import Path
from typing import Any

from .durable import read_json
from .folders import differs, sha256
from .hub import is_commit
from .mistake import Mistake
from .secrets import token_of
from .workspace import Workspace

# Not by this run's own settings: it may start once the result is there.
CAUSE = "launch-failed"
# What of a LoraConfig may differ from the adapter's own: it shapes no weight.
FREE = {"lora_dropout", "task_type"}
# Compared also where train.json leaves them out, and so means their defaults.
SHAPE = ("r", "lora_alpha", "target_modules", "modules_to_save", "bias", "use_rslora", "use_dora")


def result_folder(workspace: Workspace, model: dict[str, Any], given: Path | None) -> Path:
    """`given`: as launch.sh found it by hand."""
    return given or workspace.root / model["result"]


def check_result(folder: Path, model: dict[str, Any]) -> dict[str, Any]:
    """Every file of the result has the hash that it was written with. Returns result.json."""
    run = model["run"]
    result = read_json(folder / "result.json")
    if not isinstance(result, dict):
        what = "cannot be read" if (folder / "result.json").exists() else "is not there"
        fix = f"Train {run} before this run."
        raise Mistake("result-missing", f"The result of run {run} {what}: {folder}/result.json.", fix, CAUSE)
    problem = differs(folder, result.get("files"))
    if problem is not None:
        message = f"The result of run {run} in {folder} is not as it was written: {problem}."
        raise Mistake("result-altered", message, f"Bring the file back, or train {run} again.", CAUSE)
    wanted = "model" if model["use"] == "model" else "adapter"
    if result.get("kind") != wanted:
        message = f"The result of run {run} in {folder} is of kind {result.get('kind')!r} instead of {wanted!r}."
        raise Mistake("result-kind", message, "Name the folder of the right run.", CAUSE)
    return result


def settle_base(model: dict[str, Any], result: Any) -> None:
    """An adapter belongs to the commit that its run has read, wherever the branch is by now."""
    revisions = result.get("revisions") if isinstance(result, dict) else None
    commit = revisions.get("model") if isinstance(revisions, dict) else None
    if model["base"]["source"] == "hub" and is_commit(commit):
        model["base"]["revision"] = commit


def origin_of_base(workspace: Workspace, model: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What an adapter lies on: a name or folder for transformers, with the options to load it."""
    base = model["base"]
    options: dict[str, Any] = {"trust_remote_code": model.get("trust_remote_code", False)}
    if base["source"] == "hub":
        return base["id"], {**options, **token_of(base), "revision": base.get("revision", "main")}
    if base["source"] == "path":
        return base["path"], options
    if base["source"] == "run":
        return str(workspace.root / base["result"]), options
    return str(made_weights(workspace, base["key"])), options


def made_weights(workspace: Workspace, key: str) -> Path:
    folder = workspace.weights(key)
    if not (folder / "manifest.json").exists():
        raise Mistake("weights-missing", f"{folder} is not prepared.", "Run `sft apply` again.")
    return folder


def continued(model: Any, folder: Path, job: dict[str, Any], wanted: Any, args: Any) -> Any:
    """The adapter on its base, to be trained on as TRL would train a new one. `wanted`: the LoraConfig of the job."""
    from peft import PeftConfig, PeftModel

    config = PeftConfig.from_pretrained(str(folder))
    _check_shape(config, wanted, {*SHAPE, *job["peft"]} - FREE)
    config.lora_dropout = wanted.lora_dropout
    plugin = args.deepspeed_plugin
    sharded = plugin is not None and plugin.zero_stage == 3 and not getattr(model, "is_quantized", False)
    # As TRL does: under ZeRO-3 adapter and base must be of one type.
    options = {"autocast_adapter_dtype": False} if sharded else {}
    return PeftModel.from_pretrained(model, str(folder), config=config, is_trainable=True, **options)


def _check_shape(config: Any, wanted: Any, names: set[str]) -> None:
    """What the run says of its adapter, against the adapter that is there."""
    for name in sorted(names):
        value = getattr(wanted, name)
        # The saved adapter names the modules that this word stood for.
        if name == "target_modules" and value == "all-linear":
            continue
        is_now = getattr(config, name, None)
        if _plain(is_now) != _plain(value):
            message = f"train.json#/peft/{name} is {_plain(value)!r}; of the adapter to train on it is {_plain(is_now)!r}."
            raise Mistake("adapter-shape", message, "Give the run the shape of the adapter, or merge it first.")


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, (list, set, tuple)) else value or None


def hash_of_result(folder: Path) -> str:
    return sha256(folder / "result.json")

"""Makes ROOT/weights/<key>: what a run's adapter lies on, with the adapter merged into it, and its tokenizer."""

from pathlib import Path
from typing import Any

from .dataset import Say
from .durable import write_json
from .folders import build_folder, listing, publish, whole
from .loading import check_dtype, dtype_of
from .start import check_result, hash_of_result, origin_of_base, result_folder, settle_base
from .workspace import Workspace


def ensure_merged(workspace: Workspace, model: dict[str, Any], given: Path | None, say: Say) -> Path:
    final = workspace.weights(model["key"])
    if whole(final):
        return final
    folder = result_folder(workspace, model, given)
    settle_base(model, check_result(folder, model))
    built = build_folder(final)
    count = _merge(workspace, model, folder, built)
    files = listing(built)
    content = {"format": 1, "parameters": count, "result": hash_of_result(folder), "files": files}
    write_json(built / "manifest.json", content)
    publish(built, final)
    say(f"The adapter of run {model['run']} is merged into what it lies on: {count:,} parameters.")
    return final


def _merge(workspace: Workspace, model: dict[str, Any], adapter: Path, into: Path) -> int:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    name, options = origin_of_base(workspace, model)
    dtype = dtype_of(model["dtype"])
    base = AutoModelForCausalLM.from_pretrained(name, dtype=dtype, **options)
    # Not quantised, also where the adapter was trained beside packed weights: these cannot take it up without loss.
    merged = PeftModel.from_pretrained(base, str(adapter)).merge_and_unload().to(dtype)
    check_dtype(merged, dtype)
    _untie(merged)
    merged.save_pretrained(into)
    AutoTokenizer.from_pretrained(str(adapter), trust_remote_code=options["trust_remote_code"]).save_pretrained(into)
    return merged.num_parameters()


def _untie(model: Any) -> None:
    """Embeddings or a head that the adapter brought with it are no longer one tensor: both must be saved."""
    tied = getattr(model.config, "tie_word_embeddings", False)
    embeddings, head = model.get_input_embeddings(), model.get_output_embeddings()
    if tied and head is not None and head.weight is not embeddings.weight:
        model.config.tie_word_embeddings = False

"""
Builds the real trainer for each variant of a run, goes to the first step, and prints what is then in force.

On stdin: {"package": folder of cdksft_trainer, "root": workspace with the data files, "variants": [{"name", "folder"}]}.
On stdout, one line a variant: LIVE {"name", "seen": {...}} or {"name", "refused": message}.
"""

import gc
import hashlib
import json
import os
import sys
import warnings
from pathlib import Path

os.environ.update(DS_ACCELERATOR="cpu", HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="false")
os.environ.update(RANK="0", LOCAL_RANK="0", WORLD_SIZE="1", LOCAL_WORLD_SIZE="1", MASTER_ADDR="127.0.0.1")


class Reached(Exception):
    """The first step would come now."""


def digest(value):
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]


def name_of(dtype):
    return str(dtype).removeprefix("torch.")


def inner(wrapped, attribute):
    """What accelerate wrapped."""
    return getattr(wrapped, attribute, wrapped)


def optimizer(given):
    raw = inner(given, "optimizer")
    decays = [group.get("weight_decay") for group in raw.param_groups]
    return {
        "class": type(raw).__name__,
        "module": type(raw).__module__.split(".")[0],
        "peak": raw.param_groups[0].get("initial_lr"),
        "decay": max(decay for decay in decays if decay is not None),
        "fused": raw.defaults.get("fused"),
        "betas": raw.defaults.get("betas"),
    }


def schedule(given, steps):
    factors = [inner(given, "scheduler").lr_lambdas[0](step) for step in range(steps + 1)]
    return {"factors": [round(factor, 4) for factor in factors], "warmup": factors.index(max(factors))}


def rows(dataset):
    lengths = [len(row["input_ids"]) for row in dataset]
    trained = sum(sum(label != -100 for label in row["labels"]) for row in dataset)
    first = sorted(digest(row["input_ids"]) for row in dataset)
    return {"count": len(dataset), "longest": max(lengths), "all_trained": trained == sum(lengths), "which": digest(first)}


def adapter(model):
    from peft.tuners.lora import LoraLayer
    from peft.utils import ModulesToSaveWrapper

    layers = {name: module for name, module in model.named_modules() if isinstance(module, LoraLayer)}
    if not layers:
        return {"layers": 0}
    layer = next(iter(layers.values()))
    return {
        "layers": len(layers),
        "targets": sorted({name.rsplit(".", 1)[1] for name in layers}),
        "rank": layer.r["default"],
        "alpha": layer.lora_alpha["default"],
        "scaling": round(layer.scaling["default"], 6),
        "dropout": getattr(layer.lora_dropout["default"], "p", 0.0),
        "dora": len(layer.lora_magnitude_vector) > 0,
        "saved": sorted(n.rsplit(".", 1)[1] for n, m in model.named_modules() if isinstance(m, ModulesToSaveWrapper)),
        "biases": sum(p.requires_grad for n, p in model.named_parameters() if n.endswith("bias")),
    }


def packed(model):
    """The first layer of bitsandbytes."""
    for module in model.modules():
        kind = type(module)
        if not kind.__module__.startswith("bitsandbytes") or kind.__name__ not in ("Linear4bit", "Linear8bitLt"):
            continue
        weight = module.weight
        return {
            "class": kind.__name__,
            "type": getattr(weight, "quant_type", None),
            "double": getattr(weight, "compress_statistics", None),
            "compute": name_of(module.compute_dtype) if getattr(module, "compute_dtype", None) else None,
            "storage": name_of(getattr(weight, "quant_storage", weight.dtype)),
        }
    return None


def base_weight(model):
    return next(p for n, p in model.named_parameters() if "input_layernorm" in n)


def weights(model):
    import torch

    # The embedding also where an adapter stands before it; sharded weights are not here to be looked at.
    table = next(p for n, p in model.named_parameters() if "embed_tokens" in n)
    values = table.detach().to(torch.float32).flatten()[:64].tolist()
    return {"dtype": name_of(base_weight(model).dtype), "values": digest(values), "vocabulary": model.config.vocab_size}


def engine(trainer):
    found = getattr(trainer, "deepspeed", None)
    if found is None:
        return None
    offload = found.zero_offload_optimizer()
    return {
        "stage": found.zero_optimization_stage(),
        "overlap": found.zero_overlap_comm(),
        "bucket": found.zero_reduce_bucket_size(),
        "offload": None if offload is None else plain_device(offload.device),
        "sharded": any(hasattr(p, "ds_id") for p in found.module.parameters()),
    }


def plain_device(device):
    return getattr(device, "value", device)


def seen(trainer, state, keep, given):
    import itertools

    args, model, loader = trainer.args, trainer.accelerator.unwrap_model(trainer.model), given["train_dataloader"]
    batch = next(itertools.islice(iter(trainer.get_train_dataloader()), 1)) if args.dataloader_num_workers == 0 else {}
    inputs = batch.get("input_ids")
    sharding = engine(trainer)
    return {
        "optimizer": optimizer(given["optimizer"]) if sharding is None else None,
        "schedule": schedule(given["lr_scheduler"], state.max_steps) if sharding is None else None,
        "steps": {"max": state.max_steps, "log": state.logging_steps, "evaluate": state.eval_steps, "save": state.save_steps},
        "evaluates": plain_device(args.eval_strategy),
        "keep": keep,
        "clip": args.max_grad_norm,
        "batch": None if inputs is None else list(inputs.shape)[0],
        "order": None if inputs is None else digest(inputs.tolist()),
        "workers": inner(loader, "base_dataloader").num_workers,
        "autocast": trainer.accelerator.mixed_precision,
        "attention": model.config._attn_implementation,
        "recomputes": model.is_gradient_checkpointing,
        "reentrant": (args.gradient_checkpointing_kwargs or {}).get("use_reentrant"),
        "padding_free": trainer.padding_free,
        "train": rows(trainer.train_dataset),
        "evaluation": 0 if trainer.eval_dataset is None else len(trainer.eval_dataset),
        "callbacks": sorted(type(callback).__name__ for callback in trainer.callback_handler.callbacks),
        "use_cpu": args.use_cpu,
        "hidden": model.config.hidden_size,
        "adapter": adapter(model),
        "packed": packed(model),
        "weights": None if sharding is not None else weights(model),
        "engine": sharding,
    }


def watch_doors(root):
    """Notes what the Hub's doors are asked for, and answers from this machine: the plain run's weights, our own rows."""
    import datasets
    import transformers

    asked = {}

    def through(opener, what):
        real = opener.from_pretrained

        def open_it(name, **options):
            keys = ("revision", "trust_remote_code")
            asked[what] = {"name": str(name), **{key: options.get(key) for key in keys}}
            here = name if Path(name).is_dir() else next((root / "weights").iterdir())
            return real(str(here), **options)

        opener.from_pretrained = staticmethod(open_it)

    def load_dataset(path, **options):
        asked["data"] = {"id": path, **options}
        return [{"instruction": f"Say {number}.", "output": f"It is {number}, as it was."} for number in range(24)]

    through(transformers.AutoModelForCausalLM, "model")
    through(transformers.AutoTokenizer, "tokenizer")
    datasets.load_dataset = load_dataset
    return asked


def observe(root, folder, place, asked):
    from cdksft_trainer import train
    from cdksft_trainer.prepare import prepare
    from cdksft_trainer.workspace import Attempt, Workspace
    from transformers import TrainerCallback

    asked.clear()
    job = json.loads((folder / "train.json").read_text())
    workspace = Workspace(root)
    prepare(workspace, job)
    attempt = Attempt(workspace, place, 1, "0" * 64, folder)
    attempt.folder.mkdir(parents=True)
    session = train.Session(attempt)
    trainer, _ = train._build(session, job)
    found = {}

    class Look(TrainerCallback):
        def on_train_begin(self, args, state, control, **given):
            found.update(seen(trainer, state, session.watch.keep, given), opened=dict(asked))
            raise Reached

    trainer.add_callback(Look())
    try:
        trainer.train()
    except Reached:
        pass
    return found


def main():
    asked = json.load(sys.stdin)
    warnings.filterwarnings("ignore")
    sys.path.insert(0, asked["package"])
    root = Path(asked["root"])
    os.environ["MASTER_PORT"] = str(asked["port"])
    doors = watch_doors(root)
    for variant in asked["variants"]:
        name = variant["name"]
        try:
            told = {"name": name, "seen": observe(root, Path(variant["folder"]), root / "runs" / name, doors)}
        except Exception as error:  # A refusal is an answer too: the caller knows which ones are right.
            told = {"name": name, "refused": f"{type(error).__name__}: {error}"}
        print("\nLIVE " + json.dumps(told), flush=True)
        gc.collect()


main()

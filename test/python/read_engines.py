"""
Reads synthesised files with the engines that they are for, and prints what the engines' own objects then hold.

On stdin: {"cases": [{"name", "folder", "world", "hidden_size", "command": [...]}]}. On stdout, for each case and file,
each key that the file has with the value read back from the engine, or {"missing": ...} where the engine has no such
thing. Comparing is the caller's business.
"""

import base64
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

os.environ.update(DS_ACCELERATOR="cpu", HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

NO_GPU = "this machine has no GPU: bf16 and fp16 are read with use_cpu"


def plain(value):
    """As JSON would hold it."""
    import torch

    if isinstance(value, torch.dtype):
        return str(value).removeprefix("torch.")
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return getattr(value, "value", value)


def held(target, keys):
    return {key: plain(getattr(target, key)) if hasattr(target, key) else {"missing": key} for key in keys}


def sft(values, notes):
    import torch
    from trl import SFTConfig

    given = {**values, "output_dir": "unused"}
    changed = {}
    if not torch.cuda.is_available() and (values["bf16"] or values["fp16"]) and not values["use_cpu"]:
        notes.add(NO_GPU)
        changed = {"use_cpu": True}
    config = SFTConfig(**{**given, **changed})
    return config, {**held(config, values), **{key: values[key] for key in changed}}


def peft(values):
    from peft import LoraConfig

    return held(LoraConfig(**values), values)


def quantization(values):
    from transformers import BitsAndBytesConfig

    return held(BitsAndBytesConfig(**values), values)


SECTIONS = {"zero_optimization": "zero_config", "bf16": "bfloat16_config", "fp16": "float16_config"}


def section(model, values):
    """The fields of a section by the names that the file uses; DeepSpeed gives some of them another one inside."""
    names = {field.alias or name: name for name, field in type(model).model_fields.items()}
    read = {}
    for key, value in values.items():
        name = key if key in type(model).model_fields else names.get(key)
        inner = getattr(model, name) if name else {"missing": key}
        read[key] = section(inner, value) if isinstance(value, dict) and name else plain(inner)
    return read


def as_deepspeed_reads(filled, values, world):
    import deepspeed.runtime.config as engine

    # As a rank of the planned world sees it.
    engine.dist = SimpleNamespace(get_rank=lambda: 0, get_world_size=lambda *_: world)
    config = engine.DeepSpeedConfig(filled)
    read = {}
    for key, value in values.items():
        if isinstance(value, dict):
            model = getattr(config, SECTIONS.get(key, key), None)
            read[key] = {"missing": key} if model is None else section(model, value)
        else:
            read[key] = plain(getattr(config, key, {"missing": key}))
    return read


class Ranked:
    """SFTConfig as a rank of a larger world has it."""

    def __init__(self, config, world):
        self._config, self.world_size = config, world

    def __getattr__(self, name):
        return getattr(self._config, name)


def deepspeed(path, config, case):
    """With "auto" filled by the Hugging Face Trainer's own code, from this run's SFTConfig."""
    from transformers.integrations.deepspeed import HfTrainerDeepSpeedConfig

    values = json.loads(path.read_text())
    filled = HfTrainerDeepSpeedConfig(json.loads(path.read_text()))
    args = Ranked(config, case["world"])
    filled.trainer_config_process(args)
    model = SimpleNamespace(config=SimpleNamespace(hidden_size=case["hidden_size"]))
    filled.trainer_config_finalize(args, model, num_training_steps=100)
    return as_deepspeed_reads(filled.config, values, case["world"])


def hostfile(path):
    from deepspeed.launcher.runner import fetch_hostfile

    return fetch_hostfile(str(path))


def by_deepspeed_launcher(words, folder):
    """Runs DeepSpeed's launcher up to the point where it starts pdsh, and takes apart what it would start."""
    from deepspeed.launcher import runner
    from deepspeed.launcher.multinode_runner import PDSHRunner

    started = []

    class Started(Exception):
        pass

    def popen(command, env):
        started.extend(command)
        raise Started

    fake = SimpleNamespace(Popen=popen, check_call=lambda *_, **__: 0, CalledProcessError=OSError, DEVNULL=None)
    runner.subprocess, PDSHRunner.backend_exists = fake, lambda self: True
    runner.DEEPSPEED_ENVIRONMENT_NAME = str(folder / ".deepspeed_env")
    try:
        runner.main(words)
    except Started:
        pass
    exports = next(word for word in started if word.startswith("export "))
    value = lambda name: next((w.split("=", 1)[1] for w in started if w.startswith(f"--{name}=")), None)
    world = json.loads(base64.urlsafe_b64decode(value("world_info")))
    return {
        "program": started[0],
        "hosts": started[started.index("-w") + 1].split(","),
        "exports": exports,
        "slots": {host: len(slots) for host, slots in world.items()},
        "master_addr": value("master_addr"),
        "master_port": value("master_port"),
        "module": "--module" in started,
        "no_local_rank": "--no_local_rank" in started,
        "rest": started[started.index("cdksft_trainer") :],
    }


def by_torchrun(words):
    from torch.distributed.run import get_args_parser

    args = get_args_parser().parse_args(words)
    names = ("nnodes", "nproc_per_node", "node_rank", "master_addr", "master_port", "module")
    return {**{name: getattr(args, name) for name in names}, "rest": [args.training_script, *args.training_script_args]}


def launched(command, folder):
    """`command` is what launch.sh hands to the supervisor, without Python itself."""
    if command[:2] == ["-m", "torch.distributed.run"]:
        return by_torchrun(command[2:])
    if command[:2] == ["-m", "deepspeed.launcher.runner"]:
        return by_deepspeed_launcher(command[2:], folder)
    return {"rest": command[1:]}


def read(case, notes):
    folder = Path(case["folder"])
    train = json.loads((folder / "train.json").read_text())
    config, values = sft(train["sft"], notes)
    result = {"sft": values}
    if "peft" in train:
        result["peft"] = peft(train["peft"])
    if "quantization" in train:
        result["quantization"] = quantization(train["quantization"])
    if (folder / "deepspeed.json").exists():
        result["deepspeed"] = deepspeed(folder / "deepspeed.json", config, case)
    if (folder / "hostfile").exists():
        result["hostfile"] = hostfile(folder / "hostfile")
    if case.get("command"):
        result["launched"] = launched(case["command"], folder)
    return result


def main():
    import warnings

    warnings.filterwarnings("ignore")
    notes, results = set(), {}
    for case in json.load(sys.stdin)["cases"]:
        try:
            results[case["name"]] = read(case, notes)
        except Exception as error:  # The caller tells which case an engine refused, and how.
            results[case["name"]] = {"refused": f"{type(error).__name__}: {error}"}
    print("RESULT " + json.dumps({"results": results, "notes": sorted(notes)}))


main()

"""A workspace for tests: rows, a tiny Llama made from a config, runs of it through the real libraries."""

import hashlib
import json
import shutil
from pathlib import Path

from cdksft_trainer.__main__ import main
from cdksft_trainer.folders import listing

CONFIG = {
    "model_type": "llama",
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
}
SFT = {
    "max_steps": 10,
    "per_device_train_batch_size": 4,
    "gradient_accumulation_steps": 2,
    "learning_rate": 0.01,
    "lr_scheduler_type": "cosine",
    "warmup_steps": 3,
    "logging_steps": 1,
    "save_strategy": "steps",
    "save_steps": 4,
    "max_length": 128,
    "seed": 42,
    "bf16": True,
    "use_cpu": True,
    "gradient_checkpointing": False,
    "report_to": [],
    "completion_only_loss": True,
}
PEFT = {"task_type": "CAUSAL_LM", "r": 4, "lora_alpha": 8, "lora_dropout": 0.2, "target_modules": ["q_proj", "v_proj"]}
WORDS = "river stone lamp garden winter paper bridge window sugar thunder violin copper".split()


def rows(count=60):
    made = []
    for number in range(count):
        first, second = WORDS[number % 12], WORDS[(number * 5 + 3) % 12]
        row = {"instruction": f"Say {first} and then {second}, please ({number}).", "output": f"{first}, {second}!"}
        made.append(row if number % 3 else {**row, "input": f"loudly, {number} times"})
    return made


def data_block(key, content, name="rows.json", **more):
    sha = hashlib.sha256(content).hexdigest()
    files = [{"name": name, "sha256": sha, "bytes": len(content)}]
    return {"source": "file", "key": key, "files": files, "format": "alpaca", "seed": 42, **more}


def place(root, block, content):
    source = root / "sources" / block["files"][0]["sha256"] / block["files"][0]["name"]
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(content)


class Bench:
    def __init__(self, folder):
        self.folder = folder
        self.root = folder / "root"
        content = json.dumps(rows(), indent=1).encode()
        self.data = data_block("d" * 64, content, evaluation={"share": 0.1})
        # The same rows with none held out.
        self.all_data = data_block("a" * 64, content)
        place(self.root, self.data, content)
        for block in (self.all_data, self.data):
            files = self.bundle(f"prepare-{block['key'][0]}", data=block)
            assert main(["prepare", "--root", str(self.root), "--files", str(files)]) == 0

    @property
    def weights(self):
        return self.root / "weights" / ("e" * 12)

    def job(self, sft=None, peft=PEFT, data=None, model=None, **more):
        base = {"source": "config", "key": "e" * 64, "config": CONFIG, "tokenizer": {"vocabulary": 400}, "seed": 0}
        job = {
            "format": 1,
            "stack": "tests",
            "run": "sft",
            "identity": "f" * 64,
            "world_size": 1,
            "model": {**base, "dtype": "bfloat16", "attn_implementation": "sdpa", **(model or {})},
            "data": data or self.data,
            "sft": {**SFT, **(sft or {})},
            "supervise": {"retries": 0},
            **more,
        }
        return {**job, "peft": peft} if peft else job

    def bundle(self, name, deepspeed=None, **changes):
        folder = self.folder / "bundles" / name
        folder.mkdir(parents=True, exist_ok=True)
        job = self.job(**changes)
        if deepspeed:
            job["deepspeed"] = "deepspeed.json"
            (folder / "deepspeed.json").write_text(json.dumps(deepspeed))
        (folder / "train.json").write_text(json.dumps(job))
        return folder

    def run(self, name, **changes):
        return Run(self, name, self.bundle(name, **changes))


class Run:
    def __init__(self, bench, name, files):
        self.bench = bench
        self.files = files
        self.folder = bench.root / "runs" / name
        self.output = self.folder / "output"

    def arguments(self, attempt=1, accept="exact"):
        options = {"root": self.bench.root, "run": self.folder, "attempt": attempt, "token": f"token-{attempt}"}
        options["accept"] = accept
        return ["train", *(str(part) for name, value in options.items() for part in (f"--{name}", value))] + [
            "--files",
            str(self.files),
        ]

    def train(self, attempt=1, accept="exact"):
        """In this process: faster, and with breakpoints."""
        return main(self.arguments(attempt, accept))

    def copy(self, name, **changes):
        """The same run as it lies on the disk, as another one, whose next attempt may have other settings."""
        other = self.bench.run(name, **changes) if changes else Run(self.bench, name, self.files)
        shutil.copytree(self.folder, other.folder)
        return other

    def attempt(self, number):
        return self.folder / "attempts" / str(number)

    def outcome(self, attempt=1):
        return json.loads((self.attempt(attempt) / "outcome.json").read_text())

    def events(self, kind, attempt=1):
        lines = (self.attempt(attempt) / "events.jsonl").read_text().splitlines()
        return [event for event in map(json.loads, lines) if event["kind"] == kind]

    def steps(self, attempt=1):
        """The raw floats of each step, by step."""
        names = ("loss", "grad_norm", "learning_rate")
        return {event["step"]: tuple(event[name] for name in names) for event in self.events("step", attempt)}

    def notices(self, attempt=1):
        return " ".join(event["message"] for event in self.events("notice", attempt))

    def starts(self):
        return [json.loads(line) for line in (self.folder / "starts.jsonl").read_text().splitlines()]

    def checkpoint(self, step):
        return self.output / f"checkpoint-{step}"

    def adapter(self):
        return hashlib.sha256((self.output / "result" / "adapter_model.safetensors").read_bytes()).hexdigest()

    def mark_again(self, step):
        """Makes the marker agree with files that the test has changed."""
        marker = self.checkpoint(step) / "complete.json"
        content = json.loads(marker.read_text())
        marker.unlink()
        marker.write_text(json.dumps({**content, "files": listing(self.checkpoint(step))}))


def differences(expected, found, after, attempt=2):
    """Which raw numbers of the steps after a checkpoint are not those of the uninterrupted run, and the adapter's."""
    names = ("loss", "grad_norm", "learning_rate")
    wanted = {step: numbers for step, numbers in expected.steps().items() if step > after}
    seen = found.steps(attempt)
    if sorted(seen) != sorted(wanted):
        return {"steps"}
    unequal = {name for step in wanted for name, a, b in zip(names, wanted[step], seen[step]) if a != b}
    return unequal | ({"adapter"} if expected.adapter() != found.adapter() else set())


def path_of(package_file):
    return str(Path(package_file).parents[1])


KEY = "3" * 64


class Case:
    """A workspace with one data file, not prepared yet."""

    def __init__(self, folder, bench):
        self.root, self.files, self.bench = folder / "root", folder / "bundle", bench
        self.files.mkdir()
        self.data = self.root / "data" / KEY[:12]

    def give(self, content, name="rows.json", **more):
        block = {**data_block(KEY, content, name), **more}
        place(self.root, block, content)
        return self.take(block)

    def take(self, data):
        (self.files / "train.json").write_text(json.dumps(self.bench.job(data=data)))
        return self

    def prepare(self, *more):
        return main(["prepare", "--root", str(self.root), "--files", str(self.files), *more])

    def lines(self, name="train.jsonl"):
        return [json.loads(line) for line in (self.data / name).read_text(encoding="utf-8").splitlines()]

    def error(self, capsys):
        """What is told where it cannot be prepared."""
        assert self.prepare() == 65
        return json.loads(capsys.readouterr().out.splitlines()[-1])

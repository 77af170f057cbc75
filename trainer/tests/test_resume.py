"""A run that was killed and resumed is, bit for bit, the run that was not."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from workbench import differences, path_of

import cdksft_trainer

KILLED_AT = 4
DEADLINE = 300


def start(run, launcher=(), log=None, **environment):
    command = [sys.executable, *launcher, *(() if launcher else ("-m", "cdksft_trainer")), *run.arguments()]
    run.attempt(1).mkdir(parents=True)
    with open(run.attempt(1) / "log.txt", "wb") as log:
        paths = {"PYTHONPATH": path_of(cdksft_trainer.__file__), **environment}
        return subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **paths})


def kill_after_checkpoint(process, run, step):
    """kill -9 of the whole tree as soon as the checkpoint's event is there."""
    import psutil

    events, until = run.attempt(1) / "events.jsonl", time.monotonic() + DEADLINE
    sign = f'"kind": "checkpoint", "step": {step},'
    while not (events.exists() and sign in events.read_text()):
        assert process.poll() is None and time.monotonic() < until, (run.attempt(1) / "log.txt").read_text()
        time.sleep(0.005)
    for one in [*psutil.Process(process.pid).children(recursive=True), process]:
        try:
            os.kill(one.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()
    assert not (run.attempt(1) / "outcome.json").exists(), "it had ended before it was killed"


@pytest.fixture(scope="module")
def killed(bench):
    """One process, with shuffling, dropout and a cosine schedule, killed after checkpoint 4. Copy it."""
    run = bench.run("killed")
    kill_after_checkpoint(start(run), run, KILLED_AT)
    return run


def test_the_run_is_not_trivial(uninterrupted):
    steps = uninterrupted.steps()
    assert sorted(steps) == list(range(1, 11))
    assert len({rate for _, _, rate in steps.values()}) == 10
    assert len({loss for loss, _, _ in steps.values()}) == 10


def test_exact_resume_in_one_process(uninterrupted, killed):
    run = killed.copy("resumed")
    assert run.train(attempt=2) == 0
    assert min(run.steps(2)) == KILLED_AT + 1
    assert differences(uninterrupted, run, KILLED_AT) == set()
    assert run.events("evaluate", 2)[-1]["eval_loss"] == uninterrupted.events("evaluate")[-1]["eval_loss"]
    assert [event["step"] for event in run.events("evaluate", 2)] == [10]
    assert [(line["attempt"], line["resumed_from"]) for line in run.starts()] == [(1, 0), (2, KILLED_AT)]


def _without_moments(run):
    import torch

    path = run.checkpoint(KILLED_AT) / "optimizer.pt"
    torch.save({**torch.load(path), "state": {}}, path)


def _without(name):
    return lambda run: (run.checkpoint(KILLED_AT) / name).unlink()


CONTROLS = {
    "optimizer": (_without_moments, {}, {"loss"}, {"learning_rate"}),
    "optimizer-file": (_without("optimizer.pt"), {}, {"loss"}, set()),
    "scheduler": (_without("scheduler.pt"), {}, {"learning_rate"}, set()),
    "random-state": (_without("rng_state.pth"), {}, {"loss"}, {"learning_rate"}),
    "data-position": (lambda run: None, {"ignore_data_skip": True}, {"loss"}, {"learning_rate"}),
}


@pytest.mark.parametrize("control", CONTROLS)
def test_negative_controls(uninterrupted, killed, control):
    """The comparison above sees the loss of each part of a checkpoint."""
    spoil, sft, must_differ, must_not = CONTROLS[control]
    run = killed.copy(f"control-{control}", sft=sft)
    spoil(run)
    run.mark_again(KILLED_AT)
    assert run.train(attempt=2) == 0
    found = differences(uninterrupted, run, KILLED_AT)
    assert found >= must_differ | {"adapter"} and not found & must_not


ZERO_2 = {
    "train_batch_size": "auto",
    "train_micro_batch_size_per_gpu": "auto",
    "gradient_accumulation_steps": "auto",
    "gradient_clipping": "auto",
    "bf16": {"enabled": "auto"},
    "zero_optimization": {"stage": 2},
}


def _deepspeed(run, port):
    """DeepSpeed compiles a small extension on its first start; the cache keeps it between test runs."""
    pytest.importorskip("deepspeed", reason="DeepSpeed is not installed")
    if not shutil.which("g++"):
        pytest.skip("no g++: DeepSpeed's CPU backend compiles an extension")
    cache = os.path.join(path_of(os.path.dirname(cdksft_trainer.__file__)), ".sft", "cache", "torch-extensions")
    environment = {"DS_ACCELERATOR": "cpu", "OMP_NUM_THREADS": "1"}
    environment["TORCH_EXTENSIONS_DIR"] = os.environ.get("TORCH_EXTENSIONS_DIR", cache)
    environment["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    options = ["--no_local_rank", "--num_accelerators", "2", "--master_port", str(port), "--module"]
    return start(run, ["-m", "deepspeed.launcher.runner", *options, "cdksft_trainer"], **environment)


def test_exact_resume_with_zero_2_and_two_processes(bench):
    changes = {"deepspeed": ZERO_2, "world_size": 2}
    whole, run = bench.run("zero-whole", **changes), bench.run("zero-killed", **changes)
    port = 20_000 + os.getpid() % 20_000
    process, going = _deepspeed(run, port), _deepspeed(whole, port + 1)
    kill_after_checkpoint(process, run, KILLED_AT)
    assert going.wait(DEADLINE) == 0 and whole.outcome()["cause"] == "done"
    shutil.move(run.attempt(1), run.folder / "attempts" / "killed")
    assert _deepspeed(run, port + 2).wait(DEADLINE) == 0, (run.attempt(1) / "log.txt").read_text()
    assert run.outcome()["cause"] == "done"
    assert run.events("start")[0]["world_size"] == 2 and min(run.steps()) == KILLED_AT + 1
    assert differences(whole, run, KILLED_AT, attempt=1) == set()
    assert [line["resumed_from"] for line in run.starts()] == [0, KILLED_AT] and len(whole.starts()) == 1

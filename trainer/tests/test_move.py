"""
How far a checkpoint loads in another layout: each grade tried with the real libraries. *exact*: the steps that follow
have the raw floats of the run that was not moved. *approximate*: the same steps, rates and rows, and losses that differ
by rounding. *weights-only*: the first loss is that of these weights, to the bit; the optimizer has forgotten.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from workbench import PEFT, path_of

import cdksft_trainer
from cdksft_trainer.checkpoints import checkpoints, step_of
from cdksft_trainer.grades import GRADES
from cdksft_trainer.layout import accepted, grade, written_by
from cdksft_trainer.mistake import Mistake

AT = 4
EPOCH = 7  # 54 rows by 8: the last step of an epoch is filled up, by the number of ranks.
TABLE = json.loads((Path(__file__).parent / "layouts.json").read_text())


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["grade"])
def test_the_table_that_the_plan_is_held_to_as_well(row):
    assert grade(row["before"], row["after"])[0] == row["grade"]


def layout(world=1, micro=4, zero=None, full=False, dropout=0.0, **sft):
    """Changes for a run of 8 rows a step, in fp32 so that losses differ by rounding only where rows differ."""
    sizes = {"per_device_train_batch_size": micro, "gradient_accumulation_steps": 8 // (world * micro)}
    changes = {"sft": {**sizes, "bf16": False, **sft}, "world_size": world, "model": {"dtype": "float32"}}
    changes["peft"] = None if full else {**PEFT, "lora_dropout": dropout}
    if zero is not None:
        gather = {"stage3_gather_16bit_weights_on_model_save": True} if zero == 3 else {}
        filled = ("train_batch_size", "train_micro_batch_size_per_gpu", "gradient_accumulation_steps")
        filled = {name: "auto" for name in (*filled, "gradient_clipping")}
        changes["deepspeed"] = {**filled, "zero_optimization": {"stage": zero, **gather}}
    return changes


def moved(run, name, at=AT, **changes):
    """The run as it lay on the disk after a checkpoint, with the files of another layout."""
    other = run.copy(name, **layout(**changes))
    shutil.rmtree(other.output / "result")
    for folder in checkpoints(other.output):
        if step_of(folder) > at:
            shutil.rmtree(folder)
    return other


PORTS = iter(range(40_000 + os.getpid() % 20_000, 65_000))


def ranks(run, attempt, world, accept="exact"):
    """By torchrun, as launch.sh does on one host. The exit code."""
    cache = os.path.join(path_of(os.path.dirname(cdksft_trainer.__file__)), ".sft", "cache", "torch-extensions")
    environment = {"DS_ACCELERATOR": "cpu", "PYTHONPATH": path_of(cdksft_trainer.__file__)}
    environment["TORCH_EXTENSIONS_DIR"] = os.environ.get("TORCH_EXTENSIONS_DIR", cache)
    environment["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    options = ["--nproc_per_node", str(world), "--master_port", str(next(PORTS)), "--module", "--", "cdksft_trainer"]
    command = [sys.executable, "-m", "torch.distributed.run", *options, *run.arguments(attempt, accept)]
    run.attempt(attempt).mkdir(parents=True)
    with open(run.attempt(attempt) / "log.txt", "wb") as log:
        return subprocess.run(command, stdout=log, stderr=log, env={**os.environ, **environment}).returncode


def told(run, attempt):
    return run.outcome(attempt)["cause"], (run.attempt(attempt) / "log.txt").read_text()[-2000:]


def gaps(before, after, since=AT):
    """By step, how far loss and gradient are apart, relative to their size; learning rates must be the same floats."""
    assert sorted(after) == [step for step in sorted(before) if step > since]
    found = {}
    for step, (loss, norm, rate) in after.items():
        assert rate == before[step][2], f"learning rate of step {step}"
        found[step] = max(abs(loss / before[step][0] - 1), abs(norm / before[step][1] - 1))
    return found


def forgot(before, after, since=AT):
    """Weights, step, data and rate go on: the first loss is the same float. The optimizer does not: the next is not."""
    first, second = since + 1, since + 2
    gaps(before, after, since)
    # With the optimizer's state the next loss is the same but for rounding, some 5e-7.
    return after[first][0] == before[first][0] and abs(after[second][0] - before[second][0]) > 1e-5


@pytest.fixture(scope="module")
def plain(bench):
    run = bench.run("move-plain", **layout())
    assert run.train() == 0
    return run


def test_a_checkpoint_says_who_wrote_it(plain):
    marker = json.loads((plain.checkpoint(AT) / "complete.json").read_text())
    here = {"world_size": 1, "micro_batch": 4, "zero_stage": None, "offload": [], "device": "cpu"}
    assert marker["layout"] == here and marker["world_size"] == 1
    assert written_by(plain.checkpoint(AT)) == here


def test_exact_with_activations_computed_again(bench):
    """With dropout: the second forward pass draws the same numbers."""
    whole = bench.run("move-dropout", **layout(dropout=0.2))
    assert whole.train() == 0
    run = moved(whole, "move-checkpointing", dropout=0.2, gradient_checkpointing=True)
    assert run.train(attempt=2) == 0
    assert run.steps(2) == {step: numbers for step, numbers in whole.steps().items() if step > AT}


def test_approximate_with_a_smaller_micro_batch(plain):
    run = moved(plain, "move-micro", micro=2)
    assert run.train(attempt=2, accept="approximate") == 0
    assert "loaded as approximate" in run.notices(2)
    assert max(gaps(plain.steps(), run.steps(2)).values()) < 1e-5


def test_approximate_with_more_ranks(plain):
    """The same rows each step, until the epoch's last: there two ranks take two more rows."""
    run = moved(plain, "move-ranks", world=2)
    assert ranks(run, 2, 2, "approximate") == 0, told(run, 2)
    found = gaps(plain.steps(), run.steps(2))
    assert max(found[step] for step in found if step < EPOCH) < 1e-5 < found[EPOCH]
    assert max(found.values()) < 0.1
    assert [line["resumed_from"] for line in run.starts()] == [0, AT]


def test_what_was_not_accepted_is_refused_and_left_as_it_is(plain):
    wrote = written_by(plain.checkpoint(AT))
    assert accepted(plain.checkpoint(AT), {**wrote, "micro_batch": 2}, "approximate") == "approximate"
    with pytest.raises(Mistake, match=r"another layout \(zero_stage none -> 2\) and loads here as weights-only"):
        accepted(plain.checkpoint(AT), {**wrote, "zero_stage": 2}, "approximate")
    run = moved(plain, "move-refused", micro=2)
    assert run.train(attempt=2) == 1
    outcome = run.outcome(2)
    assert outcome["cause"] == "launch-failed" and outcome["step"] == 0
    assert "micro_batch 4 -> 2" in outcome["message"] and "SFT_ACCEPT=approximate" in outcome["message"]
    assert run.checkpoint(AT).is_dir()
    assert run.events("start", 2) == [] and run.events("step", 2) == []


def test_no_weights_that_load_or_weights_that_are_others(plain):
    """Never trained anew in silence, and never taken out of the way: it is whole in its own layout."""
    run = moved(plain, "move-no-weights")
    here = {**written_by(run.checkpoint(AT)), "zero_stage": 2}
    (run.checkpoint(AT) / "adapter_model.safetensors").unlink()
    with pytest.raises(Mistake, match="holds no weights"):
        accepted(run.checkpoint(AT), here, "weights-only")
    other = moved(plain, "move-other-weights", full=True)
    _rewrite(other, offload=["optimizer"])
    assert other.train(attempt=2, accept="weights-only") == 1
    outcome = other.outcome(2)
    assert outcome["cause"] == "launch-failed" and "do not load in this layout" in outcome["message"]
    assert other.checkpoint(AT).is_dir()


def _rewrite(run, **layout):
    """A marker that says something else, or what an older trainer said."""
    path = run.checkpoint(AT) / "complete.json"
    marker = json.loads(path.read_text())
    path.write_text(json.dumps({**marker, "layout": {**marker["layout"], **layout}}))


def test_a_marker_of_before_layouts_were_noted(plain):
    run = moved(plain, "move-old-marker")
    path = run.checkpoint(AT) / "complete.json"
    marker = json.loads(path.read_text())
    del marker["layout"]
    path.write_text(json.dumps(marker))
    assert written_by(run.checkpoint(AT)) == {"world_size": 1}
    assert run.train(attempt=2) == 0
    assert run.steps(2) == {step: numbers for step, numbers in plain.steps().items() if step > AT}


def _deepspeed():
    pytest.importorskip("deepspeed", reason="DeepSpeed is not installed")
    if not shutil.which("g++"):
        pytest.skip("no g++: DeepSpeed's CPU backend compiles an extension")


@pytest.fixture(scope="module")
def sharded(plain):
    """Moved from one plain process to two ranks under ZeRO-2, where it goes on to its end."""
    _deepspeed()
    run = moved(plain, "move-zero-2", world=2, zero=2)
    assert ranks(run, 2, 2, "weights-only") == 0, told(run, 2)
    return run


def test_weights_only_into_zero_2(plain, sharded):
    assert "loaded as weights-only" in sharded.notices(2)
    assert forgot(plain.steps(), sharded.steps(2))
    assert json.loads((sharded.checkpoint(8) / "complete.json").read_text())["layout"]["zero_stage"] == 2


def test_weights_only_out_of_zero_2(sharded):
    run = moved(sharded, "move-out-of-zero", at=8)
    assert run.train(attempt=3, accept="weights-only") == 0
    assert forgot(sharded.steps(2), run.steps(3), since=8)


def test_approximate_from_zero_2_to_zero_1(sharded):
    run = moved(sharded, "move-zero-1", at=8, world=2, zero=1)
    assert ranks(run, 3, 2, "approximate") == 0, told(run, 3)
    assert max(gaps(sharded.steps(2), run.steps(3), since=8).values()) < 1e-5


def test_why_zero_is_not_more_than_weights_only(sharded):
    """Told that the layout is the same, DeepSpeed itself refuses: where it no longer does, the grade is too low."""
    run = moved(sharded, "move-forced", at=8, zero=2)
    marker = json.loads((run.checkpoint(8) / "complete.json").read_text())
    marker["layout"]["world_size"] = 1
    (run.checkpoint(8) / "complete.json").write_text(json.dumps(marker))
    # One rank of the same micro-batch accumulates more; nothing else differs.
    assert ranks(run, 3, 1) == 1
    assert "used a DP world size of 2 but the current world size is 1" in run.outcome(3)["message"], told(run, 3)


def test_weights_only_of_a_whole_model_into_zero_3_and_out_again(bench):
    _deepspeed()
    whole = bench.run("move-full", **layout(full=True))
    assert whole.train() == 0
    run = moved(whole, "move-full-zero-3", world=2, zero=3, full=True)
    assert ranks(run, 2, 2, "weights-only") == 0, told(run, 2)
    assert forgot(whole.steps(), run.steps(2))
    back = moved(run, "move-full-back", at=8, full=True)
    assert back.train(attempt=3, accept="weights-only") == 0
    assert forgot(run.steps(2), back.steps(3), since=8)


def test_grades_are_those_of_the_plan():
    assert GRADES == ("exact", "approximate", "weights-only")

"""Runs that begin with another run's result: its adapter trained on, its merged weights, its whole model."""

import json
import shutil

import pytest
from workbench import PEFT

from cdksft_trainer.__main__ import main

FIRST = {"dtype": "float32"}
SFT = {"bf16": False, "max_steps": 20, "learning_rate": 0.02, "warmup_steps": 1, "lr_scheduler_type": "constant"}
AFTER = {**SFT, "max_steps": 4, "learning_rate": 0.001}
HEAD = {**PEFT, "modules_to_save": ["lm_head", "embed_tokens"]}
BASE = {"source": "weights", "key": "e" * 64}


def begins_with(run, use, **more):
    found = {"source": "run", "run": "first", "use": use, "identity": "1" * 64, "dtype": "float32"}
    base = {} if use == "model" else {"base": BASE}
    return {**found, **base, "result": run.output.relative_to(run.bench.root).joinpath("result").as_posix(), **more}


@pytest.fixture(scope="module")
def first(bench):
    run = bench.run("first", model=FIRST, sft=SFT, peft=HEAD, data=bench.all_data)
    assert run.train() == 0, run.outcome()
    return run


def losses(run, attempt=1):
    return [loss for loss, _, _ in run.steps(attempt).values()]


def logits(model, bench):
    import torch
    from transformers import AutoTokenizer

    tokens = AutoTokenizer.from_pretrained(bench.weights)("Say river and then stone, please.", return_tensors="pt")
    with torch.no_grad():
        return model.eval()(**tokens).logits


def merged_by_peft(run, bench):
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(bench.weights, dtype=torch.float32)
    return PeftModel.from_pretrained(base, run.output / "result").merge_and_unload()


def test_an_adapter_is_trained_on_from_where_it_was(bench, first):
    more = {"sft": AFTER, "data": bench.all_data}
    second = bench.run("second", model=begins_with(first, "adapter"), peft=HEAD, **more)
    fresh = bench.run("fresh", model=FIRST, peft=HEAD, **more)
    assert second.train() == 0, second.outcome()
    assert fresh.train() == 0, fresh.outcome()
    begun, before = losses(second)[0], losses(first)
    # Two batches of other rows never have quite the same loss.
    assert abs(begun - sum(before[-5:]) / 5) < 0.25 * (before[0] - before[-1]), (begun, before)
    assert begun < 0.7 * losses(fresh)[0]
    result = json.loads((second.output / "result" / "result.json").read_text())
    assert result["kind"] == "adapter"
    config = json.loads((second.output / "result" / "adapter_config.json").read_text())
    assert (config["r"], config["lora_alpha"]) == (4, 8)
    # It lies on what the first one lies on.
    assert config["base_model_name_or_path"] == str(bench.weights)
    start = second.events("start")[0]
    assert start["trainable_parameters"] == fresh.events("start")[0]["trainable_parameters"]


def test_a_continued_adapter_resumes_as_if_it_had_not_stopped(bench, first):
    from workbench import differences

    model = begins_with(first, "adapter")
    whole = bench.run("second-whole", model=model, peft=HEAD, data=bench.all_data, sft={**AFTER, "save_steps": 2})
    assert whole.train() == 0, whole.outcome()
    again = whole.copy("second-again")
    shutil.rmtree(again.checkpoint(4))
    shutil.rmtree(again.output / "result")
    assert again.train(2) == 0, again.outcome(2)
    assert differences(whole, again, after=2) == set()


def test_merged_weights_are_those_that_peft_merges(bench, first):
    import torch
    from transformers import AutoModelForCausalLM

    model = begins_with(first, "merged", key="5" * 64)
    run = bench.run("on-merged", model=model, peft=None, sft=AFTER, data=bench.all_data)
    arguments = ["prepare", "--root", str(bench.root), "--files", str(run.files), "--only", "weights"]
    assert main(arguments) == 0
    folder = bench.root / "weights" / ("5" * 12)
    wanted = logits(merged_by_peft(first, bench), bench)
    found = logits(AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32), bench)
    assert torch.equal(found, wanted)
    base = AutoModelForCausalLM.from_pretrained(bench.weights, dtype=torch.float32)
    assert (logits(base, bench) - wanted).abs().max() > 0.1
    assert (folder / "tokenizer.json").exists()

    assert run.train() == 0, run.outcome()
    assert losses(run)[0] < 0.5 * losses(first)[0]
    made = (folder / "manifest.json").stat().st_mtime_ns
    assert main(arguments) == 0
    assert (folder / "manifest.json").stat().st_mtime_ns == made, "made once"


def test_a_tied_model_keeps_a_head_that_was_trained(bench, tmp_path):
    """One tensor before, two after: neither may be lost."""
    import torch
    from cdksft_trainer.merge import _untie
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(bench.weights, dtype=torch.float32)
    model.config.tie_word_embeddings = True
    model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight + 1)
    wanted = logits(model, bench)
    _untie(model)
    model.save_pretrained(tmp_path)
    assert torch.equal(logits(AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32), bench), wanted)


def test_a_whole_model_is_begun_with(bench):
    first = bench.run("first-full", model=FIRST, sft=SFT | {"learning_rate": 0.005}, peft=None, data=bench.all_data)
    assert first.train() == 0, first.outcome()
    second = bench.run("second-full", model=begins_with(first, "model"), sft=AFTER, data=bench.all_data)
    assert second.train() == 0, second.outcome()
    assert losses(second)[0] < 0.5 * losses(first)[0]
    # And a third on the adapter of the second, which lies on the first one's model.
    base = {"source": "run", "result": "runs/first-full/output/result"}
    third = bench.run("third", model=begins_with(second, "adapter", base=base), sft=AFTER, data=bench.all_data)
    assert third.train() == 0, third.outcome()
    assert losses(third)[0] < 1.1 * losses(second)[-1]


@pytest.mark.parametrize(
    "harm,said",
    [
        (lambda result: shutil.rmtree(result), ("is not there", "Train first before this run.")),
        (lambda result: (result / "result.json").write_text("{"), ("cannot be read",)),
        (lambda result: (result / "adapter_model.safetensors").unlink(), ("adapter_model.safetensors is missing",)),
        (
            lambda result: (result / "adapter_config.json").write_bytes(
                (result / "adapter_config.json").read_bytes().replace(b'"r": 4', b'"r": 8')
            ),
            ("adapter_config.json has other content",),
        ),
    ],
)
@pytest.mark.parametrize("use", ["adapter", "merged"])
def test_a_result_that_is_not_whole_is_refused_before_any_step(bench, first, harm, said, use, capsys):
    broken = first.copy(f"broken-{use}-{said[0].replace(' ', '-')}")
    harm(broken.output / "result")
    model = begins_with(broken, use, **({"key": "8" * 64} if use == "merged" else {}))
    run = bench.run(f"after-{broken.folder.name}", model=model, peft=HEAD, sft=AFTER, data=bench.all_data)
    if use == "merged":
        arguments = ["prepare", "--root", str(bench.root), "--files", str(run.files), "--only", "weights"]
        assert main(arguments) == 65
        told = capsys.readouterr().out
        assert not (bench.root / "weights" / ("8" * 12)).exists()
    else:
        assert run.train() == 1
        told = run.outcome()["message"]
        # Not by its own settings: it may start once the result is there.
        assert run.outcome()["cause"] == "launch-failed"
        assert not (run.attempt(1) / "events.jsonl").exists()
    for part in said:
        assert part in told, told


def test_an_adapter_of_another_shape_is_refused(bench, first):
    run = bench.run("other-shape", model=begins_with(first, "adapter"), peft={**HEAD, "r": 8}, sft=AFTER)
    assert run.train() == 1
    assert "peft/r is 8; of the adapter to train on it is 4" in run.outcome()["message"]


def test_a_result_of_another_kind_is_refused(bench, first):
    run = bench.run("other-kind", model=begins_with(first, "model"), peft=None, sft=AFTER)
    assert run.train() == 1
    assert "of kind 'adapter' instead of 'model'" in run.outcome()["message"]


def test_by_hand_the_result_may_lie_elsewhere(bench, first, tmp_path):
    moved = shutil.copytree(first.output / "result", tmp_path / "result")
    model = {**begins_with(first, "adapter"), "result": "runs/nowhere/output/result"}
    run = bench.run("by-hand", model=model, peft=HEAD, sft=AFTER, data=bench.all_data)
    assert main([*run.arguments(), "--from", str(moved)]) == 0, run.outcome()
    assert losses(run)[0] < 0.5 * losses(first)[0]


def test_an_adapter_belongs_to_the_commit_that_its_run_has_read():
    from cdksft_trainer.start import settle_base

    model = {"base": {"source": "hub", "id": "org/base", "revision": "main"}}
    settle_base(model, {"revisions": {"model": "main"}})
    assert model["base"]["revision"] == "main"
    settle_base(model, {"revisions": {"model": "1" * 40}})
    assert model["base"]["revision"] == "1" * 40

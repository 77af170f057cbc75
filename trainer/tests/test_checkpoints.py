"""Which checkpoint a run goes on from, and what a damaged, unmarked or misleading one leads to."""

import json

import pytest
from workbench import differences

from cdksft_trainer import checkpoints
from cdksft_trainer.folders import differs


def test_each_checkpoint_has_its_marker(uninterrupted):
    for step in (4, 8, 10):
        folder = uninterrupted.checkpoint(step)
        marker = json.loads((folder / "complete.json").read_text())
        assert marker["format"] == 1 and marker["step"] == step and marker["world_size"] == 1
        names = {file["path"] for file in marker["files"]}
        assert {"adapter_model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth"} <= names
        assert names == {path.name for path in folder.iterdir()} - {"complete.json"}
        assert differs(folder, marker["files"]) is None
    told = uninterrupted.events("checkpoint")
    assert [(event["step"], event["path"]) for event in told] == [(n, f"output/checkpoint-{n}") for n in (4, 8, 10)]


def _cut(run):
    path = run.checkpoint(8) / "optimizer.pt"
    path.write_bytes(path.read_bytes()[:-100])


def _flip(run):
    path = run.checkpoint(8) / "adapter_model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _garbage(run):
    (run.checkpoint(8) / "optimizer.pt").write_bytes(b"no torch file")
    run.mark_again(8)


def _other_tensors(run):
    import torch

    torch.save({"state": {}, "param_groups": []}, run.checkpoint(8) / "optimizer.pt")
    run.mark_again(8)


def _torn_marker(run):
    (run.checkpoint(8) / "complete.json").write_text('{"format": 1, "st')


SPOILT = {
    "cut": (_cut, "optimizer.pt has"),
    "flipped-bit": (_flip, "other content"),
    "does-not-open": (_garbage, "optimizer.pt does not open"),
    "does-not-load": (_other_tensors, "does not load"),
    "torn-marker": (_torn_marker, "complete.json cannot be read"),
}


def _without_end(uninterrupted, name):
    """As if it had been killed after checkpoint 8."""
    run = uninterrupted.copy(name)
    (run.output / "checkpoint-10" / "complete.json").unlink()
    return run


@pytest.mark.parametrize("damage", SPOILT)
def test_a_damaged_newest_checkpoint(uninterrupted, damage):
    spoil, said = SPOILT[damage]
    run = _without_end(uninterrupted, f"damaged-{damage}")
    spoil(run)
    assert run.train(attempt=2) == 0
    assert run.events("start", 2)[-1]["resumed_from"] == 4
    assert differences(uninterrupted, run, after=4) == set()
    assert "checkpoint-10 was not complete" in run.notices(2)
    assert "checkpoint-8" in run.notices(2) and said in run.notices(2)
    assert (run.output / "unusable-checkpoint-8").is_dir() and (run.checkpoint(8) / "complete.json").exists()


def test_checkpoints_without_a_marker_do_not_count(uninterrupted):
    run = uninterrupted.copy("unmarked")
    for step in (4, 8, 10):
        (run.checkpoint(step) / "complete.json").unlink()
    assert run.train(attempt=2) == 0
    assert run.starts()[-1]["resumed_from"] == 0
    assert differences(uninterrupted, run, after=0) == set()


def test_killed_between_the_last_checkpoint_and_the_result(uninterrupted):
    """Nothing is left to train; the result is made from the checkpoint."""
    run = uninterrupted.copy("only-the-end")
    (run.output / "result" / "result.json").unlink()
    assert run.train(attempt=2) == 0
    assert run.outcome(2) == {"cause": "done", "step": 10, "result": "output/result"}
    assert run.events("step", 2) == [] and run.events("start", 2)[0]["resumed_from"] == 10
    assert run.adapter() == uninterrupted.adapter()
    first, again = (json.loads((one.output / "result" / "result.json").read_text()) for one in (uninterrupted, run))
    assert (again["loss_first"], again["loss_last"]) == (first["loss_first"], first["loss_last"])


def test_the_oldest_is_deleted_only_after_the_newest_has_its_marker(bench, monkeypatch):
    run = bench.run("keep", sft={"save_total_limit": 1, "save_steps": 1, "max_steps": 3})
    seen = []
    rotate = checkpoints.rotate

    def look(output, keep):
        seen.append([(path.name, (path / "complete.json").exists()) for path in checkpoints.checkpoints(output)])
        rotate(output, keep)

    monkeypatch.setattr("cdksft_trainer.training.rotate", look)
    monkeypatch.setenv("SFT_PROVENANCE", '{"commit": "abc", "dirty": true}')
    assert run.train() == 0
    for record in (run.checkpoint(3) / "complete.json", run.output / "result" / "result.json"):
        assert json.loads(record.read_text())["provenance"] == {"commit": "abc", "dirty": True}
    assert [path.name for path in checkpoints.checkpoints(run.output)] == ["checkpoint-3"]
    assert seen[1] == [("checkpoint-2", True), ("checkpoint-1", True)]

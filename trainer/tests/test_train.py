"""Short real trainings: what they leave, and how each failure is named."""

import errno
import hashlib
import json
import os
import signal

import pytest
from workbench import CONFIG, PEFT, differences

from cdksft_trainer import stop, training
from cdksft_trainer.__main__ import main
from cdksft_trainer.adapter import check_adapter
from cdksft_trainer.loading import check_dtype, dtype_of
from cdksft_trainer.mistake import Mistake, cause_of


def fails(run, cause, *said, attempt=1):
    assert run.train(attempt) == 1
    outcome = run.outcome(attempt)
    assert outcome["cause"] == cause, outcome
    for part in said:
        assert part in outcome["message"], outcome["message"]
    assert not (run.output / "result").exists()
    return outcome


def test_events_of_a_run(uninterrupted):
    start = uninterrupted.events("start")[0]
    assert start["resumed_from"] == 0 and start["max_steps"] == 10 and start["world_size"] == 1
    assert start["train_rows"] == 54 and start["trained_tokens"] > 54
    assert 0 < start["trainable_parameters"] < start["parameters"]
    assert {"torch", "trl", "peft", "transformers"} <= set(start["versions"])
    for event in uninterrupted.events("step"):
        assert event["tokens_per_second"] > 0 and event["step_seconds"] > 0 and event["memory_bytes"] > 1e7
    assert [event["step"] for event in uninterrupted.events("evaluate")] == [0, 10]
    assert uninterrupted.outcome() == {"cause": "done", "step": 10, "result": "output/result"}


def test_tokens_a_second_count_no_padding(uninterrupted):
    """The tokens of all steps, from rates and times, are those that TRL counted without padding."""
    history = json.loads((uninterrupted.checkpoint(10) / "trainer_state.json").read_text())["log_history"]
    counted = max(entry.get("num_tokens", 0) for entry in history)
    events = uninterrupted.events("step")
    spans = [b["time"] - a["time"] for a, b in zip(uninterrupted.events("evaluate")[:1] + events, events)]
    tokens = sum(event["tokens_per_second"] * span for event, span in zip(events, spans))
    assert 0.7 * counted < tokens < 1.4 * counted


def test_the_result(uninterrupted, bench):
    folder = uninterrupted.output / "result"
    result = json.loads((folder / "result.json").read_text())
    assert result["format"] == 1 and result["kind"] == "adapter"
    names = {file["path"] for file in result["files"]}
    assert names == {path.name for path in folder.iterdir()} - {"result.json"}
    assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json"} <= names
    assert "training_args.bin" not in names
    for file in result["files"]:
        content = (folder / file["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
    losses = [loss for loss, _, _ in uninterrupted.steps().values()]
    assert (result["loss_first"], result["loss_last"]) == (losses[0], losses[-1])


def test_the_adapter_loads_and_changes_the_output(uninterrupted, bench):
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = uninterrupted.output / "result"
    base = AutoModelForCausalLM.from_pretrained(bench.weights, dtype=torch.float32)
    tokens = AutoTokenizer.from_pretrained(folder)("Say river and then stone, please.", return_tensors="pt")
    with torch.no_grad():
        before = base(**tokens).logits
        tuned = PeftModel.from_pretrained(base, folder)
        after = tuned(**tokens).logits
        with tuned.disable_adapter():
            assert torch.equal(tuned(**tokens).logits, before)
    assert (after - before).abs().max() > 0.01


def test_embeddings_and_head_are_trained_and_saved_too(bench):
    from safetensors.torch import load_file

    peft = {**PEFT, "modules_to_save": ["embed_tokens", "lm_head"]}
    run = bench.run("head", peft=peft, model={"dtype": "float32"}, sft={"bf16": False, "max_steps": 3})
    assert run.train() == 0
    saved = load_file(run.output / "result" / "adapter_model.safetensors")
    base = load_file(bench.weights / "model.safetensors")
    for name in ("lm_head.weight", "model.embed_tokens.weight"):
        assert (saved[f"base_model.model.{name}"] - base[name]).abs().max() > 1e-4


def test_the_whole_model_is_trained_without_peft(bench):
    run = bench.run("full", peft=None, data=bench.all_data, sft={"max_steps": 2, "learning_rate": 1e-3})
    assert run.train() == 0
    result = json.loads((run.output / "result" / "result.json").read_text())
    assert result["kind"] == "model" and "model.safetensors" in {file["path"] for file in result["files"]}
    start = run.events("start")[0]
    assert start["trainable_parameters"] == start["parameters"] and run.events("evaluate") == []


def test_qlora_trains_beside_packed_weights(bench, monkeypatch):
    bitsandbytes = pytest.importorskip("bitsandbytes", reason="bitsandbytes is not installed")
    live = []
    begin = training.Watch.on_train_begin

    def look(self, *args, **kwargs):
        live.extend(m for m in self.trainer.model.modules() if isinstance(m, bitsandbytes.nn.Linear4bit))
        return begin(self, *args, **kwargs)

    monkeypatch.setattr(training.Watch, "on_train_begin", look)
    quantization = {
        "load_in_4bit": True,
        "bnb_4bit_quant_type": "nf4",
        "bnb_4bit_compute_dtype": "bfloat16",
        "bnb_4bit_use_double_quant": True,
        "bnb_4bit_quant_storage": "bfloat16",
    }
    # bitsandbytes packs blocks of 64 weights of one row.
    model = {"key": "6" * 64, "config": {**CONFIG, "hidden_size": 64, "intermediate_size": 128}}
    run = bench.run("qlora", model=model, quantization=quantization, sft={"max_steps": 2, "warmup_steps": 0})
    assert main(["prepare", "--root", str(bench.root), "--files", str(run.files)]) == 0
    assert run.train() == 0, run.outcome()
    assert len(live) == 14 and {m.weight.quant_state.quant_type for m in live} == {"nf4"}
    assert run.events("start")[0]["parameters"] > 40_000 and "bitsandbytes" in run.events("start")[0]["versions"]


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_the_type_of_the_weights(bench, monkeypatch, dtype):
    seen = {}
    begin = training.Watch.on_train_begin

    def look(self, *args, **kwargs):
        seen.update({p.dtype: name for name, p in self.trainer.model.named_parameters() if not p.requires_grad})
        return begin(self, *args, **kwargs)

    monkeypatch.setattr(training.Watch, "on_train_begin", look)
    run = bench.run(f"dtype-{dtype}", model={"dtype": dtype}, sft={"max_steps": 2, "warmup_steps": 0})
    assert run.train() == 0
    assert set(seen) == {dtype_of(dtype)}


def test_another_type_than_asked_for_is_an_error(bench):
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(bench.weights, dtype=torch.bfloat16)
    check_dtype(model, torch.bfloat16)
    model.model.norm.float()
    with pytest.raises(Mistake, match="model.norm.weight"):
        check_dtype(model, torch.bfloat16)


def test_no_trained_tokens(bench):
    fails(bench.run("no-tokens", sft={"max_length": 8}), "no-trained-tokens", "54 rows", "maxLength")


def test_a_loss_that_is_no_number(bench):
    run = bench.run("nan", sft={"learning_rate": 1e38, "warmup_steps": 0, "max_grad_norm": 0, "save_steps": 1})
    outcome = fails(run, "nan-loss", "finite", "learning rate")
    assert outcome["step"] <= 3 and not (run.checkpoint(outcome["step"]) / "complete.json").exists()


def test_weights_that_the_last_step_broke(bench):
    sft = {"learning_rate": 1e39, "warmup_steps": 0, "max_steps": 1}
    fails(bench.run("broken-end", data=bench.all_data, sft=sft), "nan-loss", "trained weights")


def test_an_adapter_that_changes_nothing(bench):
    fails(bench.run("idle", sft={"learning_rate": 0.0, "max_steps": 2}), "empty-adapter", "changes nothing")


def test_an_adapter_without_weights(tmp_path):
    import torch
    from safetensors.torch import save_file

    with pytest.raises(Mistake, match="no weights"):
        check_adapter(tmp_path, {})
    names = "q_proj.lora_A.weight", "q_proj.lora_B.weight"
    before = {name: torch.zeros(2, 2) for name in names}
    save_file({names[0]: torch.ones(2, 2), names[1]: torch.zeros(2, 2)}, tmp_path / "adapter_model.safetensors")
    with pytest.raises(Mistake, match="changes nothing"):
        check_adapter(tmp_path, before)
    save_file({names[0]: torch.zeros(2, 2), names[1]: torch.ones(2, 2)}, tmp_path / "adapter_model.safetensors")
    check_adapter(tmp_path, before)


BAD = {
    "sft": ({"sft": {"learnin_rate": 1}}, "'learnin_rate' (did you mean 'learning_rate'?)"),
    "peft": ({"peft": {**PEFT, "lora_r": 4}}, "train.json#/peft: LoraConfig does not know 'lora_r'"),
    "quantization": ({"quantization": {"load_in_4bits": True}}, "does not know 'load_in_4bits'"),
    "value": ({"sft": {"lr_scheduler_type": "cosin"}}, "train.json#/sft: SFTConfig refuses"),
    "reserved": ({"sft": {"output_dir": "/elsewhere"}}, "train.json#/sft/output_dir"),
    "format": ({"format": 2}, "format 2"),
    "targets": ({"peft": {**PEFT, "target_modules": ["q_projection"]}}, "q_projection"),
    "head": ({"peft": {**PEFT, "target_modules": ["lm_head"]}}, "lm_head"),
    "dtype": ({"model": {"dtype": "bf16"}}, "'bf16'"),
    "weights": ({"model": {"key": "9" * 64}}, "not prepared"),
}


@pytest.mark.parametrize("case", BAD)
def test_settings_that_the_engines_do_not_take(bench, case):
    changes, said = BAD[case]
    fails(bench.run(f"bad-{case}", **changes), "user-code", said)


def test_rows_that_are_not_prepared(bench):
    fails(bench.run("no-rows", data={**bench.data, "key": "8" * 64}), "data", "not prepared")


def test_fewer_ranks_than_planned(bench):
    run = bench.run("lonely", world_size=2)
    fails(run, "launch-failed", "planned for 2 ranks, but 1 started")
    assert not (run.folder / "starts.jsonl").exists()


def test_a_request_to_stop_and_a_resume(bench, uninterrupted):
    run = bench.run("asked")
    run.attempt(1).mkdir(parents=True)
    (run.attempt(1) / "request.json").write_text('{"do": "stop", "save": true}')
    assert run.train() == 0
    assert run.outcome() == {"cause": "cancelled", "step": 1, "message": "Stopped by request, after a checkpoint."}
    assert (run.checkpoint(1) / "complete.json").exists() and not (run.output / "result").exists()
    assert run.train(attempt=2) == 0
    assert differences(uninterrupted, run, after=1) == set()


def test_a_request_to_stop_without_a_checkpoint(bench):
    run = bench.run("asked-unsaved")
    run.attempt(1).mkdir(parents=True)
    (run.attempt(1) / "request.json").write_text('{"do": "stop", "save": false}')
    assert run.train() == 0
    assert run.outcome()["cause"] == "cancelled" and not run.checkpoint(1).exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1])
def test_a_signal_only_sets_a_flag(bench, monkeypatch, number):
    listen = stop.Stop.listen

    def at_once(self):
        listen(self)
        os.kill(os.getpid(), number)

    monkeypatch.setattr(stop.Stop, "listen", at_once)
    run = bench.run(f"signal-{number.name}")
    assert run.train() == 0
    assert run.outcome()["cause"] == "preempted" and number.name in run.outcome()["message"]
    assert (run.checkpoint(1) / "complete.json").exists()
    assert signal.getsignal(number) is signal.SIG_DFL


def test_a_full_disk_during_a_checkpoint(bench, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(training, "mark", full)
    fails(bench.run("full-disk"), "disk-full", "Free some space")


CAUSES = {
    "out-of-memory": [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory: you tried"),
    ],
    "disk-full": [
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        RuntimeError("[enforce fail at inline_container.cc] . PytorchStreamWriter failed writing file data/3"),
        Exception("Error while serializing: I/O error: No space left on device (os error 28)"),
    ],
    "nccl-timeout": [RuntimeError("Watchdog caught collective operation timeout: WorkNCCL(SeqNum=12)")],
    "node-lost": [ConnectionResetError(104, "reset"), RuntimeError("[gloo] Connection closed by peer [10.0.0.2]:1")],
    "unknown": [OSError("We couldn't connect to 'https://huggingface.co' to load the files")],
    "user-code": [ValueError("no such thing\nsecond line"), FileNotFoundError(2, "No such file")],
}


@pytest.mark.parametrize("cause", CAUSES)
def test_the_cause_of_an_error(cause):
    for error in CAUSES[cause]:
        found, message = cause_of(error)
        assert found == cause and "\n" not in message


def test_the_first_rank_that_fails_tells_the_cause(bench):
    from cdksft_trainer.train import Session
    from cdksft_trainer.workspace import Attempt, Workspace

    folder = bench.root / "runs" / "first-wins"
    session = Session(Attempt(Workspace(bench.root), folder, 1, "t", folder))
    session.attempt.folder.mkdir(parents=True)
    session.end("out-of-memory", "rank 1")
    session.end("node-lost", "rank 0")
    assert json.loads((session.attempt.folder / "outcome.json").read_text())["cause"] == "out-of-memory"

"""A run's tokens in the workspace: made once, by one rank, whatever is killed; found again; told of."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from test_tokenise import alpaca, byte_level, metaspace, place
from workbench import differences, path_of

import cdksft_trainer
from cdksft_trainer import encoded, learning, tokens
from cdksft_trainer.durable import read_json, write_json
from cdksft_trainer.folders import differs
from cdksft_trainer.job import sft_config
from cdksft_trainer.mistake import Mistake
from cdksft_trainer.recipe import hash_of, recipe_of
from cdksft_trainer.workspace import Attempt, Workspace


class Start:
    """What a rank does before it loads the model."""

    def __init__(self, bench, root, name="run", data=None, **sft):
        self.bench = bench
        self.job = bench.job(data=data or bench.data, sft=sft)
        self.attempt = Attempt(Workspace(root), root / "runs" / name, 1, "t", bench.folder)
        self.attempt.folder.mkdir(parents=True, exist_ok=True)
        self.said = []

    def rows(self):
        args = sft_config(self.job, self.attempt.output, self.attempt.folder)
        return learning.rows_for(self.job, self.attempt, args, byte_level(self.bench), self.said.append)

    @property
    def folder(self):
        return self.attempt.workspace.tokens(read_json(self.attempt.folder / "tokens.json")["key"])

    def manifest(self):
        return read_json(self.folder / "manifest.json")


@pytest.fixture
def root(bench, tmp_path):
    """A workspace of its own, with the rows of the bench."""
    (tmp_path / "data").symlink_to(bench.root / "data")
    return tmp_path


def names(root):
    return sorted(path.name for path in (root / "tokens").iterdir())


def test_made_once_and_used_by_the_next_attempt_and_by_another_run(bench, root):
    first = Start(bench, root)
    made = first.rows()
    manifest = first.manifest()
    assert manifest["train"]["rows"] == 54 and manifest["evaluation"]["rows"] == 6
    assert made.trained_tokens == manifest["train"]["trained_tokens"] and made.evaluation is not None
    assert differs(first.folder, manifest["files"]) is None
    assert [file["path"] for file in manifest["files"]] == ["evaluation.arrow", "train.arrow"]
    assert "54 rows" in first.said[0] and f"{made.trained_tokens:,} of them trained" in first.said[0]
    before = [path.stat().st_mtime_ns for path in first.folder.iterdir()]
    # Another rate is nothing to the tokens.
    second = Start(bench, root, "another", learning_rate=0.5)
    assert second.rows().train[:] == made.train[:] and "there already" in second.said[0]
    assert before == [path.stat().st_mtime_ns for path in first.folder.iterdir()] and len(names(root)) == 1


CHANGES = {
    "length": {"max_length": 100},
    "loss": {"completion_only_loss": False},
    "packing": {"packing": True, "packing_strategy": "bfd"},
    "strategy": {"packing": True, "packing_strategy": "wrapped"},
    "processes of packing": {"packing": True, "packing_strategy": "bfd", "dataset_num_proc": 2},
    "end": {"eos_token": "<s>"},
    "order": {"shuffle_dataset": True},
    "another order": {"shuffle_dataset": True, "seed": 43},
    "cut": {"truncation_mode": "keep_end"},
}
NO_CHANGES = {"seed": {"seed": 43}, "processes": {"dataset_num_proc": 2}, "rate": {"learning_rate": 1e-5}}


def key(bench, sft, tokenizer=byte_level, rows=None):
    args = sft_config(bench.job(sft=sft), bench.folder, bench.folder)
    manifest = read_json(bench.root / "data" / ("d" * 12) / "manifest.json")
    return tokens.key_of(recipe_of(args, tokenizer(bench)).shape(), {"files": rows or manifest["files"]})


def test_the_name_follows_from_all_that_shapes_it_and_from_nothing_else(bench):
    plain = key(bench, {})
    keys = {name: key(bench, sft) for name, sft in CHANGES.items()}
    keys["tokenizer"] = key(bench, {}, metaspace)
    keys["template"] = key(bench, {}, lambda bench: byte_level(bench, "{{ messages }}"))
    keys["rows"] = key(bench, {}, rows=[{"path": "train.jsonl", "sha256": "0" * 64}])
    assert len({plain, *keys.values()}) == len(keys) + 1
    assert {name: key(bench, sft) for name, sft in NO_CHANGES.items()} == dict.fromkeys(NO_CHANGES, plain)


def test_a_tokenizer_is_its_content_wherever_it_lies(bench, tmp_path):
    from transformers import AutoTokenizer

    tokenizer = byte_level(bench)
    tokenizer.save_pretrained(tmp_path / "copy")
    copy = AutoTokenizer.from_pretrained(tmp_path / "copy")
    assert hash_of(copy) == hash_of(tokenizer)
    copy.add_tokens(["<new>"])
    assert hash_of(copy) != hash_of(tokenizer)


def test_rows_that_are_left_out_are_told_with_the_reason(bench, root):
    start = Start(bench, root, max_length=72)
    start.rows()
    counts = start.manifest()["train"]
    assert 0 < counts["dropped"]["cut_off"] < 18 and counts["dropped"]["untrained"] == 0 and counts["cut"] > 0
    assert counts["sequences"] == 54 - counts["dropped"]["cut_off"]
    said = f"{counts['dropped']['cut_off']} of 54 rows are left out: cut at 72 tokens, they have nothing to train on."
    assert said in start.said
    again = Start(bench, root, max_length=72)
    again.rows()
    assert said in again.said


def test_held_out_rows_without_a_trained_token(bench, root):
    long = [{"prompt": "river " * 300, "completion": "stone"}]
    data = place(bench, "70" * 32, alpaca(4), long)
    start = Start(bench, root, data=data, max_length=200, eval_strategy="steps", eval_steps=2)
    assert start.rows().evaluation is None and "there is no evaluation" in " ".join(start.said)


def test_rows_that_were_changed_after_they_were_prepared(bench, root):
    data = place(bench, "6" * 64, alpaca(4))
    path = bench.root / "data" / ("6" * 12) / "train.jsonl"
    path.write_text(path.read_text().replace("Say", "say"))
    with pytest.raises(Mistake, match="not as it was written"):
        Start(bench, root, data=data).rows()
    assert names(root) == []


def test_text_that_looks_like_times_is_text(bench, root):
    """Arrow's own reader of JSON would make times of a column like this."""
    data = place(bench, "5" * 64, [{"text": "2026-11-24 10:00:00"}] * 3)
    made = Start(bench, root, data=data, completion_only_loss=False).rows().train
    assert made["labels"][:] == [byte_level(bench)("2026-11-24 10:00:00</s>")["input_ids"]] * 3


def test_packed_sequences_are_told(bench, root):
    start = Start(bench, root, packing=True, packing_strategy="bfd")
    train = start.rows().train
    assert f"54 rows, {len(train)} sequences" in start.said[0] and len(train) < 54
    assert start.manifest()["made_from"]["packing"] == {"train": "bfd", "evaluation": "bfd"}


SUICIDE = """
import os, signal, sys
from cdksft_trainer import encoded
from cdksft_trainer.__main__ import main
encoded.listing = lambda folder: os.kill(os.getpid(), signal.SIGKILL)
main(sys.argv[1:])
"""


def test_killed_before_it_is_published(bench, uninterrupted):
    """Nothing has the name, the next attempt makes it anew and takes away what was left, and trains the same."""
    run = bench.run("killed-tokens", sft={"max_length": 127})
    before = set(names(bench.root))
    environment = {**os.environ, "PYTHONPATH": path_of(cdksft_trainer.__file__)}
    killed = subprocess.run([sys.executable, "-c", SUICIDE, *run.arguments()], env=environment, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (left,) = set(names(bench.root)) - before
    assert not (bench.root / "tokens" / left / "manifest.json").exists() and left.count(".") == 3
    assert (bench.root / "tokens" / left / "train.arrow").exists()
    assert run.train(attempt=2) == 0
    assert left not in names(bench.root)
    # No row is as long: one token less of room changes no number.
    assert differences(uninterrupted, run, after=0, attempt=2) == set()


def test_two_at_once_leave_one(bench, root, monkeypatch):
    both = threading.Barrier(2)
    listing = encoded.listing

    def when_both_are_done(folder):
        both.wait(60)
        return listing(folder)

    monkeypatch.setattr(encoded, "listing", when_both_are_done)
    starts = [Start(bench, root, name) for name in ("first", "second")]
    made = {}
    threads = [threading.Thread(target=lambda start=start: made.update({start: start.rows()})) for start in starts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = (made[start] for start in starts)
    assert first.train[:] == second.train[:] and names(root) == [starts[0].folder.name]


def test_what_lost_a_file_is_made_again(bench, root):
    start = Start(bench, root)
    made = start.rows().train[:]
    (start.folder / "train.arrow").unlink()
    assert start.rows().train[:] == made and len(names(root)) == 1


class Waiting(threading.Thread):
    """Another rank."""

    def __init__(self, attempt, final, key):
        super().__init__(daemon=True)
        self.arguments, self.error = (attempt, final, key), None
        self.start()

    def run(self):
        try:
            tokens._wait(*self.arguments)
        except Mistake as mistake:
            self.error = mistake


def test_other_ranks_wait_for_the_files(bench, root, monkeypatch):
    monkeypatch.setattr(tokens, "LOOK_SECONDS", 0.01)
    elsewhere = Start(bench, bench.root, "to-know-the-key")
    elsewhere.rows()
    start = Start(bench, root)
    final = start.attempt.workspace.tokens(elsewhere.folder.name)
    waiting = Waiting(start.attempt, final, elsewhere.folder.name)
    half = root / "tokens" / final.name
    half.mkdir(parents=True)
    (half / "train.arrow").write_bytes(b"half")
    waiting.join(0.2)
    assert waiting.is_alive()
    start.rows()
    waiting.join(60)
    assert not waiting.is_alive() and waiting.error is None


def test_they_do_not_wait_for_a_rank_that_ended_or_gives_no_sign(bench, root, monkeypatch):
    monkeypatch.setattr(tokens, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(tokens, "SILENCE_SECONDS", 0.05)
    attempt = Start(bench, root).attempt

    def cause():
        waiting = Waiting(attempt, attempt.workspace.tokens("1" * 64), "1" * 64)
        waiting.join(60)
        return waiting.error.cause, waiting.error.message

    assert cause()[0] == "node-lost"
    write_json(attempt.folder / "tokens.json", {"key": "2" * 64, "sign": "1-1"})
    assert cause() == ("launch-failed", f"Rank 0 makes tokens {'2' * 64}, this rank needs {'1' * 64}.")
    write_json(attempt.folder / "outcome.json", {"cause": "data"})
    assert "ended" in cause()[1]


def test_rank_0_gives_a_new_sign_as_long_as_it_works(tmp_path, monkeypatch):
    monkeypatch.setattr(tokens, "SIGN_SECONDS", 0.01)
    path, signs = tmp_path / "tokens.json", set()
    with tokens._Sign(path, "1" * 64):
        until = time.monotonic() + 60
        while len(signs) < 3 and time.monotonic() < until:
            signs.add(read_json(path)["sign"])
    assert len(signs) == 3 and read_json(path)["key"] == "1" * 64


def test_trained_as_on_what_trl_makes_by_itself(bench, uninterrupted, monkeypatch):
    """The same losses, gradients, rates and adapter, bit for bit; and the way that is left to TRL still works."""
    monkeypatch.setattr(learning, "recipe_of", lambda args, tokenizer, fix: None)
    run = bench.run("by-trl")
    assert run.train() == 0, run.outcome()
    assert not (run.attempt(1) / "tokens.json").exists()
    assert differences(uninterrupted, run, after=0, attempt=1) == set()
    told = [one.events("start")[0] for one in (uninterrupted, run)]
    assert [told[0][name] == told[1][name] for name in ("train_rows", "trained_tokens", "max_steps")] == [True] * 3
    assert run.events("evaluate")[-1]["eval_loss"] == uninterrupted.events("evaluate")[-1]["eval_loss"]


def test_a_template_that_changes_the_model_is_left_to_trl(bench):
    args = sft_config(bench.job(sft={"chat_template_path": str(bench.weights)}), bench.folder, bench.folder)
    assert recipe_of(args, byte_level(bench)) is None

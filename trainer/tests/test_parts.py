"""Which rows are drawn, held out and evaluated on."""

import json

from workbench import KEY, data_block, place, rows

from cdksft_trainer.durable import read_json
from cdksft_trainer.rows import Row, render
from cdksft_trainer.split import hold_out, sample, share_of


def test_draws_are_the_same_for_ever():
    assert sample(list(range(10)), 4, 42) == [1, 5, 6, 7]
    assert hold_out(list(range(10)), 0.2, 42)[1] == [2, 3]
    assert sample(list(range(10)), 4, 43) != sample(list(range(10)), 4, 42)
    assert [share_of(n, 0.1) for n in (2, 14, 15, 25)] == [1, 1, 2, 3]


def test_nothing_left_to_train_on(case, capsys):
    case.give(json.dumps(rows(1)).encode(), evaluation={"share": 0.5})
    assert case.error(capsys)["id"] == "data-too-few"


def test_held_out_by_content(case, tmp_path, capsys):
    """Whatever else is there, a row stays on its side; a file's rows and the Hub's alike."""
    by = {"share": 0.3, "by": "content"}
    assert case.give(json.dumps(rows(40)[10:]).encode(), evaluation=by).prepare("--only", "data") == 0
    few, held = case.lines(), case.lines("evaluation.jsonl")
    assert few and held and len(few) + len(held) == 30
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(40)[::-1]))
    hub = {"source": "hub", "key": "5" * 64, "id": str(tmp_path / "repository"), "split": "train", "format": "alpaca"}
    assert case.take({**hub, "seed": 42, "evaluation": by}).prepare("--only", "data") == 0
    case.data = case.data.with_name("5" * 12)
    assert not [row for row in few if row not in case.lines()]
    assert not [row for row in held if row not in case.lines("evaluation.jsonl")]
    capsys.readouterr()
    case.take({**hub, "key": "6" * 64, "seed": 42, "evaluation": {**by, "share": 1e-9}})
    error = case.error(capsys)
    assert error["id"] == "data-too-few" and "none is held out by its content" in error["message"]


def test_more_samples_than_rows(case, capsys):
    assert case.give(json.dumps(rows(3)).encode(), samples=5).prepare("--only", "data") == 0
    assert "5 rows wanted, 3 there" in capsys.readouterr().out and len(case.lines()) == 3


def test_a_share_of_the_rows(case, capsys):
    assert case.give(json.dumps(rows(25)).encode(), samples={"share": 0.1}).prepare("--only", "data") == 0
    assert "3 rows to train on." in capsys.readouterr().out
    assert len(case.lines()) == 3 and sample(list(range(3)), {"share": 0.01}, 1) != []


def test_files_to_evaluate_on(case, capsys):
    """All of them, in their order, read as the others are; what is drawn is drawn of the others alone."""
    held = data_block(KEY, json.dumps(rows(60)[50:]).encode(), "held.json")
    place(case.root, held, json.dumps(rows(60)[50:]).encode())
    evaluation = {"files": held["files"]}
    assert case.give(json.dumps(rows(20)).encode(), samples=6, evaluation=evaluation).prepare("--only", "data") == 0
    assert "6 rows to train on, 10 held out" in capsys.readouterr().out
    whole = render([Row(row, "", 1) for row in rows(60)], "alpaca")
    assert case.lines("evaluation.jsonl") == whole[50:]
    assert case.lines() == sample(whole[:20], 6, 42)
    manifest = read_json(case.data / "manifest.json")
    assert (manifest["rows"], manifest["train_rows"], manifest["evaluation_rows"]) == (16, 6, 10)


def test_another_split_to_evaluate_on(case, tmp_path, capsys):
    repository = tmp_path / "repository"
    repository.mkdir()
    for split, part in {"train": rows(9)[:6], "test": rows(9)[6:]}.items():
        (repository / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part))
    hub = {"source": "hub", "key": KEY, "id": str(repository), "split": "train", "format": "alpaca", "seed": 1}
    assert case.take({**hub, "evaluation": {"split": "test"}}).prepare("--only", "data") == 0
    whole = render([Row(row, "", 1) for row in rows(9)], "alpaca")
    assert case.lines() == whole[:6] and case.lines("evaluation.jsonl") == whole[6:]
    case.take({**hub, "key": "4" * 64, "evaluation": {"split": "tset"}})
    error = case.error(capsys)
    assert error["id"] == "data-hub" and "tset" in error["message"]

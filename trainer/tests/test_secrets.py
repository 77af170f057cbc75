"""Secrets by reference: read where they are needed, told by name alone."""

import json
import os

import pytest
from test_supervise import Case

from cdksft_trainer import secrets
from cdksft_trainer.mistake import Mistake

CANARY = "canarycanary"


@pytest.fixture
def case(tmp_path):
    return Case(tmp_path)


def name(case, **references):
    path = case.files / "train.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "secrets": references}))


def holders(case):
    return [path for path in case.root.rglob("*") if path.is_file() and CANARY in path.read_text(errors="replace")]


def test_the_training_gets_them_by_its_environment_alone(case, tmp_path):
    (tmp_path / "key").write_text(f"{CANARY}-2\n")
    name(case, OTHER={"fromEnv": "MINE"}, KEY={"fromFile": str(tmp_path / "key")})
    script = (
        "assert os.environ['OTHER'] == 'canary' * 2 + '-1' and os.environ['KEY'] == 'canary' * 2 + '-2'\n"
        "assert not [word for word in sys.argv if 'canary' * 2 in word]\ndone()"
    )
    assert case.finish(script, MINE=f"{CANARY}-1") == 0
    assert holders(case) == []


def test_one_that_is_missing_ends_the_attempt_by_name_and_is_not_tried_again(tmp_path):
    case = Case(tmp_path, retries=3)
    name(case, KEY={"fromEnv": "MY_KEY"})
    assert case.finish("done()", MY_KEY="") == 7
    assert case.end()["cause"] == "launch-failed" and "MY_KEY is not set" in case.end()["message"]
    assert "next" not in case.end()


@pytest.mark.parametrize("content", [None, "", "\n", f"{CANARY}\n{CANARY}", b"\xff\xfe\x00"])
def test_a_file_that_holds_no_secret(tmp_path, content):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Mistake) as caught:
        secrets.value_of({"fromFile": str(path)})
    assert str(path) in caught.value.message and CANARY not in caught.value.sentence()


def test_the_home_folder_and_options_of_the_hub(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "key").write_text(f" {CANARY} ")
    assert secrets.token_of({"token": {"fromFile": "~/key"}}) == {"token": CANARY}
    assert secrets.token_of({}) == {}


def test_a_rank_on_another_host_finds_its_own(tmp_path, monkeypatch):
    (tmp_path / "key").write_text(CANARY)
    monkeypatch.setenv("THERE", "as it came")
    monkeypatch.delenv("HERE", raising=False)
    secrets.fill({"secrets": {"THERE": {"fromEnv": "GONE"}, "HERE": {"fromFile": str(tmp_path / "key")}}})
    assert os.environ["THERE"] == "as it came" and os.environ.pop("HERE") == CANARY

"""Without the Hub: rows of the commit that is asked for, or none, whatever newer ones the cache holds."""

import json
import os
import subprocess
import sys

import pytest
from hub_server import hub_with

from cdksft_trainer.dataset import _from_hub
from cdksft_trainer.mistake import Mistake

OLD, NEW, NEVER = "1" * 40, "2" * 40, "3" * 40


def rows(text, count=3):
    lines = [json.dumps({"instruction": f"{text} {number}", "output": text}) for number in range(count)]
    return ("\n".join(lines) + "\n").encode()


FETCH = "import datasets, sys; [datasets.load_dataset('org/rows', revision=one) for one in sys.argv[1:]]"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A cache in which the older commit was fetched before the newer one; the Hub is gone since."""
    home = tmp_path_factory.mktemp("hf")
    commits = {OLD: {"train.jsonl": rows("old"), "test.jsonl": rows("held", 2)}, NEW: {"train.jsonl": rows("new")}}
    with hub_with(commits) as endpoint:
        own = {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_HUB_OFFLINE": "0", "NO_PROXY": "*"}
        environment = {**os.environ, **own, "HF_HUB_DISABLE_XET": "1"}
        subprocess.run([sys.executable, "-c", FETCH, OLD, NEW], env=environment, check=True, capture_output=True)
    return home


@pytest.fixture
def read(home, monkeypatch):
    """These tests run offline (conftest.py); only the place of the cache is read anew."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(home / "datasets"))
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)

    def of(revision, split="train", **more):
        data = {"source": "hub", "id": "org/rows", "split": "train", "format": "alpaca", "revision": revision, **more}
        return [row.value["instruction"] for row in _from_hub(data, split, revision, lambda _: None)]

    return of


def test_each_commit_has_its_own_rows(read):
    assert read(OLD) == ["old 0", "old 1", "old 2"]
    assert read(NEW) == ["new 0", "new 1", "new 2"]
    assert read(OLD, split="test") == ["held 0", "held 1"]


@pytest.mark.parametrize("revision, more", [(NEVER, {}), (OLD, {"id": "org/other"})])
def test_what_the_cache_does_not_hold_is_told_and_no_other_is_taken(read, revision, more):
    with pytest.raises(Mistake) as raised:
        read(revision, **more)
    assert raised.value.id == "data-hub"
    assert "HF_HUB_OFFLINE is set, and the cache does not hold it" in raised.value.message
    assert raised.value.fix == "Fetch it once with the network, or unset it."


def test_a_branch_is_what_was_fetched_last(read):
    assert read("main") == ["new 0", "new 1", "new 2"]

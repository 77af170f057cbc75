"""What an attempt says that it rests on: `sft gc` keeps it by that alone."""

import json
import os
import sys

from cdksft_trainer.bundle import uses
from cdksft_trainer.claim import claim

TRAIN = {
    "data": {
        "key": "d" * 64,
        "files": [{"sha256": "5" * 64, "name": "rows.json", "bytes": 2}],
        "evaluation": {"files": [{"sha256": "6" * 64, "name": "held.json", "bytes": 2}]},
    },
    "model": {"source": "run", "key": "0" * 64, "base": {"source": "weights", "key": "1" * 64}},
}


def test_what_train_json_names_and_the_build_behind_the_link(tmp_path, monkeypatch):
    build, link = tmp_path / "e-py3.12.abc", tmp_path / "e-py3.12"
    build.mkdir()
    link.symlink_to(build.name)
    monkeypatch.setenv("SFT_PYTHON", str(link / "bin" / "python"))
    assert uses("/ws/bundles/b", TRAIN) == {
        "bundle": "/ws/bundles/b",
        "environment": os.path.realpath(build),
        "data": ["d" * 64],
        "weights": ["0" * 64, "1" * 64],
        "sources": [f"{'5' * 64}/rows.json", f"{'6' * 64}/held.json"],
    }


def test_by_hand_it_is_the_python_that_runs(monkeypatch):
    monkeypatch.setenv("SFT_PYTHON", "python3")
    said = uses("/b", {})
    assert said["environment"] == os.path.realpath(sys.prefix)
    assert (said["data"], said["weights"], said["sources"]) == ([], [], [])


def test_the_claim_holds_it(tmp_path):
    folder = claim(tmp_path, 1, "t", {}, uses("/b", TRAIN))
    assert json.loads((folder / "claim.json").read_text())["uses"]["bundle"] == "/b"

"""The model card: read by the Hub's own reader, and held to what the run knows of itself."""

from huggingface_hub import ModelCard

from cdksft_trainer.card import write_card

HUB = {
    "stack": "tests",
    "run": "sft",
    "identity": "f" * 64,
    "model": {"source": "hub", "id": "org/base"},
    "data": {"source": "hub", "id": "org/rows", "revision": "v1"},
}
GIT = {"commit": "c" * 40, "dirty": True, "difference": "d" * 64}
TOLD = {
    "provenance": {"plan": "a" * 64, "git": GIT},
    "revisions": {"model": "1" * 40, "data": "2" * 40},
    "versions": {"trl": "1.2.3"},
}


def card(tmp_path, job, told, losses=None, kind="adapter"):
    write_card(tmp_path, kind, job, losses or {}, told)
    return (tmp_path / "README.md").read_text(encoding="utf-8")


def test_another_runs_result(tmp_path):
    model = {"source": "run", "run": "first", "use": "adapter", "identity": "9" * 64, "base": HUB["model"]}
    text = card(tmp_path, {**HUB, "model": model}, {})
    assert ModelCard(text).data.base_model == "org/base"
    assert f"| model run | first {'9' * 64} |" in text and "| model use | adapter |" in text


def test_commit_difference_plan_revisions_and_versions(tmp_path):
    text = card(tmp_path, HUB, TOLD, {"loss_last": 1.25})
    for row in (
        f"| git commit | {'c' * 40} |",
        "| uncommitted changes | yes |",
        f"| hash of the changes | {'d' * 64} |",
        f"| plan | {'a' * 64} |",
        f"| model revision | {'1' * 40} |",
        f"| data revision | {'2' * 40} |",
        "| trl | 1.2.3 |",
        "| loss\\_last | 1.25 |",
    ):
        assert row in text, row
    data = ModelCard.load(tmp_path / "README.md").data
    assert (data.base_model, data.datasets, data.library_name) == ("org/base", ["org/rows"], "peft")


def test_a_run_by_hand_says_what_it_knows(tmp_path):
    files = [{"name": "rows.json", "sha256": "e" * 64}]
    job = {**HUB, "model": {"source": "config"}, "data": {"source": "file", "files": files}}
    text = card(tmp_path, job, {"provenance": {}, "revisions": {}}, kind="model")
    assert "git commit" not in text and "uncommitted" not in text and f"| data sha256 | {'e' * 64} |" in text
    data = ModelCard.load(tmp_path / "README.md").data
    assert data.library_name == "transformers" and data.base_model is None


def test_names_are_data(tmp_path):
    files = [{"name": "a|b\n<script>`x`.json", "sha256": "e" * 64}]
    text = card(tmp_path, {**HUB, "data": {"source": "file", "files": files}}, TOLD)
    assert "| data | a\\|b \\<script\\>\\`x\\`.json |" in text


def test_a_result_has_its_card(uninterrupted):
    text = (uninterrupted.output / "result" / "README.md").read_text()
    version = uninterrupted.events("start")[0]["versions"]["torch"]
    assert f"| run | {'f' * 64} |" in text and f"| torch | {version} |" in text
    assert "More Information Needed" not in text

"""Which chat template rows are rendered with, and each refusal of one with what to do."""

import hashlib
import json

import pytest
from workbench import SFT

from cdksft_trainer.mistake import Mistake
from cdksft_trainer.template import as_turns, set_template, takes_turns

MARKED = "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}"
UNMARKED = "{% for m in messages %}{{ m.content }}{% endfor %}"


@pytest.fixture
def tokenizer(bench):
    """A real one, which TRL asks for what its template renders."""
    from transformers import AutoTokenizer

    def made(template=None):
        loaded = AutoTokenizer.from_pretrained(bench.weights)
        loaded.chat_template = template
        return loaded

    return made


def job(template=None, format="messages", answers=False):
    data = {"format": format} if template is None else {"format": format, "template": template}
    return {"data": data, "sft": {"assistant_only_loss": answers}}


def refused(tokenizer, job, files):
    with pytest.raises(Mistake) as raised:
        set_template(tokenizer, job, files)
    mistake = raised.value
    return mistake.id, mistake.message, mistake.fix, mistake.cause


def planned(folder, content):
    (folder / "chat_template.jinja").write_bytes(content)
    return {"sha256": hashlib.sha256(content).hexdigest()}


def test_the_template_of_the_bundle_to_the_byte(tokenizer, tmp_path):
    content = "\r\n{{ 'é🙂' }}\r\n\n".encode()
    loaded = tokenizer("the model's")
    set_template(loaded, job(planned(tmp_path, content)), tmp_path)
    assert loaded.chat_template.encode() == content


@pytest.mark.parametrize("template", ["model", None])
def test_the_models_own_stays(tokenizer, tmp_path, template):
    loaded = tokenizer(UNMARKED)
    set_template(loaded, job(template), tmp_path)
    assert loaded.chat_template == UNMARKED


def test_rows_that_are_no_turns_need_none(tokenizer, tmp_path):
    for format in ("alpaca", "prompt", "text"):
        assert not takes_turns(job(None, format)["data"])
        set_template(tokenizer(), job(None, format, answers=True), tmp_path)


@pytest.mark.parametrize("has", [None, ""])
def test_the_model_has_none(tokenizer, tmp_path, has):
    message = "The tokenizer of the model has no chat template, and the rows are messages."
    fix = "Set template on the Dataset, as template: 'chatml'."
    assert refused(tokenizer(has), job("model"), tmp_path) == ("no-template", message, fix, "data")


def test_the_file_is_missing(tokenizer, tmp_path):
    said = refused(tokenizer(MARKED), job({"sha256": "0" * 64}), tmp_path)
    message = f"{tmp_path / 'chat_template.jinja'} is missing."
    assert said == ("template-missing", message, "Run `sft apply` again: it repairs the bundle.", "user-code")


def test_the_file_was_edited(tokenizer, tmp_path):
    given = planned(tmp_path, MARKED.encode())
    (tmp_path / "chat_template.jinja").write_text(MARKED + " ")
    loaded = tokenizer("the model's")
    message = f"{tmp_path / 'chat_template.jinja'} is not the template that was planned."
    fix = "Run `sft synth` and `sft apply` again."
    assert refused(loaded, job(given), tmp_path) == ("template-altered", message, fix, "user-code")
    assert loaded.chat_template == "the model's"


def test_answers_that_nothing_marks(tokenizer, tmp_path):
    message = "The model's own chat template does not mark what the assistant says, and TRL does not know it."
    fix = "Set template on the Dataset to one of cdksft's or to a file with {% generation %}, or loss: 'all'."
    assert refused(tokenizer(UNMARKED), job("model", answers=True), tmp_path) == ("no-generation", message, fix, "data")
    set_template(tokenizer(UNMARKED), job("model"), tmp_path)


def test_answers_that_the_template_marks_or_trl_knows(tokenizer, tmp_path):
    from pathlib import Path

    import trl

    shipped = (Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja").read_text()
    for known in (MARKED, shipped, {"default": MARKED, "tool_use": UNMARKED}):
        loaded = tokenizer(known)
        set_template(loaded, job("model", answers=True), tmp_path)
        assert loaded.chat_template == known, "TRL itself puts its own in place"


def test_the_run_says_it_as_one_error(bench):
    """The tokenizer of weights that are made from a config has no template."""
    sft = {**SFT, "completion_only_loss": False}
    run = bench.run("no-template", data={**bench.data, "template": "model"}, sft=sft)
    assert run.train() != 0
    assert run.outcome()["cause"] == "data"
    assert "has no chat template" in run.outcome()["message"] and "'chatml'" in run.outcome()["message"]
    assert not run.output.exists()


def test_prompts_and_answers_are_two_turns():
    alpaca = {"kind": "alpaca", "instruction": "Add.", "input": "1 2", "output": "3"}
    turns = {"prompt": [{"role": "user", "content": "Add.\n\n1 2"}], "completion": [{"role": "assistant", "content": "3"}]}
    assert as_turns(alpaca) == turns
    assert as_turns({**alpaca, "input": ""})["prompt"][0]["content"] == "Add."
    assert as_turns({"kind": "prompt", "prompt": "Hi", "completion": ""})["completion"][0]["content"] == ""
    said = {"messages": [{"role": "user", "content": "Hi"}], "tools": [json.loads('{"type": "function"}')]}
    assert as_turns({"kind": "messages", **said}) == said

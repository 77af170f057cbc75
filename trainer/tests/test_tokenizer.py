"""The loaded tokenizer is written down once, whole, and says by its key what it was made of."""

import json
import os

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from cdksft_trainer.__main__ import main
from cdksft_trainer.folders import whole
from cdksft_trainer.loading import load_tokenizer
from cdksft_trainer.tokenizer import export, keep, key_of
from cdksft_trainer.workspace import Attempt, Workspace

COMMIT = "c" * 40


@pytest.fixture
def model(tmp_path):
    made = Tokenizer(models.WordLevel({"<unk>": 0, "</s>": 1, "a": 2, "b": 3}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, eos_token="</s>", unk_token="<unk>")
    tokenizer.chat_template = "{{ messages }}"
    tokenizer.save_pretrained(tmp_path / "model")
    return tokenizer, tmp_path / "model"


def attempt_in(root, run):
    attempt = Attempt(Workspace(root), run, 1, "t", run)
    attempt.folder.mkdir(parents=True)
    return attempt


def written(root):
    (folder,) = (root / "tokenizers").iterdir()
    return folder, json.loads((folder / "manifest.json").read_text())


def test_the_command_writes_it_once(model, tmp_path, capsys):
    tokenizer, folder = model
    arguments = ["tokenizer", str(folder), "--root", str(tmp_path / "root")]
    assert main(arguments) == 0
    place, manifest = written(tmp_path / "root")
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"folder": str(place)}
    assert whole(place) and manifest["key"] == key_of({"folder": str(folder)})
    assert (manifest["eos_token"], manifest["bos_token"]) == ("</s>", None)
    assert json.loads((place / "chat_template.json").read_text()) == "{{ messages }}"
    ids = Tokenizer.from_file(str(place / "tokenizer.json")).encode("a b c</s>").ids
    assert ids == tokenizer("a b c</s>")["input_ids"] == [2, 3, 0, 1]
    # Found again, its files stay, and the folder is touched: no gc may take it for old.
    before = (place / "tokenizer.json").stat()
    os.utime(place, (1, 1))
    assert main(arguments) == 0 and (place / "tokenizer.json").stat() == before
    assert place.stat().st_mtime > 1
    # One that has lost a file is made again.
    (place / "tokenizer.json").unlink()
    assert main(arguments) == 0 and whole(place)


def test_the_template_that_trl_trains_dialogues_with_lies_beside_the_models(model, tmp_path):
    from trl import chat_template_utils

    tokenizer, folder = model
    place = export(Workspace(tmp_path / "root"), tokenizer, {"folder": str(folder)})
    assert not (place / "training_template.json").exists()
    tokenizer.chat_template = chat_template_utils.gemma3_chat_template
    tokenizer.save_pretrained(folder)
    place = export(Workspace(tmp_path / "root"), tokenizer, {"folder": str(folder)})
    training = json.loads((place / "training_template.json").read_text())
    assert "generation" in training and training == chat_template_utils.get_training_chat_template(tokenizer)


def test_what_is_no_tokenizer_is_told(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["tokenizer", str(tmp_path / "empty"), "--root", str(tmp_path / "root")]) == 65
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["id"] == "tokenizer" and "cannot be loaded" in told["message"]
    assert not (tmp_path / "root").exists()


def test_another_content_is_another_tokenizer(model):
    folder = model[1]
    before = key_of({"folder": str(folder)})
    (folder / "README.md").write_text("no part of it")
    assert key_of({"folder": str(folder)}) == before
    (folder / "tokenizer_config.json").write_text("{}")
    assert key_of({"folder": str(folder)}) != before


def test_a_run_keeps_its_own(model, tmp_path):
    tokenizer, folder = model
    attempt = attempt_in(tmp_path / "root", tmp_path / "run")
    keep({"model": {"source": "config"}}, str(tmp_path), tokenizer, attempt)
    keep({"model": {"source": "hub", "id": "owner/name", "revision": "main"}}, "owner/name", tokenizer, attempt)
    named = attempt.folder / "loaded-tokenizer.json"
    assert not (tmp_path / "root").exists() and not named.exists()
    keep({"model": {"source": "hub", "id": "owner/name", "revision": COMMIT}}, "owner/name", tokenizer, attempt)
    manifest = written(tmp_path / "root")[1]
    assert (manifest["id"], manifest["revision"]) == ("owner/name", COMMIT)
    assert manifest["key"] == key_of({"id": "owner/name", "revision": COMMIT})
    assert json.loads(named.read_text()) == {"key": manifest["key"]}, "what sft gc leaves to it"
    # A tokenizer that no file can hold, and a disk that takes none, end no training.
    keep({"model": {"source": "path", "path": str(folder)}}, str(folder), object(), attempt)
    (tmp_path / "file").write_text("")
    keep({"model": {"source": "path", "path": str(folder)}}, str(folder), tokenizer, attempt_in(tmp_path / "file", tmp_path / "other"))


def sentencepiece(folder):
    """As Llama 2's: pieces, of which words begin with their space, and nothing on how they are used."""
    from transformers.convert_slow_tokenizer import import_protobuf

    model, kinds = import_protobuf().ModelProto(), {"<unk>": 2, "<s>": 3, "</s>": 3}
    for number, text in enumerate(["<unk>", "<s>", "</s>", "▁a", "▁", "a"]):
        model.pieces.add(piece=text, score=-number, type=kinds.get(text, 1))
    model.trainer_spec.model_type = 2
    folder.mkdir()
    (folder / "tokenizer.model").write_bytes(model.SerializeToString())
    (folder / "config.json").write_text('{"model_type": "llama"}')
    return folder


def loaded(folder, tmp_path):
    said = []
    job = {"model": {"source": "path", "path": str(folder)}, "data": {"format": "text"}, "sft": {}}
    return load_tokenizer(job, attempt_in(tmp_path / "root", tmp_path / folder.name), said.append), said


def test_a_bare_sentencepiece_model_is_told_where_a_run_begins(tmp_path):
    tokenizer, said = loaded(sentencepiece(tmp_path / "bare"), tmp_path)
    (message,) = said
    assert message.startswith("tokenizer.model has neither") and "no BOS" in message
    assert tokenizer.convert_ids_to_tokens(tokenizer("a a")["input_ids"]) == ["a", "▁a"], "as it is told"


def test_one_that_says_how_it_is_used_is_not(tmp_path):
    folder = sentencepiece(tmp_path / "whole")
    config = {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True, "bos_token": "<s>", "legacy": False}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    tokenizer, said = loaded(folder, tmp_path)
    assert said == []
    assert tokenizer.convert_ids_to_tokens(tokenizer("a a")["input_ids"]) == ["<s>", "▁a", "▁a"]
    # A tokenizer.json says it all.
    tokenizer.save_pretrained(tmp_path / "saved")
    (tmp_path / "saved" / "tokenizer.model").write_bytes((folder / "tokenizer.model").read_bytes())
    (tmp_path / "saved" / "tokenizer_config.json").unlink()
    (tmp_path / "saved" / "config.json").write_text('{"model_type": "llama"}')
    assert loaded(tmp_path / "saved", tmp_path)[1] == []

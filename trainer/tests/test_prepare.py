"""Rows from files and the Hub, how mistakes are told, and publishing under faults."""

import json
import subprocess
import sys
import threading

import pytest
from workbench import KEY, data_block, path_of, place, rows

import cdksft_trainer
from cdksft_trainer import folders
from cdksft_trainer.__main__ import main
from cdksft_trainer.durable import read_json
from cdksft_trainer.rows import Row, render


def test_alpaca_is_the_template_of_stanford_with_a_newline_at_its_end(case):
    row = {"instruction": "Add {these} numbers.", "output": "3 {ok}"}
    text = json.dumps([row, {**row, "input": "1 and {2}"}, {**row, "input": ""}, {**row, "input": None}])
    assert case.give(text.encode()).prepare("--only", "data") == 0
    plain, with_input, empty, null = case.lines()
    assert plain == empty == null == {
        "prompt": "Below is an instruction that describes a task. Write a response that appropriately completes the "
        "request.\n\n### Instruction:\nAdd {these} numbers.\n\n### Response:\n",
        "completion": "3 {ok}",
    }
    assert with_input["prompt"] == (
        "Below is an instruction that describes a task, paired with an input that provides further context. Write a "
        "response that appropriately completes the request.\n\n### Instruction:\nAdd {these} numbers.\n\n"
        "### Input:\n1 and {2}\n\n### Response:\n"
    )


def test_an_instruction_that_looks_like_the_template(case):
    row = {"instruction": "Write {input} and {instruction}.", "input": "{instruction}", "output": "x"}
    assert case.give(json.dumps([row]).encode()).prepare("--only", "data") == 0
    prompt = case.lines()[0]["prompt"]
    assert "### Instruction:\nWrite {input} and {instruction}.\n\n### Input:\n{instruction}\n\n" in prompt


@pytest.mark.parametrize("format, row", [("prompt", {"prompt": "a", "completion": "b"}), ("text", {"text": "c"})])
def test_json_lines_of_the_other_formats(case, format, row):
    content = "\ufeff" + "\n\n".join(json.dumps({**row, "extra": 1}) for _ in range(3)) + "\r\n"
    assert case.give(content.encode(), "rows.jsonl", format=format).prepare("--only", "data") == 0
    assert case.lines() == [row] * 3


def test_samples_and_held_out_rows(case):
    content = json.dumps(rows(50)).encode()
    assert case.give(content, samples=30, evaluation={"share": 0.15}).prepare("--only", "data") == 0
    train, held = case.lines(), case.lines("evaluation.jsonl")
    manifest = read_json(case.data / "manifest.json")
    assert (manifest["rows"], manifest["train_rows"], manifest["evaluation_rows"]) == (30, 25, 5)
    assert (len(train), len(held)) == (25, 5)
    assert [file["path"] for file in manifest["files"]] == ["evaluation.jsonl", "train.jsonl"]
    prompts = [row["prompt"] for row in render([Row(row, "", 1) for row in rows(50)], "alpaca")]
    order = [prompts.index(row["prompt"]) for row in train]
    assert order == sorted(order)
    assert len({row["prompt"] for row in train + held}) == 30


BAD = {
    "data-empty": (b"", "rows.json is empty"),
    "data-empty-array": (b"[ ]", "no rows"),
    "data-not-json": (b'[\n{"instruction": "a", "output": "b"},\n{"instruction": }]', "line 3"),
    "data-not-json-comma": (b'[{"instruction": "a"}\n{"instruction": 1}]', "line 2: not JSON: expected ','"),
    "data-not-json-cut": (b'[{"instruction": "a", "output": "b"},', "line 1"),
    "data-not-json-more": (b'[{"instruction": "a", "output": "b"}]\nx', "more text"),
    "data-not-json-lines": (b'{"instruction": "a", "output": "b"}\n\n{"instruction"', "rows.json, line 3"),
    "data-column-missing": (
        b'[\n  {"instruction": "a", "output": "b"},\n  {"instruction": "a"},\n  {"output": "b"}\n]',
        'rows.json, row 2 (line 3): no column "output" (it has: instruction). 1 more rows are wrong too.',
    ),
    "data-column-missing-lines": (b'{"instruction": "a", "output": "b"}\n\n{"text": "a"}', "row 2 (line 3)"),
    "data-not-text": (b'[{"instruction": 3, "output": "b"}]', 'column "instruction" is a number, not text'),
    "data-not-text-null": (b'[{"instruction": "a", "output": null}]', 'column "output" is null'),
    "data-not-text-latin": ("[{\"instruction\": \"é\"}]".encode("latin-1"), "not UTF-8"),
    "data-not-text-half": (b'[{"instruction": "\\ud800", "output": "b"}]', "surrogate"),
    "data-not-object": (b"[1, 2]", "row 1 (line 1): is a number, not an object"),
}


@pytest.mark.parametrize("problem", BAD)
def test_a_mistake_in_the_rows_is_one_line(case, capsys, problem):
    content, said = BAD[problem]
    assert case.give(content).prepare() == 65
    (line,) = capsys.readouterr().out.splitlines()
    error = json.loads(line)
    assert error["kind"] == "error" and problem.startswith(error["id"])
    assert said in error["message"] and error["fix"] and "\n" not in error["message"] + error["fix"]
    assert not list((case.root / "data").glob("*")) if (case.root / "data").exists() else True


def test_files_that_are_missing_or_not_those_planned(case, capsys):
    content = json.dumps(rows(3)).encode()
    case.take(data_block(KEY, content))
    assert case.error(capsys)["id"] == "data-missing"
    case.give(content)
    source = next(path for path in (case.root / "sources").rglob("rows.json"))
    source.write_bytes(json.dumps(rows(4)).encode())
    assert case.error(capsys)["id"] == "data-altered"
    (case.files / "train.json").write_text("{")
    assert case.error(capsys)["id"] == "train-json"


def test_rows_from_the_hub(case, tmp_path, capsys):
    """A folder stands for a repository: the same loader reads both."""
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(6)))
    hub = {"source": "hub", "key": KEY, "id": str(repository), "split": "train", "format": "alpaca", "seed": 1}
    assert case.take(hub).prepare("--only", "data") == 0
    # Rows without an input have a null there: the Hub's tables have one set of columns.
    assert [row["prompt"] for row in case.lines()] == [
        row["prompt"] for row in render([Row(row, "", 1) for row in rows(6)], "alpaca")
    ]
    case.take({**hub, "key": "4" * 64, "id": "cdksft-tests/absent"})
    error = case.error(capsys)
    assert error["id"] == "data-hub" and "cdksft-tests/absent" in error["message"]


def test_prepared_twice_is_prepared_once(case, capsys):
    assert case.give(json.dumps(rows(9)).encode()).prepare() == 0
    weights = case.root / "weights" / ("e" * 12)
    before = {path: path.stat().st_mtime_ns for path in (*case.data.iterdir(), *weights.iterdir())}
    capsys.readouterr()
    assert case.prepare() == 0
    assert capsys.readouterr().out == ""
    assert before == {path: path.stat().st_mtime_ns for path in (*case.data.iterdir(), *weights.iterdir())}


def test_weights_are_the_same_wherever_they_are_made(case, bench):
    """Other processes and folders must make what a plan's key promises."""
    source = next((bench.root / "sources").rglob("rows.json")).read_bytes()
    block = {**bench.all_data}
    place(case.root, block, source)
    assert case.take(block).prepare() == 0
    made = case.root / "weights" / ("e" * 12)
    assert read_json(made / "manifest.json") == read_json(bench.weights / "manifest.json")


def test_the_tokenizer_gives_any_text_back(bench):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(bench.weights)
    text = "River, stone!\n  日本語のテキスト 🙂 \t<x>"
    ids = tokenizer(text)["input_ids"]
    assert ids[0] == tokenizer.bos_token_id and tokenizer.decode(ids[1:]) == text
    assert tokenizer(text + tokenizer.eos_token)["input_ids"] == [*ids, tokenizer.eos_token_id]
    assert len({tokenizer.pad_token_id, tokenizer.bos_token_id, tokenizer.eos_token_id}) == 3


CONFIGS = {
    "an unknown key": ({"hiden_size": 8}, "'hiden_size'"),
    "an unknown type": ({"model_type": "lama"}, "lama"),
    "sizes that do not fit": ({"num_attention_heads": 5}, "refuses"),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_config_that_makes_no_model(case, bench, capsys, name):
    change, said = CONFIGS[name]
    case.give(json.dumps(rows(9)).encode())
    job = bench.job(data=json.loads((case.files / "train.json").read_text())["data"])
    job["model"]["config"] = {**job["model"]["config"], **change}
    (case.files / "train.json").write_text(json.dumps(job))
    error = case.error(capsys)
    assert error["id"] == "model-config" and said in error["message"]


def test_two_at_once(case):
    case.give(json.dumps(rows(40)).encode())
    command = [sys.executable, "-m", "cdksft_trainer", "prepare", "--root", str(case.root), "--files", str(case.files)]
    environment = {"PYTHONPATH": path_of(cdksft_trainer.__file__)}
    going = [subprocess.Popen([*command, "--only", "data"], env=environment, stdout=subprocess.PIPE) for _ in range(4)]
    assert [one.wait(60) for one in going] == [0] * 4
    assert [path.name for path in case.data.parent.iterdir()] == [KEY[:12]]
    assert folders.whole(case.data)


def test_what_a_killed_builder_left_is_swept(case):
    case.give(json.dumps(rows(5)).encode())
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = folders.build_folder(case.data)
    parts = left.name.split(".")
    left.rename(left.with_name(".".join([*parts[:-2], str(dead.pid), parts[-1]])))
    (case.data.parent / "other").mkdir()
    assert case.prepare("--only", "data") == 0
    assert sorted(path.name for path in case.data.parent.iterdir()) == [KEY[:12], "other"]


def test_a_prepared_folder_that_lost_a_file_is_made_again(case):
    assert case.give(json.dumps(rows(5)).encode()).prepare("--only", "data") == 0
    (case.data / "train.jsonl").unlink()
    assert case.prepare("--only", "data") == 0
    assert folders.whole(case.data) and [path.name for path in case.data.parent.iterdir()] == [KEY[:12]]


def test_the_one_that_publishes_second_keeps_the_first(tmp_path):
    final = tmp_path / "data" / "key"

    def build(text):
        folder = folders.build_folder(final)
        (folder / "train.jsonl").write_text(text)
        (folder / "manifest.json").write_text(json.dumps({"files": folders.listing(folder)}))
        return folder

    built = [build("same") for _ in range(8)]
    threads = [threading.Thread(target=folders.publish, args=(folder, final)) for folder in built]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert folders.whole(final) and [path.name for path in final.parent.iterdir()] == ["key"]


def test_commands(capsys):
    assert main(["--help"]) == 0 and "prepare" in capsys.readouterr().out
    assert main([]) == 64 and main(["tran"]) == 64

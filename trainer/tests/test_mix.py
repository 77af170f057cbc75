"""Several datasets as one: which rows are taken of each, in which order, and what they become."""

import hashlib
import json

from workbench import KEY, place, rows

from cdksft_trainer.durable import read_json
from cdksft_trainer.rows import Row, render
from cdksft_trainer.split import hold_out, mix_counts, mix_order, sample


def file_of(case, name, values):
    content = "".join(json.dumps(value) + "\n" for value in values).encode()
    file = {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    place(case.root, {"files": [file]}, content)
    return file


ALPACA = rows(40)
ASKED = [{"question": f"Which number is it, {n}?", "answer": f"{n}."} for n in range(30)]
TALKS = [{"messages": [{"role": "user", "content": f"{n}?"}, {"role": "assistant", "content": f"{n}!"}]} for n in range(20)]
COLUMNS = {"prompt": "question", "completion": "answer"}


def mix(case, parts, planned, format="prompt", **more):
    """`parts`: (rows, settings) of each."""
    files = [file_of(case, f"{name}.jsonl", values) for name, (values, _) in zip("abc", parts)]
    settings = [{"files": 1, **part} for _, part in parts]
    mixed = [{"name": name, "rows": count} for name, count in zip("abc", planned)]
    block = {"source": "file", "key": KEY, "files": files, "format": format, "seed": 7, "mixed": mixed}
    return case.take({**block, "mix": {"parts": settings}, **more})


def test_counts_and_order_are_the_same_for_ever():
    assert mix_counts([3000, 5000], [3, 1]) == [3000, 1000]
    assert mix_counts([100, 100, 100], [1, 1, 1], 10) == [4, 3, 3]
    assert mix_counts([100, 100], [0.1, 0.2], 5) == [2, 3]
    assert mix_order([4, 2]) == [(0, 0), (1, 0), (0, 1), (0, 2), (1, 1), (0, 3)]


def test_parts_of_other_formats_and_columns_become_one(case, capsys):
    parts = [
        (ALPACA, {"weight": 3, "format": "alpaca"}),
        (ASKED, {"weight": 1, "format": "prompt", "columns": COLUMNS, "samples": 10, "seed": 3}),
    ]
    made = mix(case, parts, [30, 10], evaluation={"share": 0.1})
    assert made.prepare("--only", "data") == 0
    assert "Mixed: 30 rows of a, 10 rows of b." in capsys.readouterr().out
    first = render([Row(row, "", 1) for row in sample(ALPACA, 30, 7)], "alpaca")
    second = render([Row(row, "", 1) for row in sample(ASKED, 10, 3)], "prompt", COLUMNS)
    whole = [(first, second)[part][row] for part, row in mix_order([30, 10])]
    train, held = hold_out(whole, 0.1, 7)
    assert case.lines() == train and case.lines("evaluation.jsonl") == held and len(held) == 4
    manifest = read_json(case.data / "manifest.json")
    assert (manifest["rows"], manifest["mixed"]) == (40, [{"name": "a", "rows": 30}, {"name": "b", "rows": 10}])


def test_beside_dialogues_a_prompt_and_its_answer_are_messages(case):
    parts = [(TALKS, {"weight": 1, "format": "messages"}), (ASKED, {"weight": 1, "format": "prompt", "columns": COLUMNS})]
    made = mix(case, parts, [2, 2], format="messages", mix=None)
    block = {"parts": [{"files": 1, **part} for _, part in parts], "rows": 4}
    job = read_json(made.files / "train.json")
    made.take({**job["data"], "mix": block})
    assert made.prepare("--only", "data") == 0
    asked = [row for row in case.lines() if len(row["messages"][0]["content"]) > 4]
    assert len(case.lines()) == 4 and len(asked) == 2
    assert [message["role"] for message in asked[0]["messages"]] == ["user", "assistant"]


def test_each_part_is_fixed_by_itself(case):
    again = {"weight": 1, "format": "prompt", "columns": COLUMNS, "fix": {"dedupe": "rows"}}
    parts = [(ALPACA[:20], {"weight": 1, "format": "alpaca"}), (ASKED[:20] + ASKED[:5], again)]
    made = mix(case, parts, [20, 20])
    job = read_json(made.files / "train.json")
    told = [job["data"]["mixed"][0], {**job["data"]["mixed"][1], "fixed": {"duplicates": 5}}]
    made.take({**job["data"], "mixed": told})
    assert made.prepare("--only", "data") == 0
    assert read_json(case.data / "manifest.json")["mixed"] == told


def test_other_counts_than_planned_are_refused(case, capsys):
    parts = [(ALPACA, {"weight": 1, "format": "alpaca"}), (ASKED, {"weight": 1, "format": "prompt", "columns": COLUMNS})]
    mix(case, parts, [30, 29])
    error = case.error(capsys)
    assert error["id"] == "data-mixed" and "Of b 30 rows are to be taken, and the plan has 29." in error["message"]

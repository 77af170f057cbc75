"""What a dataset's `fix` leaves out or splits: counted, as planned, and refused where it is not as planned."""

import json

import pytest
from workbench import KEY, WORDS, data_block, place

from cdksft_trainer.durable import read_json, write_json
from cdksft_trainer.fix import Fix, key_of
from cdksft_trainer.folders import listing
from cdksft_trainer.job import sft_config
from cdksft_trainer.learning import rows_for
from cdksft_trainer.mistake import Mistake
from cdksft_trainer.rows import Row
from cdksft_trainer.workspace import Attempt, Workspace

GOOD = {"instruction": "Name a river.", "output": "The Rhine."}
ROWS = [
    GOOD,
    {"instruction": "Name a stone.", "output": " \u3000\n"},
    {**GOOD, "input": None, "more": 1},
    {"instruction": "", "output": "Granite."},
    {"instruction": 3, "output": "Basalt."},
    {**GOOD, "output": "The Elbe."},
    "no object",
]
DROP = ["unusable", "empty-answer", "empty-question"]
COUNTS = {"dropped": {"unusable": 2, "empty-answer": 1, "empty-question": 1}, "duplicates": 1}


def fixed(values, fix, format="alpaca", **more):
    said = []
    rows = [Row(value, "rows.json", number) for number, value in enumerate(values, 1)]
    fixing = Fix({"format": format, "fix": fix, **more}, said.append)
    return [row.number for row in fixing.left(rows)], fixing.counts, said


def test_each_reason_is_counted_and_the_first_of_duplicates_stays():
    left, counts, said = fixed(ROWS, {"drop": DROP, "dedupe": "rows"})
    assert (left, counts) == ([1, 6], COUNTS)
    assert said == [
        "Of 7 rows 2 are left: 2 dropped (unusable), 1 dropped (empty-answer), 1 dropped (empty-question), 1 duplicates."
    ]
    assert fixed(ROWS, {"dedupe": "questions", "drop": DROP})[0] == [1]
    assert fixed(ROWS, {"drop": ["too-long"]}) == ([1, 2, 3, 4, 5, 6, 7], None, [])


def test_numbers_are_the_same_by_value_and_texts_letter_by_letter():
    def key(arguments):
        call = {"type": "function", "function": {"name": "f", "arguments": arguments}}
        return key_of({"kind": "messages", "messages": [{"role": "assistant", "content": "", "tool_calls": [call]}]}, "rows")

    assert key({"a": 1, "b": [0]}) == key({"b": [-0.0], "a": 1.0})
    assert key({"a": True}) != key({"a": 1})
    assert key({"a": 2**53 + 1}) == key({"a": 2**53})
    assert key({"a": 10**400}) == key({"a": float("inf")})
    assert key({"a": "é"}) != key({"a": "e\u0301"})
    assert key({"a": ["b", "c"]}) != key({"a": ["bc"]})


def test_rows_are_prepared_without_those_and_the_manifest_counts_them(case, capsys):
    more = {"fix": {"drop": DROP, "dedupe": "rows"}, "fixed": COUNTS}
    assert case.give(json.dumps(ROWS).encode(), **more).prepare("--only", "data") == 0
    assert [row["completion"] for row in case.lines()] == ["The Rhine.", "The Elbe."]
    assert read_json(case.data / "manifest.json")["fixed"] == COUNTS
    assert "Of 7 rows 2 are left" in capsys.readouterr().out


def test_other_counts_than_planned_are_refused_and_nothing_is_made(case, capsys):
    more = {"fix": {"drop": DROP, "dedupe": "rows"}, "fixed": {**COUNTS, "duplicates": 2}}
    assert case.give(json.dumps(ROWS).encode(), **more).prepare("--only", "data") == 65
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["id"] == "data-fixed"
    assert "1 duplicates; planned: 2 dropped (unusable)" in told["message"] and "2 duplicates." in told["message"]
    assert not case.data.exists()


def test_duplicates_are_gone_before_rows_are_held_out(case):
    rows = [{"instruction": f"Say {WORDS[number % 5]}.", "output": "x"} for number in range(40)]
    more = {"fix": {"dedupe": "rows"}, "fixed": {"duplicates": 35}, "evaluation": {"share": 0.4}}
    assert case.give(json.dumps(rows).encode(), **more).prepare("--only", "data") == 0
    both = [row["prompt"] for name in ("train.jsonl", "evaluation.jsonl") for row in case.lines(name)]
    assert len(both) == len(set(both)) == 5


def test_what_is_learnt_from_is_not_evaluated_on(case, capsys):
    others = [{**GOOD, "output": "The Oder."}, {**GOOD, "input": ""}, {"instruction": "Name a stone.", "output": ""}]
    held = data_block(KEY, json.dumps(others).encode(), "held.json")
    place(case.root, held, json.dumps(others).encode())
    counts = {**COUNTS, "evaluation": {"dropped": {"unusable": 0, "empty-answer": 1, "empty-question": 0}, "duplicates": 1}}
    more = {"fix": {"drop": DROP, "dedupe": "rows"}, "fixed": counts, "evaluation": {"files": held["files"]}}
    assert case.give(json.dumps(ROWS).encode(), **more).prepare("--only", "data") == 0
    assert [row["completion"] for row in case.lines("evaluation.jsonl")] == ["The Oder."]
    assert read_json(case.data / "manifest.json")["fixed"] == counts
    assert "Of 3 rows for evaluation 1 are left" in capsys.readouterr().out


def test_what_is_wrong_and_not_to_be_dropped_is_a_mistake_as_ever(case, capsys):
    more = {"fix": {"drop": ["empty-answer"]}, "fixed": {"dropped": {"empty-answer": 1}}}
    assert case.give(json.dumps(ROWS).encode(), **more).prepare("--only", "data") == 65
    assert "rows.json, row 5 (line 1)" in capsys.readouterr().out


class Learning:
    """Rows of text, made into tokens with a fix."""

    def __init__(self, bench, key, rows, fix, **sft):
        folder = bench.root / "data" / key[:12]
        folder.mkdir()
        (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        write_json(folder / "manifest.json", {"format": 1, "files": listing(folder)})
        job = bench.job(data={**bench.data, "key": key, "fix": fix}, sft={"completion_only_loss": False, "max_length": 8, **sft})
        self.attempt = Attempt(Workspace(bench.root), bench.root / "runs" / key, 1, "t", bench.folder)
        self.attempt.folder.mkdir(parents=True)
        self.said = []
        args = sft_config(job, self.attempt.output, self.attempt.folder)
        from transformers import AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(bench.weights)
        self.train = rows_for(job, self.attempt, args, self.tokenizer, self.said.append).train

    def counts(self):
        key = read_json(self.attempt.folder / "tokens.json")["key"]
        return read_json(self.attempt.workspace.tokens(key) / "manifest.json")["train"]


TEXTS = [{"text": " ".join(WORDS[:size])} for size in (1, 12, 2, 9)]


def whole(learning):
    ended = [row["text"] + learning.tokenizer.eos_token for row in TEXTS]
    return learning.tokenizer(ended)["input_ids"]


def test_long_texts_are_split_and_nothing_is_lost(bench):
    learning = Learning(bench, "51".ljust(64, "f"), TEXTS, {"split": True})
    parts, rows = list(learning.train["input_ids"]), whole(learning)
    assert sum(parts, []) == sum(rows, [])
    assert learning.train["labels"][:] == learning.train["input_ids"][:]
    lengths = [len(part) for part in parts]
    long = [row for row in rows if len(row) > 8]
    assert max(lengths) <= 8 and min(lengths[1:-1]) >= 4
    into = sum(-(-len(row) // 8) for row in long)
    counts = learning.counts()
    assert counts["split"] == {"rows": len(long), "into": into} and len(long) >= 2
    assert (counts["rows"], counts["sequences"]) == (4, 4 - len(long) + into)
    assert (counts["tokens"], counts["cut"]) == (sum(map(len, rows)), 0)
    assert f"{len(long)} of 4 rows have more than 8 tokens, and are split into {into}." in learning.said


@pytest.mark.parametrize("packing", [False, True])
def test_long_rows_are_dropped_whole(bench, packing):
    learning = Learning(bench, f"6{packing:d}".ljust(64, "f"), TEXTS, {"drop": ["too-long"]}, packing=packing)
    short = [row for row in whole(learning) if len(row) <= 8]
    counts = learning.counts()
    assert sorted(sum(learning.train["input_ids"][:], [])) == sorted(sum(short, []))
    assert counts["dropped"] == {"cut_off": 0, "untrained": 0, "too_long": 4 - len(short)}
    assert any("are left out: they have more than 8 tokens" in said for said in learning.said)


def test_what_is_done_names_the_tokens_and_without_it_they_are_named_as_before(bench):
    keys = {}
    for number, fix in enumerate(({}, {"dedupe": "rows"}, {"split": True}, {"drop": ["too-long"]})):
        learning = Learning(bench, f"7{number}".ljust(64, "f"), TEXTS, fix)
        counts = learning.counts()
        keys[json.dumps(fix)] = read_json(learning.attempt.folder / "tokens.json")["key"]
        assert ("split" in counts, "too_long" in counts["dropped"]) == ("split" in fix, fix.get("drop") is not None)
    plain, dedupe, split, drop = keys.values()
    assert plain == dedupe and len({plain, split, drop}) == 3


def test_rows_of_a_prompt_cannot_be_split(bench):
    with pytest.raises(Mistake, match="Only rows of text can be split"):
        Learning(bench, "81".ljust(64, "f"), [{"prompt": "a", "completion": "b"}], {"split": True})


def test_what_trl_prepares_by_itself_is_not_fixed_and_said_so(bench):
    sft = {"dataset_kwargs": {"skip_prepare_dataset": True}}
    with pytest.raises(Mistake, match="cannot be dropped where TRL prepares them by itself"):
        Learning(bench, "82".ljust(64, "f"), TEXTS, {"drop": ["too-long"]}, **sft)

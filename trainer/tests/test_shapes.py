"""Rows of dialogues, and columns that the data calls otherwise, as they are prepared."""

import pytest

from cdksft_trainer.mistake import Mistake
from cdksft_trainer.rows import Row, check_columns, render

USER, ASSISTANT = {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}


def of(*values):
    return [Row(value, "rows.json", number) for number, value in enumerate(values, 1)]


def test_dialogues_are_one_form_whoever_wrote_them():
    tools = [{"type": "function", "function": {"name": "far"}}]
    openai = render(of({"messages": [USER, ASSISTANT], "tools": tools, "id": 3}), "messages")
    turns = [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]
    sharegpt = render(of({"talk": turns, "tools": "[]"}), "sharegpt", {"conversations": "talk"})
    assert openai == [{"messages": [USER, ASSISTANT], "tools": tools}]
    assert sharegpt == [{"messages": [USER, ASSISTANT]}]


def test_columns_are_read_under_the_names_that_the_data_has():
    columns = {"prompt": "question", "completion": "answer"}
    row = {"question": "a", "answer": "b", "prompt": "not this"}
    assert render(of(row), "prompt", columns) == [{"prompt": "a", "completion": "b"}]


def test_a_column_that_no_row_has_is_told_with_the_nearest():
    check_columns(of({"a": 1}, {"context": "b"}), {"input": "context"})
    with pytest.raises(Mistake) as caught:
        check_columns(of({"instruction": "a", "context": "b"}), {"input": "contxt"})
    assert caught.value.id == "data-column-missing" and 'Did you mean "context"?' in caught.value.fix


@pytest.mark.parametrize(
    "messages, said",
    [
        ("a", "is no list of messages"),
        ([USER], "has no message of an assistant"),
        ([USER, {"role": "asistant", "content": "b"}], "unknown role ('asistant')"),
        ([USER, {"role": "assistant", "content": " "}], "only empty answers"),
    ],
)
def test_a_dialogue_that_cannot_be_learnt_from_is_told_with_its_row(messages, said):
    with pytest.raises(Mistake) as caught:
        render(of({"messages": [USER, ASSISTANT]}, {"messages": messages}), "messages")
    assert caught.value.id == "data-dialogue"
    assert said in caught.value.message and caught.value.message.startswith("rows.json, row 2: ")

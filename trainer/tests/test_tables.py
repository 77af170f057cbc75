"""Tables and text, each row with its line."""

import pytest

from cdksft_trainer.mistake import Mistake
from cdksft_trainer.rows import read_file

TABLES = {
    "csv": b'\xef\xbb\xbfprompt,completion,\r\n"a, ""b""\nc",=1+1,x\r\n\r\nd," e",\r\n',
    "tsv": b'prompt\tcompletion\t\n"a, ""b""\nc"\t=1+1\tx\n\nd\t" e"\t\n',
}


def read(folder, content, type):
    path = folder / "rows"
    path.write_bytes(content)
    return [(row.value, row.line) for row in read_file(path, "rows", None, type)]


@pytest.mark.parametrize("type", TABLES)
def test_quoted_breaks_formulas_and_columns_without_a_name(tmp_path, type):
    assert read(tmp_path, TABLES[type], type) == [
        ({"prompt": 'a, "b"\nc', "completion": "=1+1", "": "x"}, 2),
        ({"prompt": "d", "completion": " e", "": ""}, 5),
    ]


def test_a_field_may_be_longer_than_what_the_csv_module_allows_by_itself(tmp_path):
    assert read(tmp_path, b"text\n" + b"x" * 300_000, "csv") == [({"text": "x" * 300_000}, 2)]


def test_text_is_a_row_a_line(tmp_path):
    assert read(tmp_path, b"a\r\n\r\n  b\n", "text") == [({"text": "a"}, 1), ({"text": "  b"}, 3)]


@pytest.mark.parametrize(
    "content, id, said",
    [
        (b"a,b\n1,2\n1,2,3\n", "data-ragged", "line 3"),
        (b'a,b\n"1\n",2\n1,"2\n', "data-not-csv", "line 4"),
        (b'a,b\n"1" ,2\n', "data-not-csv", "line 2"),
        (b"a,b,a\n1,2,3\n", "data-header", '"a"'),
        (b"a,b\n", "data-empty", "no rows"),
    ],
)
def test_mistakes(tmp_path, content, id, said):
    with pytest.raises(Mistake) as raised:
        read(tmp_path, content, "csv")
    assert raised.value.id == id and said in str(raised.value)

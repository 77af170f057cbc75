"""Data files as the plan found them: packed, in the encodings that it names, damaged."""

import gzip
import json

import pytest

from cdksft_trainer.mistake import Mistake
from cdksft_trainer.rows import read_file

JAPANESE = {"instruction": "これは何ですか", "output": "りんごです。ｶﾅ"}


def read(folder, content, *how):
    path = folder / "rows"
    path.write_bytes(content)
    return [row.value for row in read_file(path, "rows", *how)]


def refused(folder, content, *how):
    with pytest.raises(Mistake) as raised:
        read(folder, content, *how)
    assert raised.value.cause == "data" and raised.value.fix
    return raised.value.id


def test_packed_and_in_the_encoding_that_is_said(tmp_path):
    text = json.dumps([JAPANESE], ensure_ascii=False)
    assert read(tmp_path, gzip.compress(text.encode("utf-8-sig"))) == [JAPANESE]
    assert read(tmp_path, text.encode("utf-16"), "utf-16le") == [JAPANESE]
    assert read(tmp_path, text.encode("utf-16-be"), "utf-16be") == [JAPANESE]
    assert read(tmp_path, text.encode("cp932"), "shift_jis") == [JAPANESE]
    assert read(tmp_path, text.encode("euc_jp"), "euc-jp") == [JAPANESE]


def test_letters_that_pythons_own_euc_jp_has_not(tmp_path):
    content = b'{"text": "\xad\xa1\xad\xea\xa1\xc1\x8e\xb6"}'
    assert read(tmp_path, content, "euc-jp") == [{"text": "①㈱～ｶ"}]


@pytest.mark.parametrize("content", [b'{"\xa4', b'{"\xa4"}', b'{"\x8e\xe0"}', b'{"\x8f\xb0\xa1"}', b'{"\xff\xff"}'])
def test_what_is_no_euc_jp(tmp_path, content):
    assert refused(tmp_path, content, "euc-jp") == "data-not-text"


@pytest.mark.parametrize(
    "content, id",
    [
        (gzip.compress(b'[{"text": "a"}]')[:-6], "data-compressed"),
        (gzip.compress(b'[{"text": "a"}]') + b"more", "data-compressed"),
        (b"\x28\xb5\x2f\xfd\x04", "data-compressed"),
        (gzip.compress(b" " * 80 * 1024**2), "data-too-large"),
        (gzip.compress(b""), "data-empty"),
        (b"[" * 100_000, "data-not-json"),
        ("\u2003\n{}".encode(), "data-not-json"),
    ],
)
def test_files_that_are_damaged_or_grow_too_large(tmp_path, content, id):
    assert refused(tmp_path, content) == id

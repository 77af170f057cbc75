"""Writes files of columns into the folder that is named, by pyarrow and datasets themselves; prints their names."""

import datetime
import decimal
import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pyarrow
import pyarrow.feather
import pyarrow.parquet

ROWS = 50
folder = Path(sys.argv[1])


def turns(row):
    if row % 7 == 3:
        return None
    calls = [{"name": "find", "depth": row}] if row % 3 else []
    return [{"role": "user", "content": f"Frage {row}", "calls": None}, {"role": "assistant", "content": None, "calls": calls}]


when = datetime.datetime(2026, 1, 2, 3, 4, 5)
spans = pyarrow.array([datetime.timedelta(seconds=1)] * ROWS)
columns = {
    "instruction": [None if row % 9 == 4 else f"\ufeff Zeile {row} é日本\0😀" for row in range(ROWS)],
    "output": [f"again {row % 3}" for row in range(ROWS)],
    "kind": pyarrow.array(["a", "b", None, "a", "c"] * (ROWS // 5)).dictionary_encode(),
    "messages": [turns(row) for row in range(ROWS)],
    "deep": [[] if row % 2 else [["x", None], None, []] for row in range(ROWS)],
    "struct": pyarrow.array([None if row % 3 else {"a": None, "b": row} for row in range(ROWS)], pyarrow.struct([("a", pyarrow.string()), ("b", pyarrow.int8())])),
    "large": pyarrow.array([f"{row}" for row in range(ROWS)], pyarrow.large_string()),
    "number": list(range(2**60, 2**60 + ROWS)),
    "unsigned": pyarrow.array([2**63 + row for row in range(ROWS)], pyarrow.uint64()),
    "small": pyarrow.array([row / 3 for row in range(ROWS)], pyarrow.float32()),
    "odd": [float("nan"), float("inf"), None, -0.0, 1.5] * (ROWS // 5),
    "flag": [True, None, False, True, True] * (ROWS // 5),
    "nothing": pyarrow.nulls(ROWS),
    "when": pyarrow.array([when] * ROWS, pyarrow.timestamp("ns", "UTC")),
    "day": [when.date()] * ROWS,
    "money": [decimal.Decimal("1.20"), None] * (ROWS // 2),
    "bytes": [b"\xff\x00"] * ROWS,
    "map": pyarrow.array([[("k", 1)]] * ROWS, pyarrow.map_(pyarrow.string(), pyarrow.int64())),
    "fixed": pyarrow.array([["a", "b"]] * ROWS, pyarrow.list_(pyarrow.string(), 2)),
}
table = pyarrow.table(columns)
names = []


def made(name):
    names.append(name)
    return str(folder / name)


for codec in ("none", "snappy", "gzip", "zstd", "brotli", "lz4"):
    for version in ("1.0", "2.0"):
        options = {"compression": codec, "data_page_version": version, "row_group_size": 20}
        pyarrow.parquet.write_table(table, made(f"{codec}-{version}.parquet"), **options)
pyarrow.parquet.write_table(table, made("pages.parquet"), data_page_size=64, write_batch_size=3)
pyarrow.parquet.write_table(table, made("plain.parquet"), use_dictionary=False)
DELTA = {"instruction": "DELTA_BYTE_ARRAY", "output": "DELTA_LENGTH_BYTE_ARRAY", "number": "DELTA_BINARY_PACKED", "small": "BYTE_STREAM_SPLIT"}
pyarrow.parquet.write_table(table, made("delta.parquet"), use_dictionary=False, column_encoding=DELTA)
for codec in ("uncompressed", "lz4", "zstd"):
    pyarrow.feather.write_feather(table.append_column("span", spans), made(f"{codec}.feather"), compression=codec, chunksize=20)
with pyarrow.OSFile(made("stream.arrow"), "wb") as sink, pyarrow.ipc.new_stream(sink, table.schema) as writer:
    writer.write_table(table, max_chunksize=20)
views = pyarrow.table({
    "text": pyarrow.array(["short", None, "longer than twelve letters"], pyarrow.string_view()),
    "list": pyarrow.array([["a"], None, []], pyarrow.list_view(pyarrow.string())),
    "runs": pyarrow.compute.run_end_encode(pyarrow.array(["a", "a", "b"])),
})
with pyarrow.OSFile(made("views.arrow"), "wb") as sink, pyarrow.ipc.new_stream(sink, views.schema) as writer:
    writer.write_table(views)

import datasets  # noqa: E402

datasets.disable_progress_bars()
with redirect_stdout(io.StringIO()):
    rows = [{"instruction": f"i{row}", "output": f"o{row}", "turns": turns(row)} for row in range(ROWS)]
    saved = datasets.Dataset.from_list(rows)
    saved.save_to_disk(folder / "saved", num_shards=3)
    saved.select(range(0, ROWS, 2)).to_parquet(made("hub.parquet"))
    datasets.DatasetDict({"train": saved, "test": saved.select([1, 0])}).save_to_disk(folder / "splits")
names += [f"saved/data-0000{shard}-of-00003.arrow" for shard in range(3)]
print(json.dumps(names))

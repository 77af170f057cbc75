"""Rows of Parquet and Arrow files. The plan reads them alike (lib/data/columnar/)."""

import math
from dataclasses import dataclass
from typing import Any, Iterator

from .content import mistake
from .mistake import Mistake

AGAIN = "Copy or write it again."


@dataclass(frozen=True)
class Foreign:
    """A value that JSON has no type for, by Arrow's word for it."""

    type: str


def columnar(content: bytes, type: str, name: str) -> Iterator[dict[str, Any]]:
    """`type`: parquet or arrow."""
    import pyarrow

    try:
        yield from _rows(content, type, name)
    except UnicodeDecodeError:
        raise mistake("data-encoding", f"{name} has a text that is not UTF-8.", "Write the column anew.") from None
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        why = f"is no {type.capitalize()} file, or is damaged: {error}."
        raise _damaged(type, f"{name} {why}") from None


def _damaged(type: str, message: str) -> Mistake:
    if type == "parquet":
        return mistake("data-not-parquet", message, AGAIN)
    return mistake("data-not-arrow", message, AGAIN)


def _rows(content: bytes, type: str, name: str) -> Iterator[dict[str, Any]]:
    columns: list[str] | None = None
    for batch in _parquet(content) if type == "parquet" else _arrow(content, name):
        if columns is None:
            columns = list(batch.schema.names)
            twice = next((column for column in columns if columns.count(column) > 1), None)
            if twice is not None:
                message = f'{name} has the column "{twice}" twice.'
                raise mistake("data-header", message, "Give each column a name of its own.")
        values = [_values(column) for column in batch.columns]
        for row in range(batch.num_rows):
            yield {column: values[at][row] for at, column in enumerate(columns)}


def _parquet(content: bytes) -> Iterator[Any]:
    import pyarrow
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(content))
    for group in range(file.num_row_groups):
        for batch in file.read_row_group(group).to_batches():
            # A duration is a number in a Parquet file, and only pyarrow's own note there says more.
            yield pyarrow.record_batch([_plain(column) for column in batch.columns], names=batch.schema.names)


def _plain(column: Any) -> Any:
    import pyarrow

    return column.cast(pyarrow.int64()) if pyarrow.types.is_duration(column.type) else column


# The end of a stream, and of a file: what is cut short has neither.
END_OF_STREAM = b"\xff\xff\xff\xff\0\0\0\0"
MAGIC = b"ARROW1"


def _arrow(content: bytes, name: str) -> Iterator[Any]:
    import pyarrow

    is_file = content.startswith(MAGIC)
    if not content.endswith(MAGIC if is_file else END_OF_STREAM):
        raise _damaged("arrow", f"{name} is no Arrow file, or is cut short.")
    source = pyarrow.BufferReader(content)
    if not is_file:
        yield from pyarrow.ipc.open_stream(source)
        return
    reader = pyarrow.ipc.open_file(source)
    for index in range(reader.num_record_batches):
        yield reader.get_batch(index)


def _values(column: Any) -> list[Any]:
    """By arrays, not by pyarrow's own values: of those it makes none for every type."""
    from pyarrow import compute, types

    kind = column.type
    if hasattr(kind, "storage_type"):
        return _values(column.storage)
    if types.is_run_end_encoded(kind):
        return _values(compute.run_end_decode(column))
    if types.is_dictionary(kind):
        known = _values(column.dictionary)
        return [None if index is None else known[index] for index in column.indices.to_pylist()]
    foreign = _foreign(kind)
    if foreign is not None:
        return [Foreign(foreign) if valid else None for valid in column.is_valid().to_pylist()]
    if types.is_struct(kind):
        return _structs(column)
    if types.is_nested(kind):
        return _lists(column)
    values = column.to_pylist()
    if types.is_floating(kind):
        # JSON has no word for what is not finite.
        return [float(value) if value is not None and math.isfinite(value) else None for value in values]
    return values


def _structs(column: Any) -> list[Any]:
    names = [field.name for field in column.type]
    parts = [_values(part) for part in column.flatten()]
    valid = column.is_valid().to_pylist()
    return [{name: part[at] for name, part in zip(names, parts)} if there else None for at, there in enumerate(valid)]


def _lists(column: Any) -> list[Any]:
    flat = _values(column.flatten())
    rows: list[Any] = []
    at = 0
    for length in column.value_lengths().to_pylist():
        rows.append(None if length is None else flat[at : at + length])
        at += length or 0
    return rows


def _foreign(kind: Any) -> str | None:
    from pyarrow import types

    tests = {
        "decimal": types.is_decimal,
        "date": types.is_date,
        "time": types.is_time,
        "timestamp": types.is_timestamp,
        "duration": types.is_duration,
        "interval": types.is_interval,
        "map": types.is_map,
        "union": types.is_union,
    }
    found = next((name for name, test in tests.items() if test(kind)), None)
    is_binary = types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)
    return "binary" if found is None and (is_binary or types.is_binary_view(kind)) else found

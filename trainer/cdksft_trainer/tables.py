"""Rows of comma- and tab-separated values, and of plain text. The plan reads them alike (lib/data/csv.ts)."""

import csv
import io
from typing import Any, Iterator

from .content import mistake

QUOTE = "Quote a field that holds the separator, a quote or a line break, and write its quotes twice."
# A field may be a whole book; the module's own limit is 128 KiB.
LONGEST = 2**31 - 1


def records(text: str, separator: str, name: str) -> Iterator[tuple[list[str], int]]:
    """Each record with the line on which it begins; empty lines are none."""
    csv.field_size_limit(LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise mistake("data-not-csv", f"{name}, line {line}: {error}.", QUOTE) from None
        if record:
            yield record, line


def table(text: str, separator: str, name: str) -> Iterator[tuple[dict[str, Any], int]]:
    header: list[str] | None = None
    # All of them first, as the plan does: a quote that is not closed explains the rest.
    for record, line in list(records(text, separator, name)):
        if header is None:
            header = record
            twice = next((column for column in header if column and header.count(column) > 1), None)
            if twice is not None:
                message = f'{name} has the column "{twice}" twice in its header.'
                raise mistake("data-header", message, "Give each column a name of its own.")
        elif len(record) != len(header):
            message = f"{name}, line {line}: {len(record)} fields, and {len(header)} in its header."
            raise mistake("data-ragged", message, QUOTE)
        else:
            yield dict(zip(header, record)), line


def text_lines(text: str) -> Iterator[tuple[dict[str, Any], int]]:
    """A row a line, as column `text`; empty lines are none."""
    for line, content in enumerate(text.split("\n"), 1):
        own = content.removesuffix("\r")
        if own:
            yield {"text": own}, line

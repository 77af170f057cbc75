"""Makes ROOT/tokens/<key>: a run's rows as token ids and labels, packed where asked, in Arrow files to be mapped into memory."""

import contextlib
import hashlib
import json
import os
import shutil
import time
from itertools import chain, islice
from pathlib import Path
from typing import Any, Iterator

from .durable import write_json
from .folders import build_folder, listing, publish
from .mistake import Mistake
from .recipe import Recipe
from .tokenise import IGNORED, Counts, Encoded, Tokeniser

PARTS = ("train", "evaluation")
BATCH = 1000


def make_tokens(final: Path, recipe: Recipe, rows: Path, data: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """`data`: the manifest of the rows. Published under its name when whole; returns its manifest."""
    began = time.monotonic()
    built = build_folder(final)
    hashes = {file["path"]: file["sha256"] for file in data["files"]}
    try:
        parts = _parts(built, recipe, rows, hashes)
        more = {"seconds": round(time.monotonic() - began, 3), "files": listing(built)}
        manifest = {"format": 1, **parts, "made_from": {"rows": hashes, **shape}, **more}
        write_json(built / "manifest.json", manifest)
        publish(built, final)
    except BaseException:
        shutil.rmtree(built, ignore_errors=True)
        raise
    return manifest


def _parts(built: Path, recipe: Recipe, rows: Path, hashes: dict[str, str]) -> dict[str, Any]:
    """By part, what became of its rows."""
    there = [part for part in PARTS if f"{part}.jsonl" in hashes]
    with _all_cores():
        read = {part: _read(rows / f"{part}.jsonl", hashes[f"{part}.jsonl"]) for part in there}
        return {part: _make(built, part, recipe, read[part]).told() for part in there}


@contextlib.contextmanager
def _all_cores() -> Iterator[None]:
    """Threads of the tokenizer are off, since they would hang in a forked worker; here nothing is forked yet."""
    name = "TOKENIZERS_PARALLELISM"
    before = os.environ.get(name)
    os.environ[name] = "true"
    try:
        yield
    finally:
        os.environ[name] = before or "false"


def _read(path: Path, expected: str) -> Iterator[dict[str, Any]]:
    found = hashlib.sha256()
    with open(path, "rb") as file:
        for line in file:
            found.update(line)
            yield json.loads(line)
    if found.hexdigest() != expected:
        fix = "Remove the folder and run `sft apply` again."
        raise Mistake("data-altered", f"{path} is not as it was written.", fix, cause="data")


def _make(built: Path, part: str, recipe: Recipe, rows: Iterator[dict[str, Any]]) -> Counts:
    counts = Counts()
    first = next(rows)
    tokenise = Tokeniser(recipe, part, first, counts)
    encoded = (one for some in _batches(chain([first], rows)) for one in tokenise(some))
    final, strategy = built / f"{part}.arrow", recipe.packing[part]
    if strategy is None and recipe.shuffle is None:
        _write(final, _tables(encoded), counts)
        return counts
    # A step's own file is on the disk, never all rows in memory.
    scratch = built / "scratch"
    scratch.mkdir()
    _write(scratch / "rows.arrow", _tables(encoded), Counts())
    ordered = _ordered(scratch, recipe, strategy)
    _write(final, ordered.with_format("arrow").iter(BATCH), counts)
    del ordered
    shutil.rmtree(scratch)
    return counts


def _ordered(scratch: Path, recipe: Recipe, strategy: str | None) -> Any:
    """Shuffled and packed as TRL does it: by its own function, before packing and after."""
    import datasets
    from trl import pack_dataset

    datasets.disable_progress_bars()
    found = datasets.Dataset.from_file(str(scratch / "rows.arrow"))
    if len(found) == 0:
        return found
    if strategy is not None:
        found = _shuffled(found, recipe)
        cache = {"num_proc": recipe.processes, "cache_file_name": str(scratch / "packed.arrow")}
        found = pack_dataset(found, recipe.max_length, strategy, cache)
    return _shuffled(found, recipe)


def _shuffled(found: Any, recipe: Recipe) -> Any:
    return found if recipe.shuffle is None else found.shuffle(seed=recipe.shuffle, keep_in_memory=True)


def _schema() -> Any:
    import pyarrow

    return pyarrow.schema([(name, pyarrow.list_(pyarrow.int32())) for name in ("input_ids", "labels")])


def _tables(encoded: Iterator[Encoded]) -> Iterator[Any]:
    import pyarrow

    schema = _schema()
    for some in _batches(encoded):
        columns = [pyarrow.array(column, field.type) for column, field in zip(zip(*some), schema)]
        yield pyarrow.Table.from_arrays(columns, schema=schema)


def _batches(items: Iterator[Any]) -> Iterator[list[Any]]:
    while some := list(islice(items, BATCH)):
        yield some


def _write(path: Path, tables: Iterator[Any], counts: Counts) -> None:
    """A stream of Arrow, which `datasets.Dataset.from_file` maps into memory."""
    import pyarrow
    import pyarrow.compute as compute

    first = next(tables := iter(tables), None)
    schema = (_schema() if first is None else first.schema).remove_metadata()
    with pyarrow.ipc.new_stream(str(path), schema) as writer:
        for table in chain([] if first is None else [first], tables):
            writer.write_table(table.replace_schema_metadata(None))
            counts.sequences += len(table)
            counts.tokens += compute.sum(compute.list_value_length(table["input_ids"])).as_py() or 0
            labels = compute.list_flatten(table["labels"])
            counts.trained_tokens += compute.sum(compute.not_equal(labels, IGNORED)).as_py() or 0

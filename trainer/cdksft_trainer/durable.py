"""Files that a crash leaves whole or absent: JSON by rename, events by one write of one line."""

import json
import os
import time
import uuid
from pathlib import Path


def write_json(path, value):
    """Written beside, synced, renamed."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        _write_synced(beside, value)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_json_once(path, value):
    """Like write_json, but the first writer wins. False where there was one already."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        _write_synced(beside, value)
        os.link(beside, path)
    except FileExistsError:
        return False
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def _write_synced(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=2, allow_nan=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def read_json(path):
    """None where the file is missing or torn."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def append_line(path, value, sync=False):
    """One write of one line: trainer and supervisor append to one file. A line torn by a kill gets its end first."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        size = os.fstat(handle).st_size
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, ("\n" + line if torn else line).encode("utf-8"))
        if sync:
            os.fsync(handle)
    finally:
        os.close(handle)


def append_event(path, kind, /, **fields):
    """One event of lib/base/events.ts, with the time of now."""
    append_line(path, {"time": time.time(), "kind": kind, **fields})


def tail(path, most=65536):
    """The end of a text file; empty where there is none."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - most))
            return file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def sync_folder(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

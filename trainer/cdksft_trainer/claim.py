"""
An attempt belongs to whoever makes its folder: mkdir succeeds for one of any number of starters, on a shared file
system too. The token says which attempt of which run it is, so that two plans that never met find the same one.
"""

import hashlib
import os
import socket
import time
from pathlib import Path

from . import processes
from .durable import read_json, sync_folder, write_json


class Taken(Exception):
    """Another supervisor has this attempt."""


def token_of(root, stack, address, identity, attempt):
    """Derived, never random. Kept equal to lib/base/token.ts, byte for byte."""
    text = f"{os.path.realpath(root)}\n{stack}/{address}\n{identity}\n{attempt}"
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def numbers(run):
    """Attempts that were ever claimed, in order."""
    try:
        names = os.listdir(Path(run) / "attempts")
    except FileNotFoundError:
        return []
    return sorted(int(name) for name in names if name.isdigit() and not name.startswith("0"))


def claim(run, attempt, token, provenance, uses=None):
    """Takes the attempt or raises Taken. Returns its folder. `uses`: what `sft gc` must leave to it."""
    attempts = Path(run) / "attempts"
    attempts.mkdir(parents=True, exist_ok=True)
    folder = attempts / str(attempt)
    try:
        os.mkdir(folder)
    except FileExistsError:
        raise Taken(attempt) from None
    pid = os.getpid()
    record = {
        "token": token,
        "attempt": attempt,
        "pid": pid,
        "pid_start": processes.start_of(pid),
        "host": socket.gethostname(),
        "boot_id": processes.boot_id(),
        "time": time.time(),
        "provenance": provenance,
        **({"uses": uses} if uses else {}),
    }
    try:
        sync_folder(attempts)
        write_json(folder / "claim.json", record)
    except OSError:
        # A full disk: nothing has begun, and a folder alone would look like an attempt that is just beginning.
        os.rmdir(folder)
        raise
    return folder


def lives(record):
    """Whether the process of a claim or guard record still runs on this host; None where it was another host's."""
    if record.get("host") != socket.gethostname():
        return None
    if record.get("boot_id") != processes.boot_id():
        return False
    began = processes.start_of(record["pid"])
    return began is not None and began == record.get("pid_start")


def _read_claim(folder, patience=5.0):
    """Its maker writes claim.json right after the folder; one that was killed in between never will."""
    until = time.monotonic() + patience
    while True:
        record = read_json(folder / "claim.json")
        if record or time.monotonic() > until or time.time() - folder.stat().st_mtime > patience:
            return record
        time.sleep(0.05)


def wait_for_earlier(run, attempt, patience=30.0):
    """
    None when no earlier attempt of the run still works on its folder, else a sentence that says which one does.
    An attempt whose supervisor was killed is waited for: its guard is just ending the training.
    """
    for number in numbers(run):
        folder = Path(run) / "attempts" / str(number)
        if number >= attempt or (folder / "end.json").exists():
            continue
        record = _read_claim(folder)
        if record and record["pid"] != os.getpid() and lives(record) and not (folder / "end.json").exists():
            return f"attempt {number} of this run is still running (process {record['pid']})."
        guard = read_json(folder / "guard.json")
        until = time.monotonic() + patience
        while guard and lives(guard):
            if time.monotonic() > until:
                return f"attempt {number} of this run left process {guard['pid']} running."
            time.sleep(0.1)
    return None

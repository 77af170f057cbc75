"""Folders that are whole or not there: the sizes and hashes of their files, building beside, publishing by rename."""

import hashlib
import os
import shutil
import socket
import uuid
from pathlib import Path

from .durable import read_json, sync_folder


def sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def listing(folder: Path) -> list[dict]:
    """Every file below a folder, synced to the disk: path, bytes, sha256."""
    files = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with open(path, "rb") as file:
            os.fsync(file.fileno())
        name = path.relative_to(folder).as_posix()
        files.append({"path": name, "bytes": path.stat().st_size, "sha256": sha256(path)})
    return files


def differs(folder: Path, files: object, hashes: bool = True) -> str | None:
    """What is wrong with a folder, or None when each listed file is there as listed."""
    if not isinstance(files, list) or not files:
        return "its list of files cannot be read"
    for entry in files:
        path = folder / entry["path"]
        if not path.is_file():
            return f"{entry['path']} is missing"
        size = path.stat().st_size
        if size != entry["bytes"]:
            return f"{entry['path']} has {size} bytes instead of {entry['bytes']}"
        if hashes and sha256(path) != entry["sha256"]:
            return f"{entry['path']} has other content than when it was written"
    return None


def whole(folder: Path) -> bool:
    """A published folder whose files have the sizes of its manifest."""
    manifest = read_json(folder / "manifest.json")
    return isinstance(manifest, dict) and differs(folder, manifest.get("files"), hashes=False) is None


def build_folder(final: Path) -> Path:
    """A new folder beside `final`. Those left by dead processes of this host are swept."""
    final.parent.mkdir(parents=True, exist_ok=True)
    host = "".join(c if c.isalnum() else "-" for c in socket.gethostname())
    for old in final.parent.glob(f"{final.name}.{host}.*"):
        owner = old.name.split(".")[-2]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(old, ignore_errors=True)
    folder = final.with_name(f"{final.name}.{host}.{os.getpid()}.{uuid.uuid4().hex[:8]}")
    folder.mkdir()
    return folder


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def publish(built: Path, final: Path) -> None:
    """Renames a whole folder to its name. If another process was first, its folder stays: both hold the same."""
    sync_folder(built)
    if final.exists() and not whole(final):
        # A published folder that lost files is of no use; it is moved aside, never mended in place.
        aside = build_folder(final)
        os.replace(final, aside / "altered")
        shutil.rmtree(aside, ignore_errors=True)
    try:
        os.rename(built, final)
    except OSError:
        if not whole(final):
            raise
        shutil.rmtree(built, ignore_errors=True)
    sync_folder(final.parent)

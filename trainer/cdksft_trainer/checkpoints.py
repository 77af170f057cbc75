"""A checkpoint counts once its marker is there, which is written last and lists every file of it."""

import json
import os
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any, Callable

from .durable import read_json, sync_folder, write_json
from .folders import differs, listing

MARKER = "complete.json"
NAME = re.compile(r"checkpoint-(\d+)")
ASIDE = "unusable-"


def step_of(folder: Path) -> int:
    return int(NAME.fullmatch(folder.name).group(1))


def checkpoints(output: Path) -> list[Path]:
    """Newest first, complete or not."""
    if not output.is_dir():
        return []
    found = [path for path in output.iterdir() if path.is_dir() and NAME.fullmatch(path.name)]
    return sorted(found, key=step_of, reverse=True)


def mark(folder: Path, layout: dict[str, Any], provenance: dict[str, Any]) -> int:
    """Writes the marker. `layout`: of the training, see layout.py. Returns the bytes of the checkpoint's files."""
    files = listing(folder)
    sync_folder(folder)
    sync_folder(folder.parent)
    marker = {"format": 1, "step": step_of(folder), "world_size": layout["world_size"], "files": files}
    write_json(folder / MARKER, {**marker, "layout": layout, "provenance": provenance})
    return sum(file["bytes"] for file in files)


def newest(output: Path, say: Callable[[str], None]) -> Path | None:
    """The newest usable checkpoint. Those before it in the search are taken out of the way, each with a notice."""
    for folder in checkpoints(output):
        if not (folder / MARKER).exists():
            # A save that was cut off holds nothing that the checkpoint before it does not.
            say(f"{folder.name} was not complete and is not used.")
            shutil.rmtree(folder)
            continue
        problem = damage(folder)
        if problem is None:
            return folder
        set_aside(folder)
        say(f"{folder.name} is damaged ({problem}) and is not used; the one before it is tried.")
    return None


def damage(folder: Path) -> str | None:
    """What is wrong with a checkpoint: by its marker first, then whether its files open at all."""
    marker = read_json(folder / MARKER)
    if not isinstance(marker, dict) or marker.get("format") != 1:
        return f"{MARKER} cannot be read"
    return differs(folder, marker.get("files")) or _does_not_open(folder)


def _does_not_open(folder: Path) -> str | None:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if not _opens(path):
            return f"{path.relative_to(folder).as_posix()} does not open"
    return None


def _opens(path: Path) -> bool:
    """Reads no weights: the directory of a torch file, the header of a safetensors file, JSON in full."""
    try:
        if path.suffix in (".pt", ".pth", ".bin"):
            with zipfile.ZipFile(path) as archive:
                return bool(archive.namelist())
        if path.suffix == ".safetensors":
            with open(path, "rb") as file:
                json.loads(file.read(int.from_bytes(file.read(8), "little")))
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, zipfile.BadZipFile, OverflowError, MemoryError):
        return False
    return True


def set_aside(folder: Path) -> None:
    """Kept for people to look at, under a name that no one resumes from."""
    aside = folder.with_name(ASIDE + folder.name)
    shutil.rmtree(aside, ignore_errors=True)
    try:
        os.replace(folder, aside)
    except FileNotFoundError:
        pass  # Another rank was first.


def rotate(output: Path, keep: int | None) -> None:
    """
    Deletes the oldest. transformers would do so before the newest has its marker; a crash in between could leave none.
    The marker goes first, so that a half-deleted one never counts.
    """
    if not keep or keep < 1:
        return
    for folder in checkpoints(output)[keep:]:
        (folder / MARKER).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)

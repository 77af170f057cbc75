"""A run's files as the supervisor needs them: train.json, the hostfile, and what has to be prepared."""

import hashlib
import json
import os
import sys
from pathlib import Path

from .durable import read_json


class Refused(Exception):
    """The run must not start with these files."""


def read_train(files):
    """train.json with the keys that the supervisor rests on; Refused where it cannot be read."""
    path = Path(files) / "train.json"
    try:
        train = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise Refused(f"{path} is no JSON: {error}.") from None
    wanted = ("stack", "run", "identity")
    missing = [key for key in wanted if not isinstance(train, dict) or not isinstance(train.get(key), str)]
    if missing:
        raise Refused(f"{path} has no {', '.join(missing)}.")
    return train


def check_hostfile(files):
    """
    DeepSpeed trains on this one node alone when its hostfile is missing or empty, without a word. So a bundle that
    lists a hostfile starts only with exactly that one.
    """
    listed = read_json(Path(files) / "files.json") or {"files": []}
    entry = next((file for file in listed["files"] if file.get("path") == "hostfile"), None)
    if entry is None:
        return
    path = Path(files) / "hostfile"
    try:
        content = path.read_bytes()
    except OSError:
        raise Refused(f"The hostfile {path} is missing: DeepSpeed would train on this node alone.") from None
    if not content.strip():
        raise Refused(f"The hostfile {path} is empty: DeepSpeed would train on this node alone.")
    if hashlib.sha256(content).hexdigest() != entry.get("sha256"):
        raise Refused(f"The hostfile {path} is not the one that was planned.")


def unprepared(root, train):
    """Which of data and weights are not there yet: `manifest.json` comes with the rename that publishes them."""
    wanted = {"data": train.get("data", {}).get("key")}
    # Of a model made from a config, or merged from another run's result.
    wanted["weights"] = train.get("model", {}).get("key")
    return [
        kind for kind, key in wanted.items() if key and not (Path(root) / kind / key[:12] / "manifest.json").exists()
    ]


def source_files(data):
    """Those to evaluate on behind the others."""
    return [*data.get("files", []), *data.get("evaluation", {}).get("files", [])]


def uses(files, train):
    """What an attempt rests on, for whoever looks for things in the workspace that nothing needs any more."""
    python = os.environ.get("SFT_PYTHON", "")
    prefix = os.path.dirname(os.path.dirname(python)) if os.path.isabs(python) else sys.prefix
    data, model = train.get("data", {}), train.get("model", {})
    # An adapter's base may be weights that another run had made.
    weights = [part["key"] for part in (model, model.get("base", {})) if part.get("key")]
    return {
        "bundle": str(files),
        # Through its link: the build that it is now, should another one be published while it is in use.
        "environment": os.path.realpath(prefix),
        "data": [data["key"]] if data.get("key") else [],
        "weights": weights,
        "sources": [f"{file.get('sha256')}/{file.get('name')}" for file in source_files(data)],
    }

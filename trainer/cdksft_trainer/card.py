"""The model card of a result: what it is, what it was made from, and by which commit, plan and versions."""

import json
from pathlib import Path
from typing import Any

METHOD = {"adapter": "LoRA adapter", "model": "full fine-tune"}


def write_card(folder: Path, kind: str, job: dict[str, Any], losses: dict[str, float], told: dict[str, Any]) -> None:
    """Replaces the empty form that PEFT leaves. `told`: provenance, revisions and versions, where they are known."""
    (folder / "README.md").write_text(_card(kind, job, losses, told), encoding="utf-8")


def _card(kind: str, job: dict[str, Any], losses: dict[str, float], told: dict[str, Any]) -> str:
    front = ["---", *_front(kind, job), "---", ""]
    name = f"{job['stack']}/{job['run']}"
    title = [f"# {_plain(name)}", "", f"A {METHOD[kind]}, made by cdksft.", ""]
    return "\n".join([*front, *title, *_table("Made from", _origin(job, told)), *_table("Losses", losses)]) + "\n"


def _front(kind: str, job: dict[str, Any]) -> list[str]:
    """Metadata as the Hub reads it. JSON strings are YAML strings, whatever is in them."""
    model, data = job["model"], job["data"]
    # An adapter that was trained on still lies on what it lay on before.
    base = model["base"] if model["source"] == "run" and model["use"] == "adapter" else model
    lines = [f"base_model: {json.dumps(base['id'])}"] if base["source"] == "hub" else []
    lines += ["datasets:", f"- {json.dumps(data['id'])}"] if data["source"] == "hub" else []
    library = "peft" if kind == "adapter" else "transformers"
    return [*lines, f"library_name: {library}", "tags:", "- cdksft"]


def _origin(job: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    model, data = job["model"], job["data"]
    revisions, provenance = told.get("revisions") or {}, told.get("provenance") or {}
    git = provenance.get("git") or {}
    rows: dict[str, Any] = {"run": job["identity"]}
    # A path on a node says nothing to who reads the card.
    rows["model"] = {"path": "a folder", "config": "random weights", "run": "another run's result"}.get(model["source"])
    rows["model"] = rows["model"] or model["id"]
    rows["model run"] = model.get("run") and f"{model['run']} {model['identity']}"
    rows["model use"] = model.get("use")
    rows["model revision"] = revisions.get("model") or model.get("revision")
    rows["data"] = data["id"] if data["source"] == "hub" else ", ".join(file["name"] for file in data["files"])
    rows["data revision"] = revisions.get("data") or data.get("revision")
    rows["data sha256"] = ", ".join(file["sha256"] for file in data.get("files", [])) or None
    rows["git commit"] = git.get("commit")
    rows["uncommitted changes"] = None if "dirty" not in git else ("yes" if git["dirty"] else "no")
    rows["hash of the changes"] = git.get("difference")
    rows["plan"] = provenance.get("plan")
    return {**rows, **(told.get("versions") or {})}


def _table(title: str, rows: dict[str, Any]) -> list[str]:
    known = [f"| {_plain(name)} | {_plain(value)} |" for name, value in rows.items() if value is not None]
    return [f"## {title}", "", "| | |", "| --- | --- |", *known, ""] if known else []


def _plain(value: Any) -> str:
    """Names are data: none of them may end a cell or begin a tag."""
    text = " ".join(str(value).split())
    for mark in "\\`*_[]<>|":
        text = text.replace(mark, "\\" + mark)
    return text

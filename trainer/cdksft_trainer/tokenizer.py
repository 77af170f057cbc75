"""
Writes the loaded tokenizer down, once: ROOT/tokenizers/<key>/ has tokenizer.json, which other programs read, and the
special tokens and chat template. The loaded one is the reference: transformers builds many tokenizers anew, by their class
and their settings, so that neither a SentencePiece model nor a repository's own tokenizer.json says what it does.
"""

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from .durable import read_json, write_json
from .folders import build_folder, listing, publish, sha256, whole
from .hub import commit_of, is_commit
from .mistake import Mistake, first_line
from .workspace import Attempt, Workspace

MISTAKE = 65
# Grows where other files are written; it is part of the key.
FORMAT = 2
# What transformers reads to make a tokenizer; whether each is there, and what it holds, tells two folders apart.
FILES = (
    "added_tokens.json",
    "chat_template.jinja",
    "config.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "special_tokens_map.json",
    "spiece.model",
    "tekken.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.json",
    "vocab.txt",
)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="cdksft_trainer tokenizer")
    parser.add_argument("name", help="a folder, or the Hub id of a model")
    parser.add_argument("--revision", help="commit, tag or branch of the Hub id")
    parser.add_argument("--root", type=Path, required=True, help="the workspace")
    parser.add_argument("--trust-remote-code", action="store_true")
    given = parser.parse_args(argv)
    try:
        print(json.dumps({"folder": str(_export_named(given))}, ensure_ascii=False), flush=True)
    except Mistake as mistake:
        told = {"id": mistake.id, "message": mistake.message, "fix": mistake.fix, "cause": mistake.cause}
        print(json.dumps({"kind": "error", **told}, ensure_ascii=False), file=sys.stdout, flush=True)
        return MISTAKE
    return 0


def _export_named(given: argparse.Namespace) -> Path:
    from transformers import AutoTokenizer

    options: dict[str, Any] = {"trust_remote_code": given.trust_remote_code}
    origin = {"folder": given.name}
    if not Path(given.name).is_dir():
        options["revision"] = commit_of("model", given.name, given.revision) or given.revision or "main"
    try:
        tokenizer = AutoTokenizer.from_pretrained(given.name, **options)
    except Exception as error:  # The errors of the Hub's client and of the tokenizers share no base class.
        message = f"The tokenizer of {given.name} cannot be loaded: {first_line(error)}."
        raise Mistake("tokenizer", message, "Name a folder or a Hub id that has one.") from error
    if "revision" in options:
        origin = {"id": given.name, "revision": _commit(given.name, options["revision"])}
    return export(Workspace(given.root), tokenizer, origin)


def _commit(name: str, revision: str) -> str:
    """Of a branch, where the Hub was not asked: the one of the Hub's cache, which was read."""
    from huggingface_hub import try_to_load_from_cache

    if is_commit(revision):
        return revision
    for file in FILES:
        found = try_to_load_from_cache(name, file, revision=revision)
        if isinstance(found, str):
            return Path(found).parent.name
    raise Mistake("tokenizer", f"Which commit of {name} was read is not known.", "Give --revision with a commit.")


def key_of(origin: dict[str, str]) -> str:
    """`origin`: {id, revision} with a commit, or {folder}, of which the content counts."""
    from transformers import __version__ as transformers

    named = {name: origin[name] for name in ("id", "revision") if name in origin}
    if "folder" in origin:
        folder = Path(origin["folder"])
        named = {"files": {name: sha256(folder / name) for name in FILES if (folder / name).is_file()}}
    value = json.dumps({"format": FORMAT, **named, "transformers": transformers}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(value.encode()).hexdigest()


def keep(job: dict[str, Any], origin: str, tokenizer: Any, attempt: Attempt) -> None:
    """Of a run that starts, for later plans; `sft gc` leaves it what it names. `origin`: where it was loaded from."""
    model = job["model"]
    if model["source"] == "config":
        return  # It lies with the weights, as it was made.
    named: dict[str, str] = {"folder": origin}
    if not Path(origin).is_dir():
        # Settled before: a branch that the Hub did not tell the commit of names no tokenizer.
        revision = _revision(model)
        if not is_commit(revision):
            return
        named = {"id": origin, "revision": revision}
    try:
        write_json(attempt.folder / "loaded-tokenizer.json", {"key": key_of(named)})
        export(attempt.workspace, tokenizer, named)
    except (Mistake, OSError):
        pass  # What a plan would like to know must not end a training.


def why_bare(tokenizer: Any) -> str | None:
    """What a SentencePiece model lacks that no file beside it says how to use. Plans tell it of a folder that they see."""
    file = Path(getattr(tokenizer, "init_kwargs", {}).get("vocab_file") or "")
    if file.name != "tokenizer.model":
        return None
    if any((file.parent / name).exists() for name in ("tokenizer.json", "tokenizer_config.json")):
        return None
    message = "tokenizer.model has neither tokenizer.json nor tokenizer_config.json beside it"
    return f"{message}: no BOS stands before a row, and no space before its first word."


def _revision(model: dict[str, Any]) -> Any:
    return (model.get("base", {}) if model["source"] == "run" else model).get("revision")


def export(workspace: Workspace, tokenizer: Any, origin: dict[str, str]) -> Path:
    """Told twice, or twice at once, it does the same. Raises Mistake for a tokenizer that no tokenizer.json can hold."""
    key = key_of(origin)
    final = workspace.tokenizer(key)
    if _touched(final) and whole(final) and (read_json(final / "manifest.json") or {}).get("key") == key:
        return final
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None or not hasattr(backend, "to_str"):
        message = f"A {type(tokenizer).__name__} is no tokenizer of the library tokenizers: it has no tokenizer.json."
        raise Mistake("tokenizer", message, "Nothing is to be done: it is trained with, and its tokens are not counted.")
    built = build_folder(final)
    _write(built, tokenizer, backend, key, origin)
    publish(built, final)
    return final


def _touched(final: Path) -> bool:
    """So that no `sft gc` takes it for old while it comes into use."""
    try:
        os.utime(final)
    except FileNotFoundError:
        return False
    return True


def _training_template(tokenizer: Any) -> str | None:
    """What TRL renders dialogues with where the loss is on answers, and the template marks none. None where it knows none."""
    from trl.chat_template_utils import get_training_chat_template, has_generation_markers

    if not isinstance(tokenizer.chat_template, str) or has_generation_markers(tokenizer.chat_template):
        return None
    try:
        return get_training_chat_template(tokenizer)
    except Exception:  # TRL's own of each kind: the training says it, where one comes to it.
        return None


def _write(built: Path, tokenizer: Any, backend: Any, key: str, origin: dict[str, str]) -> None:
    import tokenizers
    import transformers

    (built / "tokenizer.json").write_text(backend.to_str(), encoding="utf-8")
    template = tokenizer.chat_template
    if template is not None:
        # Several, by name, or one.
        write_json(built / "chat_template.json", template)
    training = _training_template(tokenizer)
    if training is not None:
        write_json(built / "training_template.json", training)
    special = {f"{name}_token": getattr(tokenizer, f"{name}_token") for name in ("bos", "eos", "unk", "pad")}
    files = listing(built)
    manifest = {
        "format": FORMAT,
        "key": key,
        "class": type(tokenizer).__name__,
        "transformers": transformers.__version__,
        "tokenizers": tokenizers.__version__,
        **{name: value for name, value in origin.items() if name != "folder"},
        **special,
        "split_special_tokens": bool(getattr(tokenizer, "split_special_tokens", False)),
        "files": files,
    }
    write_json(built / "manifest.json", manifest)

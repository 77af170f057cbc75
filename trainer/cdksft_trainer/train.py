"""`train`: one rank of a training, by TRL, PEFT, bitsandbytes and DeepSpeed. How it ended is in outcome.json."""

import argparse
import json
import os
import shutil
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from .durable import append_event, append_line, write_json, write_json_once
from .grades import EXACT, GRADES, WEIGHTS_ONLY
from .job import peft_config, quantization_config, read_job, sft_config
from .layout import accepted, layout_of
from .mistake import Mistake, cause_of
from .ranks import check_world, leave, rank, told_by_first, world_size
from .secrets import fill
from .stop import Stop
from .workspace import Attempt, Workspace

# Functions of transformers that read a checkpoint: an error under one of them is about the checkpoint.
LOADERS = {"_load_from_checkpoint", "_load_optimizer_and_scheduler", "_load_scaler", "deepspeed_load_checkpoint"}
LOADERS |= {"load_weights", "go_on"}


class Session:
    """One rank's part in one attempt: where it writes, and how far it came."""

    def __init__(self, attempt: Attempt, accept: str = EXACT):
        self.attempt = attempt
        # How far a checkpoint of another layout may be loaded short of exactly.
        self.accept = accept
        self.provenance = _provenance()
        self.stop = Stop(attempt.folder / "request.json")
        self.watch: Any = None
        self.revisions: dict[str, str] = {}

    def emit(self, kind: str, **fields: Any) -> None:
        if rank() == 0:
            append_event(self.attempt.folder / "events.jsonl", kind, **fields)

    def say(self, message: str) -> None:
        self.emit("notice", message=message)
        if rank() == 0:
            print(f"cdksft: {message}", flush=True)

    def end(self, cause: str, message: str = "", **more: str) -> None:
        """Whoever ends first tells the cause: what other ranks see later follows from it."""
        step = self.watch.step if self.watch else 0
        outcome = {"cause": cause, "step": step, **({"message": message} if message else {}), **more}
        write_json_once(self.attempt.folder / "outcome.json", outcome)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="cdksft_trainer train")
    for name in ("root", "run", "files"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--attempt", type=int, required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--from", type=Path, dest="begins_with")
    parser.add_argument("--accept", choices=GRADES, default=EXACT)
    given = parser.parse_args(argv)
    workspace, run, files = Workspace(given.root.resolve()), given.run.resolve(), given.files.resolve()
    begins_with = given.begins_with.resolve() if given.begins_with else None
    attempt = Attempt(workspace, run, given.attempt, given.token, files, begins_with)
    attempt.folder.mkdir(parents=True, exist_ok=True)
    session = Session(attempt, given.accept)
    session.stop.listen()
    try:
        _train(session)
        leave()
        return 0
    except Exception as error:
        cause, message = cause_of(error)
        if not isinstance(error, Mistake):
            traceback.print_exc()
        print(f"cdksft: {cause}: {message}", file=sys.stderr, flush=True)
        session.end(cause, message)
        return 1
    finally:
        session.stop.forget()


def _train(session: Session) -> None:
    job = read_job(session.attempt.files)
    check_world(job.get("world_size", 1))
    fill(job)
    trainer, before = _build(session, job)
    _run(session, trainer)
    ending = session.watch.ending
    if ending is not None:
        if rank() == 0:
            session.end(ending.cause, ending.message)
        return
    from .result import save_result

    told = {"provenance": session.provenance, "revisions": session.revisions}
    save_result(trainer, session.attempt, before, job, {**told, "versions": session.watch.facts["versions"]})
    if rank() == 0:
        shutil.rmtree(session.attempt.cache, ignore_errors=True)
        session.end("done", result=session.attempt.result.relative_to(session.attempt.run).as_posix())


def _build(session: Session, job: dict[str, Any]) -> tuple[Any, dict[str, Any] | None]:
    """The trainer, and the adapter's tensors before training (None where the whole model is trained)."""
    attempt = session.attempt
    args = sft_config(job, attempt.output, attempt.files)
    peft, quantization = peft_config(job), quantization_config(job)
    if "deepspeed" in job:
        import deepspeed

        # Before the model is loaded: ZeRO-3 would count a world of one rank.
        deepspeed.init_distributed()
    from .adapter import snapshot
    from .facts import facts
    from .learning import checked_by, rows_for
    from .loading import check_start, continues, load_model, load_tokenizer, revisions, settle
    from .training import Trainer, Watch

    if rank() == 0:
        check_start(job, attempt)
    settle(job, attempt)
    tokenizer = load_tokenizer(job, attempt, session.say)
    rows = rows_for(job, attempt, args, tokenizer, session.say)
    model = load_model(job, attempt, quantization, args, peft)
    session.revisions = revisions(job, attempt)
    if rank() == 0 and session.revisions:
        write_json(attempt.folder / "revisions.json", session.revisions)
    options = {"train_dataset": rows.train, "eval_dataset": rows.evaluation, "processing_class": tokenizer}
    options["peft_config"] = None if continues(job) else peft
    trainer = Trainer(model=model, args=args, **options)
    trained_tokens = rows.trained_tokens or checked_by(trainer, len(rows.train), session.say)
    known = facts(trainer, job, attempt, trained_tokens)
    session.watch = Watch(attempt, session.emit, session.stop, known, session.provenance)
    session.watch.follow(trainer)
    return trainer, None if peft is None else snapshot(trainer.model)


def _run(session: Session, trainer: Any) -> None:
    """Trains from the newest checkpoint that loads. Each start of the ranks is one line in the ledger."""
    from .checkpoints import newest, set_aside, step_of
    from .training import Finished

    attempt = session.attempt
    checkpoint = told_by_first(lambda: newest(attempt.output, session.say))
    if rank() == 0:
        began = {"time": time.time(), "attempt": attempt.number, "token": attempt.token, "pid": os.getpid()}
        resumed = step_of(checkpoint) if checkpoint else 0
        append_line(attempt.run / "starts.jsonl", {**began, "resumed_from": resumed}, sync=True)
    while True:
        trainer.args.eval_on_start = checkpoint is None and trainer.eval_dataset is not None
        _fit(session, trainer, checkpoint)
        try:
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
            return
        except Finished:
            return
        except Exception as error:
            if checkpoint is None or not _while_loading(error):
                raise
            if trainer.weights_only:
                # It is whole in its own layout: not taken out of the way, and nothing is trained anew in silence.
                raise Mistake("layout", *_unfit(checkpoint, error), cause="launch-failed") from error
            set_aside(checkpoint)
            problem = f"{checkpoint.name} does not load ({cause_of(error)[1]}) and is not used"
            if world_size() > 1 or trainer.is_deepspeed_enabled:
                # The ranks cannot begin anew in one process group; the next attempt takes the checkpoint before it.
                raise Mistake("checkpoint", f"{problem}.", "The next attempt uses an older one.", "unknown") from error
            session.say(f"{problem}; the one before it is tried.")
            checkpoint = newest(attempt.output, session.say)


def _fit(session: Session, trainer: Any, checkpoint: Path | None) -> None:
    """Before anything is loaded: whether this layout may go on from the checkpoint, and how."""
    if checkpoint is None:
        return
    found = accepted(checkpoint, layout_of(trainer.args), session.accept)
    trainer.weights_only = found == WEIGHTS_ONLY
    if found != EXACT:
        session.say(f"{checkpoint.name} was written in another layout: it is loaded as {found}.")


def _unfit(checkpoint: Path, error: Exception) -> tuple[str, str]:
    problem = cause_of(error)[1]
    return f"The weights of {checkpoint.name} do not load in this layout ({problem}).", "Go back to the layout before."


def _while_loading(error: Exception) -> bool:
    """Out of memory or a lost peer says nothing about the checkpoint."""
    names = {frame.name for frame in traceback.extract_tb(error.__traceback__)}
    return bool(names & LOADERS) and cause_of(error)[0] == "user-code"


def _provenance() -> dict[str, Any]:
    """Plan, commit and whether it was dirty, as the supervisor hands them on."""
    try:
        value = json.loads(os.environ.get("SFT_PROVENANCE", "{}"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}

"""
Runs a training from claim to end, on the first host of its run; every target starts it through launch.sh.

    python -m cdksft_trainer supervise --root ROOT --run RUN --files BUNDLE [--attempt N] [--from RESULT] -- COMMAND...

Exit codes: 0 done; 3 the attempt belongs to another supervisor; 7 the run failed; 64 usage; 65 the run's files cannot
be read; 143 stopped by a request or a signal.
"""

import argparse
import errno
import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import cause, secrets
from .bundle import Refused, check_hostfile, read_train, unprepared, uses
from .cause import End, plain
from .claim import Taken, claim, numbers, token_of, wait_for_earlier
from .durable import append_event, tail, write_json
from .grades import GRADES
from .mistake import Mistake
from .processes import end_descendants
from .watch import TICK_SECONDS, Stop, Watch, seconds

DONE, TAKEN, FAILED, USAGE, INVALID, STOPPED = 0, 3, 7, 64, 65, 143
LONGEST_BACKOFF_SECONDS = 300


@dataclass
class Job:
    root: Path
    run: Path
    files: Path
    command: list
    train: dict
    stop: Stop
    # As the state knows it: its newest files may name it otherwise, and tokens do not change.
    address: str
    identity: str
    provenance: dict = field(default_factory=dict)
    # Of the result that the run begins with; empty where it begins with none.
    begins_with: list = field(default_factory=list)
    accept: str = "exact"

    def token(self, attempt):
        return token_of(self.root, self.train["stack"], self.address, self.identity, attempt)

    def claim(self, attempt):
        """Takes that attempt or raises Taken. Returns its folder."""
        return claim(self.run, attempt, self.token(attempt), self.provenance, uses(self.files, self.train))

    def retries(self):
        value = self.train.get("supervise", {}).get("retries", 0)
        return value if isinstance(value, int) else 0


def say(line):
    """For a person who started launch.sh by hand; a target keeps it in a file."""
    try:
        print(f"cdksft: {line}", flush=True)
    except OSError:
        pass  # The terminal is gone, the training goes on.


def take(job, attempt):
    """Claims the attempt, or the next free one; raises Taken only for a number that was asked for."""
    if attempt:
        return attempt, job.claim(attempt)
    while True:
        attempt = max(numbers(job.run), default=0) + 1
        try:
            return attempt, job.claim(attempt)
        except Taken:
            continue


def last_step(folder):
    """The newest step that was reported; lines that a killed writer tore are passed over."""
    for line in reversed(tail(folder / "events.jsonl").splitlines()):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("kind") == "step" and isinstance(event.get("step"), int):
            return event["step"]
    return 0


def own_command(job, *arguments):
    own = [sys.executable, "-m", __package__, *arguments, "--root", str(job.root), "--files", str(job.files)]
    return own + job.begins_with


def prepare(job, folder):
    """Makes data and weights where they are missing, as for a run started by hand. None, or the end it led to."""
    missing = unprepared(job.root, job.train)
    if not missing:
        return None
    say(f"preparing {' and '.join(missing)}")
    watch = Watch(folder, job.stop)
    code = watch.run(own_command(job, "prepare"), {**os.environ, **secrets.variables(job.train)})
    if code == 0:
        return None
    log = tail(folder / "log.txt")
    for line in reversed(log.splitlines()):
        if line.startswith("{") and '"error"' in line:
            try:
                error = json.loads(line)
            except ValueError:
                continue
            why = "launch-failed" if error.get("cause") == "launch-failed" else "data"
            return End(why, plain(f"{error.get('message', '')} {error.get('fix', '')}"))
    if watch.stopped:
        return End("cancelled", "It was stopped while its data were prepared.")
    end = cause.from_log(code, log, watch.oom)
    # Not the user's code, which has not run yet: a network or a disk that may be better next time.
    return End("launch-failed", end.message) if end.cause in ("user-code", "unknown") else end


def train(job, attempt, folder):
    """One attempt from its refusals to its end."""
    try:
        check_hostfile(job.files)
    except Refused as refused:
        return End("launch-failed", plain(refused), retry=False)
    other = wait_for_earlier(job.run, attempt)
    if other:
        return End("launch-failed", plain(other), retry=False)
    failed = prepare(job, folder)
    if failed:
        return failed
    options = ["--root", str(job.root), "--run", str(job.run), "--attempt", str(attempt)]
    options += ["--token", job.token(attempt), "--files", str(job.files), *job.begins_with]
    options += ["--accept", job.accept]
    environment = {**os.environ, **secrets.variables(job.train), "SFT_PROVENANCE": json.dumps(job.provenance)}
    watch = Watch(folder, job.stop)
    code = watch.run([*job.command, *options], environment)
    return cause.decide(
        watch.outcome(),
        code,
        tail(folder / "log.txt"),
        stopped=watch.stopped,
        killed_after=watch.killed_after,
        oom=watch.oom,
    )


def prove(job, end):
    """`done` counts only with the result that it names."""
    if end.cause == "done" and not (end.result and (job.run / end.result / "result.json").exists()):
        return End("unknown", f"Rank 0 said done, but its result is not there ({end.result}/result.json).", end.step)
    return end


def once(job, attempt, folder):
    """An attempt's end, whatever happens: what goes wrong with us ends the training too, and is told like any end."""
    try:
        return prove(job, train(job, attempt, folder))
    except Mistake as mistake:
        return End(mistake.cause, plain(mistake.sentence()), retry=False)
    except OSError as error:
        end_descendants()
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return End("disk-full" if full else "launch-failed", plain(error))


def finish(folder, end, following):
    """The `end` event, then end.json, which is the last that an attempt writes."""
    fields = {"cause": end.cause, "step": end.step or last_step(folder)}
    fields |= {"message": end.message} if end.message else {}
    fields |= {"result": end.result} if end.result and end.cause == "done" else {}
    fields |= {"next": following} if following else {}
    try:
        append_event(folder / "events.jsonl", "end", **fields)
    except OSError:
        pass  # A full disk: end.json says the same, and is small enough to be worth a try.
    for _ in range(50):
        try:
            write_json(folder / "end.json", {**fields, "time": time.time()})
            return
        except OSError as error:
            say(f"cannot write {folder / 'end.json'}: {error.strerror}")
            time.sleep(TICK_SECONDS)


def back_off(job, folder, attempt, before, tries):
    """Waits before a retry. False where a stop was asked for meanwhile."""
    wait = min(seconds("SFT_BACKOFF_SECONDS", 5) * 2**tries, LONGEST_BACKOFF_SECONDS)
    message = f"attempt {attempt} follows one that ended with {before.cause}; it starts in {wait:g} s"
    append_event(folder / "events.jsonl", "notice", message=message)
    say(message)
    until = time.monotonic() + wait
    while time.monotonic() < until:
        if job.stop.hand_on(folder):
            return False
        time.sleep(TICK_SECONDS)
    return True


def supervise(job, attempt):
    """Attempts until one is done, is not worth a retry, or the retries are used up. Returns the exit code."""
    attempt, folder = take(job, attempt)
    say(f"attempt {attempt} of {job.train['run']}: events and log are in {folder}")
    go_on, tries = True, 0
    while True:
        end = once(job, attempt, folder) if go_on else End("cancelled", "It was stopped while it waited.")
        again = end.worth_retrying() and tries < job.retries() and not job.stop.asked
        finish(folder, end, attempt + 1 if again else None)
        say(f"attempt {attempt} ended: {end.cause}. {end.message}".rstrip())
        if not again:
            break
        attempt += 1
        folder = job.claim(attempt)
        go_on, tries = back_off(job, folder, attempt, end, tries), tries + 1
    if end.cause == "done":
        say(f"the result is in {job.run / end.result}")
    return {"done": DONE, "cancelled": STOPPED}.get(end.cause, FAILED)


def read_provenance():
    """What SFT_PROVENANCE says about plan and commit; nothing where it is absent or damaged."""
    try:
        value = json.loads(os.environ.get("SFT_PROVENANCE", "{}"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def read_accept():
    """How far short of exactly a checkpoint of another layout may be loaded: SFT_ACCEPT."""
    value = os.environ.get("SFT_ACCEPT") or GRADES[0]
    if value not in GRADES:
        raise Refused(f"SFT_ACCEPT is {value!r}; it is one of {', '.join(GRADES)}.")
    return value


def main(arguments):
    split = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(prog="cdksft_trainer supervise", add_help=False)
    parser.add_argument("--root", required=True)
    parser.add_argument("--run", required=True)
    parser.add_argument("--files", required=True)
    parser.add_argument("--attempt", type=int)
    parser.add_argument("--from", dest="begins_with")
    try:
        given = parser.parse_args(arguments[:split])
    except SystemExit:
        return USAGE
    command = arguments[split + 1 :]
    if not command or (given.attempt is not None and given.attempt < 1):
        say("no command after --, or an attempt below 1")
        return USAGE
    try:
        files = Path(given.files).resolve()
        train = read_train(files)
        job = Job(
            root=Path(given.root).resolve(),
            run=Path(given.run).resolve(),
            files=files,
            command=command,
            train=train,
            stop=Stop(),
            address=os.environ.get("SFT_ADDRESS") or train["run"],
            identity=os.environ.get("SFT_IDENTITY") or train["identity"],
            provenance=read_provenance(),
            begins_with=["--from", str(Path(given.begins_with).resolve())] if given.begins_with else [],
            accept=read_accept(),
        )
    except Refused as refused:
        say(str(refused))
        return INVALID
    try:
        return supervise(job, given.attempt)
    except Taken as taken:
        say(f"attempt {taken} is taken by another supervisor")
        return TAKEN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

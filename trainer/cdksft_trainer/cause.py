"""
Why an attempt ended. Rank 0's outcome.json is the proof; an exit code of 0 is none, since DeepSpeed's runner exits
with 0 when the process that it waited for was killed. Names are those of lib/base/events.ts.
"""

import re
import signal
from dataclasses import dataclass

CAUSES = frozenset(
    "done cancelled user-code out-of-memory nan-loss no-trained-tokens empty-adapter data disk-full killed node-lost "
    "preempted nccl-timeout time-limit stalled launch-failed unknown".split()
)
OWN_FAULT = frozenset("user-code out-of-memory nan-loss no-trained-tokens empty-adapter data".split())
FINAL = OWN_FAULT | {"done", "cancelled", "time-limit"}
MOST = 2000

# First match wins: what ran out comes before what followed from it on the other ranks.
SIGNS = (
    ("disk-full", re.compile(r"No space left on device|Disk quota exceeded|\[Errno 28\]")),
    (
        "out-of-memory",
        re.compile(r"out of memory|OutOfMemoryError|can't allocate memory|^(?:.*: )?MemoryError", re.I | re.M),
    ),
    (
        "nccl-timeout",
        re.compile(r"collective operation timeout|NCCL[^\n]{0,200}(?:timed out|time-?out)", re.I),
    ),
    ("killed", re.compile(r"exitcode\s*:\s*-9\b|return code = -9\b|Signal 9 \(SIGKILL\)")),
)
# What launchers raise about a rank that failed: true, but not the reason.
LAUNCHER_ERRORS = ("ChildFailedError", "CalledProcessError", "SignalException")
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.")
# C0, DEL and C1; marks that reorder text on a screen.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
RANK = re.compile(r"^\[rank\d+\]:\s?|^\[default\d+\]:\s?|^[\w.-]+: (?=Traceback |\s|\w+Error)")


@dataclass
class End:
    cause: str
    message: str = ""
    step: int = 0
    result: str = ""
    # False: this very start was refused, and would be refused again.
    retry: bool = True

    def worth_retrying(self):
        return self.retry and self.cause not in FINAL


def plain(text):
    """One line without control characters, short enough for a screen and a state file."""
    text = CONTROLS.sub(" ", ESCAPES.sub("", str(text))).strip()
    return text if len(text) <= MOST else text[: MOST - 1] + "…"


def signal_of(code):
    """
    The signal behind an exit code, or None. A shell says 128 + n; DeepSpeed's launcher hands on Python's -n, which
    arrives as 256 - n.
    """
    number = -code if code < 0 else 256 - code if code >= 224 else code - 128
    return number if 0 < number <= 31 and (code < 0 or code > 128) else None


def last_error(log):
    """The line that says most about a failure: the end of the last traceback, else the last line."""
    lines = [RANK.sub("", ESCAPES.sub("", line)).rstrip() for line in log.splitlines()]
    found, inside = "", False
    for line in lines:
        if line.startswith("Traceback (most recent call last)"):
            inside = True
        elif inside and re.match(r"[A-Za-z_][\w.]*(:|$)", line):
            inside = False
            if not line.split(":")[0].endswith(LAUNCHER_ERRORS):
                found = line
    return found or next((line.strip() for line in reversed(lines) if line.strip()), "")


def _of_signal(number, oom):
    name = signal.Signals(number).name if number in signal.Signals._value2member_map_ else f"signal {number}"
    if number == signal.SIGKILL and oom:
        return End("out-of-memory", "The kernel ended the training since the memory of this host or its limit ran out.")
    if number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        return End("killed", f"The training was ended by {name}, which we did not send.")
    return End("unknown", f"The training crashed with {name}.")


def from_outcome(outcome):
    """The end that rank 0 wrote down, or None where that file says nothing we know."""
    if not isinstance(outcome, dict) or outcome.get("cause") not in CAUSES:
        return None
    step = outcome.get("step")
    return End(
        outcome["cause"],
        plain(outcome.get("message", "")),
        step if isinstance(step, int) else 0,
        plain(outcome.get("result", "")),
    )


def from_log(code, log, oom=False):
    """The end of a training that left no outcome."""
    if code == 0:
        return End("unknown", "The command ended with exit code 0, but without rank 0's outcome that is no proof.")
    for cause, sign in SIGNS:
        line = sign.search(log)
        if line:
            start = log.rfind("\n", 0, line.start()) + 1
            end = log.find("\n", line.end())
            text = plain(RANK.sub("", log[start : end if end >= 0 else len(log)]))
            return _of_signal(9, oom) if cause == "killed" else End(cause, text)
    number = signal_of(code)
    if number:
        return _of_signal(number, oom)
    if code in (126, 127) and "Traceback" not in log:
        return End("launch-failed", plain(last_error(log)) or f"The command could not be started (exit code {code}).")
    return End("user-code", plain(last_error(log)) or f"The training ended with exit code {code} and said nothing.")


def decide(outcome, code, log, *, stopped=False, killed_after=None, oom=False):
    """All together. `stopped`: a stop was asked for; `killed_after`: seconds of grace after which we killed it."""
    end = from_outcome(outcome)
    if end:
        return end
    if killed_after is not None:
        return End("cancelled", f"It did not stop within {killed_after:g} s and was killed, without a checkpoint.")
    end = from_log(code, log, oom)
    if stopped:
        return End("cancelled", plain(f"It was asked to stop, and ended without an outcome. {end.message}"))
    return end

"""What a person can mend, and how an attempt ended. One message each, with what to do."""

import errno
import re

LINE = 400


class Mistake(Exception):
    """A user's mistake or a failure that we understand: `cause` is one of lib/base/events.ts."""

    def __init__(self, id: str, message: str, fix: str, cause: str = "user-code"):
        super().__init__(message)
        self.id = id
        self.message = message
        self.fix = fix
        self.cause = cause

    def sentence(self) -> str:
        return f"{self.message} {self.fix}".strip()


MEMORY = re.compile(r"out of memory|can't allocate memory|not enough memory|std::bad_alloc", re.I)
DISK = re.compile(r"no space left on device|disk quota exceeded|PytorchStreamWriter failed writing|os error 28", re.I)
PEER = re.compile(r"connection (closed|reset|refused)|broken pipe|remote process exited", re.I)
HUB = re.compile(r"couldn't connect to|name resolution|name or service not known|max retries exceeded", re.I)
TIMEOUT = re.compile(r"watchdog|collective operation timeout|timed out .*(waiting|allreduce|collective)", re.I)


def first_line(error: BaseException) -> str:
    text = str(error).strip().split("\n", 1)[0].strip()
    text = "".join(c for c in text if c.isprintable())
    return f"{type(error).__name__}: {text}"[:LINE] if text else type(error).__name__


def cause_of(error: BaseException) -> tuple[str, str]:
    """Cause and one line for a person. The order matters: a full disk looks like a torch error."""
    if isinstance(error, Mistake):
        return error.cause, error.sentence()
    text = str(error)
    line = first_line(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT) or DISK.search(text):
        return "disk-full", f"The disk is full ({line}). Free some space, or keep fewer checkpoints."
    if isinstance(error, MemoryError) or MEMORY.search(text):
        fix = "Take a smaller micro-batch or a shorter maxLength, or turn gradient checkpointing on."
        return "out-of-memory", f"Out of memory ({line}). {fix}"
    if TIMEOUT.search(text):
        return "nccl-timeout", f"A collective operation of the ranks timed out ({line})."
    if isinstance(error, ConnectionError) or PEER.search(text):
        return "node-lost", f"Another rank or host went away ({line})."
    if HUB.search(text):
        return "unknown", f"The Hub cannot be reached ({line})."
    return "user-code", line

"""The guard ends the whole tree, whatever reaches it in the meantime."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

# A child that minds no SIGTERM, in a session of its own: neither a parent's death nor a terminal ends it.
STUBBORN = (
    "import os, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.setsid();"
    "open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
)
COMMAND = (
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', sys.argv[1], sys.argv[2]]); time.sleep(60)"
)


def begin(pid_file: Path) -> tuple[subprocess.Popen, int]:
    words = [sys.executable, "-m", "cdksft_trainer.guard", "--", sys.executable, "-c", COMMAND, STUBBORN, str(pid_file)]
    guard = subprocess.Popen(words, stdin=subprocess.PIPE)
    until = time.monotonic() + 30
    while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    return guard, int(pid_file.read_text())


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_a_second_signal_does_not_stop_it_from_ending_the_tree(tmp_path: Path, first: signal.Signals) -> None:
    guard, child = begin(tmp_path / "pid")
    try:
        guard.send_signal(first)
        time.sleep(0.3)
        guard.send_signal(signal.SIGTERM)
        guard.send_signal(signal.SIGINT)
        assert guard.wait(30) == 128 + first
        assert not lives(child)
    finally:
        for pid in (guard.pid, child):
            if lives(pid):
                os.kill(pid, signal.SIGKILL)

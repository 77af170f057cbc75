"""
Runs one command and lets none of its processes outlive whoever asked for it.

    python -m cdksft_trainer.guard -- COMMAND...

Our standard input is a pipe that the asker holds open. Its end means that the asker is dead, even by kill -9: the
whole tree is killed. Launchers (torchrun, DeepSpeed's) start workers that a parent-death signal alone would miss; as
their subreaper we stay an ancestor of all of them. Exit code: the command's, or 128 + n where signal n ended it.
"""

import os
import signal
import subprocess
import sys
import threading

from . import processes

# What a launcher left behind gets this long to end by itself.
LEFT_BEHIND_SECONDS = 5.0


ASKING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Asked(Exception):
    """Somebody sent us one of these signals: the command is no longer wanted."""


def _end_when_alone():
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    processes.end_descendants()
    os._exit(137)


def _asked(number, _frame):
    # A terminal's Ctrl-C reaches us and our asker, who then sends SIGTERM: that must not stop us from ending the tree.
    for other in ASKING:
        signal.signal(other, signal.SIG_IGN)
    raise Asked(number)


def _wait(pid):
    """Waits for the command, and takes in the orphans that end meanwhile."""
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def main(arguments):
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("usage: python -m cdksft_trainer.guard -- COMMAND...", file=sys.stderr)
        return 64
    processes.adopt_orphans()
    for number in ASKING:
        # A supervisor ignores SIGHUP, and so does what it starts.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _asked)
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=processes.dies_with_parent(),
        )
    except OSError as error:
        print(f"cdksft: cannot start {command[0]}: {error.strerror}", file=sys.stderr, flush=True)
        return 127
    threading.Thread(target=_end_when_alone, daemon=True).start()
    try:
        code = _wait(child.pid)
    except Asked as asked:
        processes.end_descendants(LEFT_BEHIND_SECONDS)
        code = 128 + asked.args[0]
    left = processes.end_descendants(LEFT_BEHIND_SECONDS) if processes.descendants(os.getpid()) else 0
    if left:
        print(f"cdksft: the command ended but left {left} processes, which were ended too", file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    # Not sys.exit: Popen's destructor would complain about a child whose status we took ourselves.
    os._exit(status)

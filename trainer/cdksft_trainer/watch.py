"""Runs one command of an attempt under the guard, and watches it: samples, stop requests, grace, its end."""

import os
import signal
import socket
import subprocess
import sys
import time

from . import processes
from .durable import append_event, read_json, write_json

TICK_SECONDS = 0.1


def seconds(name, default):
    """A number of seconds from the environment; nonsense counts as absent."""
    try:
        value = float(os.environ.get(name, default))
    except ValueError:
        return float(default)
    return value if value >= 0 else float(default)


class Stop:
    """
    What signals ask for: SIGTERM, SIGUSR1 and the first Ctrl-C stop at the next step's end with a checkpoint, the
    second Ctrl-C stops now. Handlers only set flags. The request reaches the ranks as a file and not as a signal,
    since torchrun and DeepSpeed's launcher kill their ranks when they are signalled.
    """

    def __init__(self):
        self.asked = False
        self.now = False
        for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT):
            signal.signal(number, self._on_signal)
        # The terminal that started us may close: nobody asked for a stop.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _on_signal(self, number, _frame):
        self.now = self.now or (self.asked and number == signal.SIGINT)
        self.asked = True

    def hand_on(self, folder):
        """Writes the request that the ranks read, and says whether there is one, ours or another's."""
        path = folder / "request.json"
        if self.asked and not path.exists():
            write_json(path, {"do": "stop", "save": True})
        return path.exists()


class Sampler:
    """Memory and CPU of the tree, every few seconds, as events; also the sign that this supervisor lives."""

    def __init__(self, events, every):
        self.events, self.every = events, every
        self.last = (time.monotonic(), 0.0)
        self.due = self.last[0] + min(every, 1.0)

    def look(self, pid):
        now = time.monotonic()
        if now < self.due:
            return
        memory, cpu = processes.usage([pid, *processes.descendants(pid)])
        before, used = self.last
        share = max(0.0, cpu - used) / max(now - before, 1e-9)
        self.last, self.due = (now, cpu), now + self.every
        try:
            append_event(self.events, "sample", memory_bytes=memory, cpu=round(share, 3))
        except OSError:
            pass  # A full disk ends the training by itself; a missing sample need not.


class Watch:
    """How one command went: its exit code, whether a stop was asked, and the grace after which we killed it."""

    def __init__(self, attempt, stop):
        self.attempt, self.stop = attempt, stop
        self.grace = seconds("SFT_GRACE_SECONDS", 120)
        self.stopped = False
        self.killed_after = None
        self.oom = False

    def run(self, command, environment):
        """Starts the command with its output in log.txt and returns its exit code once its whole tree is gone."""
        kills = processes.oom_kills()
        sampler = Sampler(self.attempt / "events.jsonl", seconds("SFT_SAMPLE_SECONDS", 5))
        with open(self.attempt / "log.txt", "ab") as log:
            guard = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.guard", "--", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        record = {"pid": guard.pid, "pid_start": processes.start_of(guard.pid)}
        record |= {"host": socket.gethostname(), "boot_id": processes.boot_id()}
        write_json(self.attempt / "guard.json", record)
        self._until_end(guard, sampler)
        processes.end_descendants()
        self.oom = processes.oom_kills() > kills
        return guard.returncode

    def _until_end(self, guard, sampler):
        since = None
        while guard.poll() is None:
            sampler.look(guard.pid)
            self.stopped = self.stop.hand_on(self.attempt) or self.stopped
            # A training whose outcome is written but that hangs in its teardown gets the same grace.
            if since is None and (self.stopped or (self.attempt / "outcome.json").exists()):
                since = time.monotonic()
            if self.stop.now or (since is not None and time.monotonic() - since > self.grace):
                self.killed_after = 0.0 if self.stop.now else self.grace
                processes.end_descendants()
                guard.wait()
                return
            time.sleep(TICK_SECONDS)

    def outcome(self):
        return read_json(self.attempt / "outcome.json")

"""
Process trees: who descends from whom, what they use, and how none of them is forgotten.

Linux is read from /proc. Elsewhere psutil does it where it can be imported; without it only direct children are known.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LINUX = sys.platform.startswith("linux") and Path("/proc/self/stat").exists()
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def _stat(pid):
    """Fields of /proc/<pid>/stat from the state (field 3) on; None where the process is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The command's name is in parentheses and may hold blanks and parentheses itself.
    return text[text.rfind(")") + 2 :].split()


def start_of(pid):
    """When a process began, in a form to compare: a pid alone may have been given to another process since."""
    if LINUX:
        fields = _stat(pid)
        return int(fields[19]) if fields and fields[0] not in "ZX" else None
    environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, env=environment)
    return "_".join(shown.stdout.split()) or None


def boot_id():
    """Tells one start of the kernel from the next; empty where the system has no such thing."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def descendants(pid):
    """All living processes below `pid`, not itself; zombies are dead."""
    if not LINUX:
        try:
            import psutil

            return [child.pid for child in psutil.Process(pid).children(recursive=True)]
        except Exception:  # No psutil, or the process is gone: nothing can be said.
            return []
    children = {}
    for name in os.listdir("/proc"):
        fields = _stat(name) if name.isdigit() else None
        if fields and fields[0] not in "ZX":
            children.setdefault(int(fields[1]), []).append(int(name))
    found, waiting = [], [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def usage(pids):
    """Resident bytes and CPU seconds so far, summed over the processes that still live."""
    if not LINUX:
        return 0, 0.0
    page, ticks = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
    memory, cpu = 0, 0.0
    for pid in pids:
        fields = _stat(pid)
        if fields:
            memory += int(fields[21]) * page
            cpu += (int(fields[11]) + int(fields[12])) / ticks
    return memory, cpu


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            pass


def end_descendants(patience=0.0, least=10.0):
    """
    Ends all that descends from this process: SIGTERM and `patience` seconds first where asked, then SIGKILL until
    none is left. Processes may be born while we look, so we look again. Returns how many were found at first.
    """
    me = os.getpid()
    found = descendants(me)
    if patience:
        send(found, signal.SIGTERM)
        until = time.monotonic() + patience
        while descendants(me) and time.monotonic() < until:
            reap()
            time.sleep(0.05)
    until = time.monotonic() + least
    while time.monotonic() < until:
        left = descendants(me)
        if not left:
            break
        send(left, signal.SIGKILL)
        reap()
        time.sleep(0.02)
    return len(found)


def reap():
    """Takes the status of children that ended, so that they do not stay as zombies."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _prctl(option, value):
    if LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def adopt_orphans():
    """Makes orphans below us our children (Linux only), so that a worker whose launcher died is still found."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def dies_with_parent():
    """
    For `preexec_fn`: the child is killed when its parent dies. Linux only; elsewhere the guard's pipe alone holds,
    so that killing supervisor and guard in one moment leaves the training alone there.
    """
    parent = os.getpid()

    def prepare():
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # It died before the line above.
            os._exit(1)

    return prepare


def oom_kills():
    """How often the kernel has killed for want of memory: in our cgroup where it counts, else on the whole host."""
    try:
        group = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()[-1].split(":", 2)[2]
        for path in (Path("/sys/fs/cgroup") / group.lstrip("/") / "memory.events", Path("/proc/vmstat")):
            if path.exists():
                lines = path.read_text(encoding="utf-8").splitlines()
                counts = [line.split()[1] for line in lines if line.startswith("oom_kill ")]
                if counts:
                    return int(counts[0])
    except (OSError, ValueError, IndexError):
        pass
    return 0

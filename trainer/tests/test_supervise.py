"""The supervisor with real processes; the training is a few lines of Python, without torch."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cdksft_trainer import claim, processes

PACKAGE_PARENT = str(Path(claim.__file__).parents[1])
IDENTITY = "a" * 64
# What each training below can use: the options that the supervisor appended, and rank 0's duties.
PRELUDE = """
import json, os, sys, time
from pathlib import Path
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
run = Path(options["--run"]); attempt = run / "attempts" / options["--attempt"]
def step(number):
    with open(attempt / "events.jsonl", "a") as file:
        file.write(json.dumps({"kind": "step", "time": time.time(), "step": number}) + "\\n")
def done(number=2):
    (run / "output" / "result").mkdir(parents=True, exist_ok=True)
    (run / "output" / "result" / "result.json").write_text("{}")
    outcome("done", number, result="output/result")
def outcome(cause, number, **more):
    (attempt / "outcome.json").write_text(json.dumps({"cause": cause, "step": number, **more}))
def wait_for_request():
    while not (attempt / "request.json").exists():
        time.sleep(0.02)
"""


class Case:
    """A workspace with one run's files, and supervisors started on it."""

    def __init__(self, folder, retries=0):
        self.root, self.files = folder / "root", folder / "bundle"
        self.run = self.root / "runs" / "sft--aaaaaaaaaaaa"
        self.files.mkdir(parents=True)
        train = {"format": 1, "stack": "s", "run": "sft", "identity": IDENTITY, "supervise": {"retries": retries}}
        (self.files / "train.json").write_text(json.dumps(train))

    def start(self, training, attempt=1, **environment):
        script = self.files / "training.py"
        script.write_text(PRELUDE + training)
        options = ["--root", str(self.root), "--run", str(self.run), "--files", str(self.files)]
        options += ["--attempt", str(attempt)] if attempt else []
        return subprocess.Popen(
            [sys.executable, "-m", "cdksft_trainer.supervise", *options, "--", sys.executable, str(script)],
            env={**os.environ, "PYTHONPATH": PACKAGE_PARENT, "SFT_BACKOFF_SECONDS": "0.05", **environment},
            stdout=subprocess.PIPE,
            text=True,
        )

    def finish(self, training, **environment):
        process = self.start(training, **environment)
        process.communicate(timeout=20)
        return process.returncode

    def end(self, attempt=1):
        return json.loads((self.run / "attempts" / str(attempt) / "end.json").read_text())

    def events(self, attempt=1):
        lines = (self.run / "attempts" / str(attempt) / "events.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def await_file(self, name, attempt=1):
        path = self.run / "attempts" / str(attempt) / name
        until = time.monotonic() + 10
        while not path.exists() or not path.stat().st_size:
            assert time.monotonic() < until, f"{name} did not come"
            time.sleep(0.02)
        return path


@pytest.fixture
def case(tmp_path):
    return Case(tmp_path)


def gone(pid, patience=5.0):
    until = time.monotonic() + patience
    while processes.start_of(pid) is not None:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_done_is_told_three_times(case):
    assert case.finish("step(1); step(2); done()", SFT_PROVENANCE='{"plan": "p"}') == 0
    end = case.end()
    assert (end["cause"], end["step"], end["result"]) == ("done", 2, "output/result")
    assert case.events()[-1]["kind"] == "end"
    record = json.loads((case.run / "attempts/1/claim.json").read_text())
    token = hashlib.sha256(f"{case.root.resolve()}\ns/sft\n{IDENTITY}\n1".encode()).hexdigest()
    assert record["token"] == token and record["provenance"] == {"plan": "p"} and record["pid_start"]


def test_the_training_gets_its_options_and_provenance(case):
    case.finish("print(json.dumps([options, os.environ['SFT_PROVENANCE']])); done()", SFT_PROVENANCE='{"plan": "p"}')
    options, provenance = json.loads((case.run / "attempts/1/log.txt").read_text())
    assert options["--attempt"] == "1" and options["--files"] == str(case.files) and options["--root"] == str(case.root)
    assert len(options["--token"]) == 64 and json.loads(provenance) == {"plan": "p"}


def test_one_of_twenty_starters_wins(case):
    starters = [case.start("open(run / 'starts', 'a').write('x'); time.sleep(0.3); done()") for _ in range(20)]
    codes = sorted(starter.wait(timeout=30) or starter.stdout.close() or starter.returncode for starter in starters)
    assert codes == [0] + [3] * 19
    assert (case.run / "starts").read_text() == "x"


def test_without_a_number_the_next_free_one_is_taken(case):
    assert case.finish("done()", attempt=None) == 0 and case.finish("done()", attempt=None) == 0
    assert claim.numbers(case.run) == [1, 2]


def test_exit_0_is_no_proof(case):
    assert case.finish("step(7)") == 7
    assert case.end()["cause"] == "unknown" and "no proof" in case.end()["message"] and case.end()["step"] == 7


def test_done_without_its_result_is_no_proof(case):
    assert case.finish("outcome('done', 3, result='output/result')") == 7
    assert case.end()["cause"] == "unknown" and "result.json" in case.end()["message"]


def test_outcome_counts_more_than_the_exit_code(case):
    assert case.finish("outcome('nan-loss', 4, message='loss is nan\\x1b[31m'); sys.exit(1)") == 7
    assert case.end()["cause"] == "nan-loss" and case.end()["message"] == "loss is nan"


def test_the_last_line_of_a_traceback(case):
    training = "def f():\n    raise ValueError('no column \\x1b[31m\\x07instruction' + 'x' * 5000)\nf()"
    assert case.finish(training) == 7
    end = case.end()
    assert end["cause"] == "user-code" and end["message"].startswith("ValueError: no column")
    assert len(end["message"]) <= 2000 and not any(ord(character) < 32 for character in end["message"])


@pytest.mark.parametrize(
    ("training", "cause"),
    [
        ("raise OSError(28, 'No space left on device')", "disk-full"),
        ("print('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB'); sys.exit(1)", "out-of-memory"),
        ("print('[rank0] Watchdog caught collective operation timeout: WorkNCCL'); os.abort()", "nccl-timeout"),
        ("print('  exitcode  : -9 (pid: 12)'); sys.exit(1)", "killed"),
        ("sys.exit(247)", "killed"),
        ("sys.exit(137)", "killed"),
        ("os.kill(os.getpid(), 11)", "unknown"),
        ("print('bad flag'); sys.exit(2)", "user-code"),
    ],
)
def test_causes(case, training, cause):
    assert case.finish(training) == 7
    assert case.end()["cause"] == cause


def test_kill_9_of_the_training(case):
    process = case.start("(attempt / 'pid').write_text(str(os.getpid())); step(1); time.sleep(60)")
    case.await_file("pid")
    os.kill(int((case.run / "attempts/1/pid").read_text()), signal.SIGKILL)
    process.communicate(timeout=10)
    assert process.returncode == 7 and case.end()["cause"] == "killed"


def test_retry_then_success(tmp_path):
    case = Case(tmp_path, retries=2)
    assert case.finish("os.kill(os.getpid(), 9) if options['--attempt'] == '1' else done()") == 0
    assert case.end(1)["cause"] == "killed" and case.end(1)["next"] == 2
    assert case.end(2)["cause"] == "done" and "next" not in case.end(2)
    notices = [event["message"] for event in case.events(2) if event["kind"] == "notice"]
    assert "follows one that ended with killed" in notices[0]


def test_retries_run_out_and_own_faults_get_none(tmp_path):
    (tmp_path / "a").mkdir()
    killed, fault = Case(tmp_path / "a", retries=2), Case(tmp_path / "b", retries=2)
    assert killed.finish("os.kill(os.getpid(), 9)") == 7 and claim.numbers(killed.run) == [1, 2, 3]
    assert fault.finish("raise ValueError('mine')") == 7 and claim.numbers(fault.run) == [1]


def test_a_signal_becomes_a_request_and_the_training_saves(case):
    process = case.start("step(1); wait_for_request(); outcome('cancelled', 5)")
    case.await_file("events.jsonl")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert json.loads((case.run / "attempts/1/request.json").read_text()) == {"do": "stop", "save": True}
    assert process.returncode == 143 and (case.end()["cause"], case.end()["step"]) == ("cancelled", 5)


def test_grace_kills_the_whole_tree(case):
    training = """
import subprocess
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
(attempt / "pids").write_text(f"{os.getpid()} {child.pid}"); step(1); time.sleep(60)"""
    process = case.start(training, SFT_GRACE_SECONDS="0.3")
    case.await_file("pids")
    (case.run / "attempts/1/request.json").write_text('{"do": "stop", "save": false}')
    process.communicate(timeout=10)
    assert process.returncode == 143 and case.end()["cause"] == "cancelled" and "0.3 s" in case.end()["message"]
    assert all(gone(int(pid)) for pid in (case.run / "attempts/1/pids").read_text().split())


ORPHANS = """
import subprocess
worker = "import time; time.sleep(60)"
quiet = "stdout=subprocess.DEVNULL, start_new_session=True"
launcher = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {worker!r}], {quiet}).pid)"
shown = subprocess.run([sys.executable, "-c", launcher], stdout=subprocess.PIPE, text=True)
(attempt / "pids").write_text(f"{os.getpid()} {shown.stdout.strip()}"); step(1)
"""


@pytest.mark.skipif(not processes.LINUX, reason="orphans are adopted on Linux only")
def test_no_orphan_after_kill_9_of_the_supervisor(case):
    process = case.start(ORPHANS + "time.sleep(60)")
    case.await_file("pids")
    process.kill()
    process.communicate()
    assert all(gone(int(pid)) for pid in (case.run / "attempts/1/pids").read_text().split())
    # The next attempt starts by itself, once the tree of the lost one is gone.
    assert case.finish("done()", attempt=2) == 0


@pytest.mark.skipif(not processes.LINUX, reason="orphans are adopted on Linux only")
def test_workers_that_a_launcher_left_are_ended(case):
    assert case.finish(ORPHANS) == 7
    assert all(gone(int(pid)) for pid in (case.run / "attempts/1/pids").read_text().split())
    assert "left 1 processes" in (case.run / "attempts/1/log.txt").read_text()


def test_a_second_attempt_beside_a_running_one_is_refused(case):
    first = case.start("step(1); wait_for_request(); outcome('cancelled', 1)")
    case.await_file("events.jsonl")
    assert case.finish("done()", attempt=2) == 7
    assert case.end(2)["cause"] == "launch-failed" and "attempt 1" in case.end(2)["message"]
    first.send_signal(signal.SIGUSR1)
    first.communicate(timeout=10)
    assert first.returncode == 143


@pytest.mark.parametrize("content", [None, b"", b"other slots=8\n"])
def test_a_hostfile_that_is_not_the_planned_one(case, content):
    planned = b"h1 slots=8\nh2 slots=8\n"
    listed = {"path": "hostfile", "bytes": len(planned), "sha256": hashlib.sha256(planned).hexdigest()}
    (case.files / "files.json").write_text(json.dumps({"files": [listed]}))
    if content is not None:
        (case.files / "hostfile").write_bytes(content)
    assert case.finish("done()") == 7
    assert case.end()["cause"] == "launch-failed" and "hostfile" in case.end()["message"]
    (case.files / "hostfile").write_bytes(planned)
    assert case.finish("done()", attempt=2) == 0


def test_files_that_cannot_be_read(case):
    (case.files / "train.json").write_text("{")
    assert case.finish("done()") == 65
    assert not case.run.exists()


def test_how_far_a_checkpoint_may_load_is_handed_on_to_each_attempt(tmp_path):
    """By the plan, through the environment; a retry of our own is under the same permission."""
    case = Case(tmp_path, retries=1)
    training = """
(attempt / "accept").write_text(options["--accept"])
if options["--attempt"] == "1":
    os.kill(os.getpid(), 9)
done()
"""
    assert case.finish(training, SFT_ACCEPT="weights-only") == 0
    assert [(case.run / "attempts" / n / "accept").read_text() for n in "12"] == ["weights-only"] * 2
    assert Case(tmp_path / "default").finish("assert options['--accept'] == 'exact'\ndone()") == 0
    wrong = Case(tmp_path / "wrong")
    assert wrong.finish("done()", SFT_ACCEPT="impossible") == 65
    assert not wrong.run.exists(), "no attempt is claimed"

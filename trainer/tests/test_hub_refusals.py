"""A server in the Hub's place that refuses, fails, or is none: one message, what to do, and nothing half-written."""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

TOLD = {
    "401": ("there is no such dataset, or it is private (401)", "token"),
    "403": ("the token that is set may not read it (403)", "token"),
    "403 GatedRepo": ("it is gated", "Ask for access at"),
    "404": ("there is no such dataset, or it is private (404)", "Correct the id"),
    "404 RevisionNotFound": ("it has no revision v9", "branch, tag or commit"),
    "429": ("the Hub asks to wait (429)", "in some minutes"),
    "500": ("the Hub fails (500)", "later"),
    "200": ("is no Hub", "HF_ENDPOINT"),
    "silent": ("does not answer", "network"),
}


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def _answer(self):
        status, _, code = self.server.answer.partition(" ")
        if status == "silent":
            return self.server.ended.wait(60)
        self.send_response(int(status))
        if code:
            self.send_header("X-Error-Code", code)
        body = b"<html>who are you?</html>"
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_GET = do_HEAD = _answer


@contextmanager
def hub(answer):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answer, server.ended = answer, threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()


def run(endpoint, home, words):
    own = {"HF_ENDPOINT": endpoint, "HF_HOME": str(home / "hf"), "HF_HUB_OFFLINE": "0", "NO_PROXY": "*"}
    return subprocess.run([sys.executable, *words], env={**os.environ, **own}, capture_output=True, text=True, timeout=300)


def test_what_the_hub_answers_is_told(tmp_path):
    """All answers in one process: the library takes a second to import."""
    with_servers = """
import json, sys
from huggingface_hub import constants
from cdksft_trainer.hub import why_not
for line in sys.stdin:
    answer, endpoint = json.loads(line)
    constants.ENDPOINT = endpoint
    print(json.dumps([answer, why_not("dataset", "org/rows", "v9", seconds=3)]), flush=True)
"""
    environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "0", "NO_PROXY": "*"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", with_servers], env=environment, **pipes) as asker:
        for answer, (what, fix) in TOLD.items():
            with hub(answer) as endpoint:
                asker.stdin.write(json.dumps([answer, endpoint]) + "\n")
                asker.stdin.flush()
                told = json.loads(asker.stdout.readline())
            assert told[0] == answer
            assert what in told[1][0] and fix in told[1][1], told
        asker.stdin.close()


@pytest.mark.parametrize("answer", ["404", "200"])
def test_a_dataset_that_cannot_be_had_leaves_nothing(answer, tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    data = {"source": "hub", "id": "org/rows", "key": "ab" * 32, "seed": 1, "split": "train", "format": "alpaca"}
    job = {"format": 1, "model": {"source": "hub", "id": "org/base"}, "data": data}
    (files / "train.json").write_text(json.dumps(job))
    options = ["--root", str(tmp_path / "root"), "--files", str(files), "--only", "data"]
    began = time.monotonic()
    with hub(answer) as endpoint:
        ran = run(endpoint, tmp_path, ["-m", "cdksft_trainer", "prepare", *options])
    assert ran.returncode == 65, ran.stderr
    error = json.loads(ran.stdout.splitlines()[-1])
    assert error["id"] == "data-hub" and TOLD[answer][0] in error["message"], error
    assert time.monotonic() - began < 120
    assert not (tmp_path / "root" / "data").exists() or not any((tmp_path / "root" / "data").iterdir())


def test_a_model_that_cannot_be_had_is_told(bench, tmp_path):
    files = bench.bundle("refused", model={"source": "hub", "id": "org/base", "dtype": "float32"})
    run_folder = tmp_path / "run"
    options = ["--root", bench.root, "--run", run_folder, "--files", files, "--attempt", "1", "--token", "t"]
    with hub("404") as endpoint:
        ran = run(endpoint, tmp_path, ["-m", "cdksft_trainer", "train", *map(str, options)])
    assert ran.returncode == 1
    outcome = json.loads((run_folder / "attempts/1/outcome.json").read_text())
    assert outcome["message"].startswith("org/base cannot be read from the Hub: there is no such model"), outcome

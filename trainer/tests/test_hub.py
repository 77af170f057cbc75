"""A server in the Hub's place: which commits an attempt has read is written down, by name and by pin."""

import json
import os
import subprocess
import sys
import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

MODEL, DATASET = "1" * 40, "2" * 40


class Handler(BaseHTTPRequestHandler):
    """As much of the Hub as its client asks for to load a model by name."""

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self._answer(body=False)

    def do_GET(self):
        self._answer(body=True)

    def _answer(self, body):
        path = self.path.split("?")[0]
        if path.startswith("/api/datasets/org/rows/revision/"):
            return self._send(json.dumps({"id": "org/rows", "sha": DATASET}).encode(), body)
        if "/tree/" in path:
            return self._send(b"[]", body)
        if path.startswith("/api/models/org/base"):
            return self._send(json.dumps({"id": "org/base", "sha": MODEL, "siblings": []}).encode(), body)
        _, _, file = path.partition("/resolve/")
        found = self.server.folder / file.partition("/")[2]
        if "/org/base/" in path and file and found.is_file():
            return self._send(found.read_bytes(), body)
        self.send_response(404)
        self.send_header("X-Error-Code", "EntryNotFound")
        self.send_header("X-Repo-Commit", MODEL)
        self.end_headers()

    def _send(self, content, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{sha256(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", MODEL)
        self.end_headers()
        if body:
            self.wfile.write(content)


@pytest.fixture
def hub(bench):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.folder = bench.weights
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def python(hub, home, code):
    own = {"HF_ENDPOINT": hub, "HF_HOME": str(home), "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1", "NO_PROXY": "*"}
    environment = {**os.environ, **own}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip().splitlines()[-1]


def test_a_branch_is_a_commit_before_it_is_read(hub, tmp_path):
    ask = "from cdksft_trainer.hub import commit_of; print"
    code = f"{ask}(commit_of('dataset', 'org/rows', 'main'), commit_of('model', 'org/base', None))"
    assert python(hub, tmp_path, code) == f"{DATASET} {MODEL}"
    code = f"{ask}(commit_of('dataset', 'org/none', 'v1'), commit_of('model', 'x', '{'3' * 40}'))"
    assert python(hub, tmp_path, code) == f"None {'3' * 40}"


def test_an_attempt_writes_down_what_it_has_read(hub, bench, tmp_path):
    prepared = bench.root / "data" / ("a" * 12)
    manifest = json.loads((prepared / "manifest.json").read_text())
    data = {**bench.all_data, "source": "hub", "id": "org/rows", "split": "train", "key": "7" * 64}
    other = bench.root / "data" / ("7" * 12)
    other.mkdir()
    (other / "train.jsonl").write_bytes((prepared / "train.jsonl").read_bytes())
    (other / "manifest.json").write_text(json.dumps({**manifest, "revision": DATASET}))
    model = {"source": "hub", "id": "org/base", "dtype": "float32"}
    files = bench.bundle("hub", data=data, model=model, sft={"max_steps": 2, "warmup_steps": 0})
    run = tmp_path / "run"
    options = ["--root", bench.root, "--run", run, "--files", files, "--attempt", "1", "--token", "t"]
    words = json.dumps(["train", *map(str, options)])
    python(hub, tmp_path / "home", f"from cdksft_trainer.__main__ import main; assert main({words}) == 0; print('done')")
    expected = {"model": MODEL, "data": DATASET}
    assert json.loads((run / "attempts/1/revisions.json").read_text()) == expected
    assert json.loads((run / "output/result/result.json").read_text())["revisions"] == expected

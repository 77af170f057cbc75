"""A server in the Hub's place that holds datasets: as much of it as `datasets.load_dataset` asks for."""

import json
import threading
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self._answer(body=False)

    def do_GET(self):
        self._answer(body=True)

    def _answer(self, body):
        parts = self.path.split("?")[0].strip("/").split("/")
        for commit, files in self.server.commits.items():
            if commit not in parts:
                continue
            if "tree" in parts:
                tree = [] if parts[-1] != commit else files
                listed = [{"type": "file", "path": name, "size": len(files[name]), "oid": commit} for name in tree]
                return self._send(json.dumps(listed).encode(), commit, body)
            if "api" in parts:
                return self._send(json.dumps({"id": "org/rows", "sha": commit, "siblings": []}).encode(), commit, body)
            if parts[-1] in files:
                return self._send(files[parts[-1]], commit, body)
            return self._none(commit)
        return self._none("0" * 40)

    def _none(self, commit):
        self.send_response(404)
        self.send_header("X-Error-Code", "EntryNotFound")
        self.send_header("X-Repo-Commit", commit)
        self.end_headers()

    def _send(self, content, commit, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{sha256(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", commit)
        self.end_headers()
        if body:
            self.wfile.write(content)


@contextmanager
def hub_with(commits):
    """`commits`: files of the dataset org/rows by commit, as bytes by name. Yields the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.commits = commits
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

"""What a sync of 10,000 memories costs, against git: the same files, pushed and cloned over HTTP on this machine."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.cli import CTX, MEMORIES, fill, program, repository
from benchmarks.measure import Row, pairs, row

RUNS = 3
REQUESTS = 15
_ASK = (
    "import sys, httpx2;"
    "httpx2.get(sys.argv[1], headers={'authorization': sys.argv[2]}, verify=False).raise_for_status()"
)
_BARE = (
    "import sys, http.client as h; c = h.HTTPConnection(sys.argv[1]);"
    "c.request('GET', sys.argv[2], headers={'authorization': sys.argv[3]}); assert c.getresponse().status == 200"
)


def run() -> list[Row]:
    """Measure with a whole platform of its own; each run with a new project, and a machine that knows nothing of it."""
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder, _stack(Path(folder) / "home") as up:
        work = Path(folder)
        rounds = [_Round(work / str(number), up) for number in range(RUNS)]
        times = [(one.ours(), one.gits()) for one in rounds]
        ours, gits = [one for one, _ in times], [one for _, one in times]
        synced = program([CTX, "sync"], rounds[0].first, **up.environment)
        key = f"Bearer {up.key}"
        path = f"/v1/sync/status?project_id={rounds[0].project()}"
        with_client = program([sys.executable, "-c", _ASK, up.url + path, key], work)
        bare = program([sys.executable, "-c", _BARE, up.url.removeprefix("http://"), path, key], work)
        return [
            row("ctx push + ctx pull, 10,000 memories", "git push + git clone", (ours, gits), goal="≤ 3", unit="s"),
            row("ctx sync, nothing new", "python + httpx2, a GET", _timed(synced, with_client), goal="≤ 1.5"),
            row("ctx sync, nothing new", "python + http.client, a GET", _timed(synced, bare), goal="≤ 1.5"),
        ]


class _Up:
    """A platform that runs: where it is, and how programs find it."""

    def __init__(self, home: Path) -> None:
        self.environment = {"CONTEXTFS_HOME": str(home)}
        told = json.loads(_output([CTX, "up", "--no-sample", "--json", "--port", str(_free_port())], self.environment))
        self.url: str = told["api_url"]
        self.key: str = told["api_key"]


class _Round:
    """Two machines of one project, and the same files as a repository of git's."""

    def __init__(self, root: Path, up: _Up) -> None:
        self.first, self._second, self._root = root / "first", root / "second", root
        self._environment = up.environment
        self.first.mkdir(parents=True)
        repository(self.first)
        program([CTX, "link"], self.first, **self._environment)()
        fill(self.first, MEMORIES)
        settings = self.first / ".contextfs" / "config.toml"
        (self._second / ".contextfs").mkdir(parents=True)
        (self._second / ".contextfs" / "config.toml").write_bytes(settings.read_bytes())

    def ours(self) -> float:
        """Push from one machine, pull to the other; seconds."""
        started = time.perf_counter()
        program([CTX, "push"], self.first, **self._environment)()
        program([CTX, "pull"], self._second, **self._environment)()
        took = time.perf_counter() - started
        assert len(list((self._second / ".contextfs" / "memories").glob("*/*.md"))) == MEMORIES  # noqa: S101 - a failure
        return took

    def gits(self) -> float:
        """Do the same by git, with files that are committed; seconds."""
        for command in (["git", "add", "."], ["git", "commit", "--quiet", "--message", "memories"]):
            program(command, self.first)()
        bare = self._root / "served" / "memories.git"
        program(["git", "init", "--quiet", "--bare", str(bare)], self._root)()
        program(["git", "config", "http.receivepack", "true"], bare)()
        with _git_server(bare.parent) as url:
            started = time.perf_counter()
            program(["git", "push", "--quiet", url, "HEAD:refs/heads/main"], self.first)()
            program(["git", "clone", "--quiet", "--branch", "main", url, "cloned"], self._root)()
            took = time.perf_counter() - started
        assert len(list((self._root / "cloned" / ".contextfs" / "memories").glob("*/*.md"))) == MEMORIES  # noqa: S101 - as above
        return took

    def project(self) -> str:
        """Give the project's id."""
        text = (self.first / ".contextfs" / "config.toml").read_text(encoding="utf-8")
        return next(line.split('"')[1] for line in text.splitlines() if line.startswith("id"))


@contextmanager
def _stack(home: Path) -> Generator[_Up]:
    up = _Up(home)
    try:
        yield up
    finally:
        _output([CTX, "down"], up.environment)


class _Git(BaseHTTPRequestHandler):
    """Hands requests to `git http-backend`, as any web server would."""

    protocol_version = "HTTP/1.1"
    folder = Path()

    def do_GET(self) -> None:
        """Answer by the program's answer."""
        path, _, query = self.path.partition("?")
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("content-type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("content-encoding", ""),
            "GIT_PROTOCOL": self.headers.get("git-protocol", ""),
            "REMOTE_USER": "ann",
        }
        told = subprocess.run(
            ["git", "http-backend"], input=self._body(), env=environment, capture_output=True, check=True
        )
        head, _, body = told.stdout.partition(b"\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(lines.pop("Status", "200").split(" ")[0]))
        for name, value in (*lines.items(), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the standard library's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Say nothing."""

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body


@contextmanager
def _git_server(folder: Path) -> Generator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (_Git,), {"folder": folder}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/memories.git"
    finally:
        server.shutdown()
        server.server_close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _output(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(command, env=os.environ | environment, check=True, capture_output=True, text=True).stdout


def _timed(ours: Callable[[], object], floor: Callable[[], object]) -> tuple[list[float], list[float]]:
    return pairs(ours, floor, runs=REQUESTS, warmup=2)

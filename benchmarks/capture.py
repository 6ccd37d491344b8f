"""What listening costs: the proxy before the first token of a stream, `ctx wrap` around a program that writes much."""

import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from benchmarks.cli import program, repository, spent
from benchmarks.measure import Row, pairs, row
from clients.cli.here.recording import LocalSink
from clients.proxy import serving
from clients.proxy.upstreams import Upstreams
from contextfs.client.recording.recorder import Recorder
from contextfs.local import place

RUNS = 60
MEGABYTES = 100
_CTX = [sys.executable, "-m", "clients.cli.main"]
_CHUNK = b'data: {"id":"1","choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'


def run() -> list[Row]:
    """Measure in a repository of its own."""
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
        root = Path(folder)
        repository(root)
        return [_first_token(root), *_wrapped(root)]


def _first_token(root: Path) -> Row:
    """Compare the time to the first part of a stream, from a model that answers at once, with and without the proxy."""
    recorder = Recorder(LocalSink(place.required(root)), tell=lambda _text: None)
    with _model() as url, serving.beside(Upstreams(openai=f"{url}/v1"), recorder, tool="bench") as proxy:
        with httpx2.Client() as through, httpx2.Client() as straight:
            times = pairs(_asked(through, proxy), _asked(straight, url), runs=RUNS)
        recorder.close()
    added = statistics.median(mine - other for mine, other in zip(*times, strict=True))
    return row("ctx proxy, first token", "without it", times, goal=f"+ ≤ 5 ms (+ {added:.2f} ms)")


def _asked(client: httpx2.Client, url: str) -> Callable[[], object]:
    numbers = iter(range(1_000_000))

    def ask() -> object:
        body = {"stream": True, "messages": [{"role": "user", "content": f"Question {next(numbers)}?"}]}
        with client.stream("POST", f"{url}/v1/chat/completions", json=body) as reply:
            return next(reply.iter_raw())

    return ask


def _wrapped(root: Path) -> list[Row]:
    """Compare a program on pipes and on a terminal with `script`, which records as well."""
    if shutil.which("script") is None:
        return []
    big = root / "big.txt"
    big.write_bytes(
        b"a line of a hundred bytes, as programs write them when they have much to say to nobody at all\n" * 10**6
    )
    quiet = {"PYTHONPATH": os.pathsep.join(sys.path)}
    ours = program(["sh", "-c", f"{' '.join(_CTX)} wrap cat < {big} > /dev/null"], root, **quiet)
    script = program(["sh", "-c", f"script -qc cat /dev/null < {big} > /dev/null"], root)
    inside = ["script", "-qc", f"{' '.join(_CTX)} wrap cat {big}", "/dev/null"]
    twice = ["script", "-qc", f"script -qc 'cat {big}' /dev/null", "/dev/null"]
    at_terminal = program(inside, root, **quiet), program(twice, root)
    return [
        row(f"ctx wrap cat, {MEGABYTES} MB, pipes", "script -qc", pairs(ours, script, runs=5, warmup=1), goal="≤ 1.5"),
        *(
            row(
                f"ctx wrap cat, {MEGABYTES} MB, terminal{suffix}",
                "script -qc at the same terminal",
                pairs(*at_terminal, runs=5, warmup=1, clock=clock),
                goal="≤ 1.5",
            )
            for suffix, clock in (("", time.perf_counter), (", processor time", spent))
        ),
    ]


@contextmanager
def _model() -> Generator[str]:
    """Serve a model that says a few words at once."""
    config = uvicorn.Config(_answer, host=serving.HOST, port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://{serving.HOST}:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


async def _answer(_scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for _ in range(20):
        await send({"type": "http.response.body", "body": _CHUNK, "more_body": True})
    await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})

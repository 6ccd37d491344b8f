"""What a call costs: through the door against the bare statement for its row, and over HTTP behind bare Starlette."""

import http.client
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
import uvicorn
from psycopg.conninfo import make_conninfo
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route as Path_

from benchmarks.bare import Bare
from benchmarks.measure import Clock, Row, Work, pairs, row
from contextfs.adapters.database import embedded
from contextfs.adapters.database.migrate import migrate
from contextfs.domain.access.store import assuming
from contextfs.journeys.enter.organization import Founding, found, plan
from contextfs.kit.settings import Settings
from contextfs.runtime.allowance.allowance import Allowance, Quotas
from contextfs.runtime.callers.caller import caller
from contextfs.runtime.door.entrance import Entrance
from contextfs.runtime.gateway import gateway
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.table import Route
from contextfs.runtime.wiring import Wiring, routes

RUNS = 400
_MESSAGE = {"messages": [{"role": "user", "content": "hello"}]}


def run() -> list[Row]:
    """Measure on a fresh embedded database with its usual durable settings."""
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
        server = embedded.start(Path(folder) / "data")
        try:
            return _measure(server.dsn())
        finally:
            embedded.stop(Path(folder) / "data")


def _measure(admin: str) -> list[Row]:
    passwords = {"contextfs_app": "app", "contextfs_relay": "relay"}
    migrate(admin, passwords=passwords)
    settings = Settings(
        database_url=make_conninfo(admin, user="contextfs_app", password=passwords["contextfs_app"]),
        key_pepper="p" * 32,
        redaction_key="r" * 32,
    )
    wired = Wiring(settings)
    founding = plan(organization="O", email="o@o", project="p", now=wired.clock(), entropy=os.urandom)
    found(wired.services, founding, wired.clock())
    try:
        filled = _filled(admin, wired, founding)
        return [
            _who(wired, founding),
            _allowed(wired, founding),
            *_through_the_door(*filled),
            *_over_http(filled.bare, wired, founding),
        ]
    finally:
        wired.close()


def _who(wired: Wiring, founding: Founding) -> Row:
    """Measure what it costs to know who calls: the key, its member, what both may, and the claims."""
    route = next(route for route in routes() if route.name == "memories.get")
    request = HttpRequest(method="GET", path="/", headers={"authorization": f"Bearer {founding.key}"})

    def known() -> None:
        now, calling = wired.clock(), caller(route, request, wired.services)
        with Entrance(calling.kind, None, None).opened(wired.database, calling.entering(now), now) as (_, found_row, _):
            calling.admitted(found_row, request, now)

    def claimed() -> None:
        with wired.database.transaction(assuming(founding.org_id, founding.user_id)):
            pass

    times = pairs(known, claimed, runs=RUNS * 3)
    return row("who calls: key, member, role, claims", "claims alone", times, goal="≤ 1 ms more")


def _allowed(wired: Wiring, founding: Founding) -> Row:
    """Measure what it costs to count what a key, an organization and an address may do."""
    ours, free = Caller(wired, founding), Caller(wired, founding)
    free.door = replace(wired.door, allowance=Allowance(wired.allowance.leases, Quotas()))
    memory = {"project_id": str(founding.project_id), "content": _content()}
    memory_id = free.post("memories.create", memory)["memory"]["id"]
    read = partial(Caller.get, name="memories.get", memory_id=memory_id)
    times = pairs(partial(read, ours), partial(read, free), runs=RUNS * 3)
    return row("memories.get with allowances", "without them", times, goal="≤ 1.05")


class _Filled(NamedTuple):
    """A project with memories and a session, and the floor beside it."""

    bare: Bare
    caller: "Caller"
    project: str
    session: str


def _filled(admin: str, wired: Wiring, founding: Founding) -> _Filled:
    """Fill some rows in, and let the planner know of them, as the server does by itself within a minute."""
    caller, project = Caller(wired, founding), str(founding.project_id)
    session = caller.post("sessions.create", {"project_id": project, "tool": "bench"})["session"]["id"]
    for _ in range(RUNS):
        caller.post("memories.create", {"project_id": project, "content": _content()})
    caller.post("sessions.append", _MESSAGE, session_id=session)
    bare = Bare(admin, wired.database)
    for _ in range(RUNS):
        bare.memory(_content())
        bare.message()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("analyze")
    return _Filled(bare, caller, project, session)


def _through_the_door(bare: Bare, caller: "Caller", project: str, session: str) -> list[Row]:
    """Compare by the clock, and where the system tells it by the processor time of both processes."""
    known = caller.post("memories.create", {"project_id": project, "content": "x"})["memory"]["id"]
    memory = f'{{"project_id": "{project}", "content": "%s"}}'
    message = json.dumps(_MESSAGE).encode()
    create = lambda: caller.send("memories.create", (memory % _content()).encode())  # noqa: E731
    append = lambda: caller.send("sessions.append", message, session_id=session)  # noqa: E731
    compared: tuple[tuple[str, Work, str, Work], ...] = (
        ("memories.create", create, "INSERT of that row", lambda: bare.memory(_content())),
        ("memories.get", partial(caller.get, "memories.get", memory_id=known), "SELECT", lambda: bare.get(bare.known)),
        ("sessions.append (one message)", append, "INSERT of that row", bare.message),
    )
    clocks: dict[str, Clock] = {"": time.perf_counter}
    if sys.platform == "linux":
        clocks[", processor time"] = bare.processor_clock()
    return [
        row(f"{what} through the door{how}", floor, pairs(ours, theirs, runs=RUNS, clock=clock), goal="≤ 3")
        for how, clock in clocks.items()
        for what, ours, floor, theirs in compared
    ]


def _over_http(rows: Bare, wired: Wiring, founding: Founding) -> list[Row]:
    bare = _bare_app(rows)
    headers = {"authorization": f"Bearer {founding.key}", "content-type": "application/json"}
    with _served(gateway(wired.door, routes())) as ours, _served(bare) as floor:
        memory = {"project_id": str(founding.project_id), "content": _content()}
        stored = json.loads(_request(ours, "POST", "/v1/memories", memory, headers))["memory"]["id"]
        bare_id = json.loads(_request(floor, "POST", "/bare", {"content": "x"}, headers))["id"]
        live = pairs(
            lambda: _request(ours, "GET", "/health/live", None, {}),
            lambda: _request(floor, "GET", "/live", None, {}),
            runs=RUNS * 3,
        )
        get = pairs(
            lambda: _request(ours, "GET", f"/v1/memories/{stored}", None, headers),
            lambda: _request(floor, "GET", f"/bare/{bare_id}", None, headers),
            runs=RUNS * 2,
        )
        post = pairs(
            lambda: _request(ours, "POST", "/v1/memories", memory | {"content": _content()}, headers),
            lambda: _request(floor, "POST", "/bare", {"content": _content()}, headers),
            runs=RUNS,
        )
    overhead = row("gateway: a route that does nothing, over HTTP", "bare Starlette", live, goal="≤ 1 ms more")
    return [
        overhead,
        row("GET /v1/memories/{id} over HTTP", "bare Starlette + SELECT", get, goal="≤ 3"),
        row("POST /v1/memories over HTTP", "bare Starlette + INSERT", post, goal="≤ 3"),
    ]


class Caller:
    """Calls a route in this process, as the gateway would."""

    def __init__(self, wired: Wiring, founding: Founding) -> None:
        self.door = wired.door
        self._routes: dict[str, Route] = {route.name: route for route in routes()}
        self._headers = {"authorization": f"Bearer {founding.key}", "content-type": "application/json"}

    def post(self, name: str, body: Any, **values: str) -> Any:
        """Send a body; give the reply."""
        return json.loads(self.send(name, json.dumps(body).encode(), **values))

    def send(self, name: str, body: bytes, **values: str) -> bytes:
        """Send a body as it is; give the reply as it came."""
        asked = HttpRequest(method="POST", path="/", path_values=values, headers=self._headers, body=body)
        response = self.door.answer(self._routes[name], asked)
        assert response.status == 201, response.body  # noqa: S101 - a benchmark of failures says nothing
        return response.body

    def get(self, name: str, **values: str) -> bytes:
        """Read something."""
        response = self.door.answer(
            self._routes[name], HttpRequest(method="GET", path="/", path_values=values, headers=self._headers)
        )
        assert response.status == 200, response.body  # noqa: S101 - as above
        return response.body


def _bare_app(rows: Bare) -> Starlette:
    async def live(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok", "checks": {}})

    def add(content: str) -> JSONResponse:
        return JSONResponse({"id": str(rows.memory(content))}, 201)

    async def post(request: Request) -> JSONResponse:
        from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 - beside its use

        return await run_in_threadpool(add, (await request.json())["content"])

    def get(request: Request) -> JSONResponse:
        found_row = rows.get(UUID(request.path_params["id"])) or {}
        return JSONResponse({"id": str(found_row["id"]), "content": found_row["content"]})

    return Starlette(routes=[Path_("/live", live), Path_("/bare", post, methods=["POST"]), Path_("/bare/{id}", get)])


@contextmanager
def _served(app: Any) -> Generator[http.client.HTTPConnection]:
    """Serve an app on a free port of this machine, and connect to it once."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    connection = http.client.HTTPConnection("127.0.0.1", server.servers[0].sockets[0].getsockname()[1])
    try:
        yield connection
    finally:
        connection.close()
        server.should_exit = True
        with suppress(RuntimeError):
            thread.join()


def _request(
    connection: http.client.HTTPConnection, method: str, path: str, body: Any, headers: dict[str, str]
) -> bytes:
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    read = response.read()
    assert response.status < 300, read  # noqa: S101 - a benchmark of failures says nothing
    return read


def _content() -> str:
    return f"We deploy from the branch {uuid4()} with uv."

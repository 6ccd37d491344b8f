"""What the guards cost: the door before a handler, the audit row of a write, row-level security over many rows."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.conninfo import make_conninfo

from benchmarks.measure import Clock, Row, pairs, row
from contextfs.adapters.database import embedded
from contextfs.adapters.database.migrate import migrate
from contextfs.domain.access.store import assuming
from contextfs.journeys.enter.organization import Founding, found, plan
from contextfs.kit.call import Call
from contextfs.kit.principal import Principal
from contextfs.kit.settings import Settings
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.table import Route
from contextfs.runtime.wiring import Wiring, routes
from functions.memories import get

RUNS = 400
MANY = 100_000
_FILL = """
insert into contextfs.memories (
    org_id, project_id, id, type, content, visibility, author_id, author_kind, heads, version, fingerprint,
    created_at, updated_at
)
select m.org_id, m.project_id, gen_random_uuid(), m.type, m.content || n, m.visibility, m.author_id, m.author_kind,
    m.heads, m.version, md5(n::text), m.created_at + n * interval '1 second', m.updated_at
from contextfs.memories as m, generate_series(1, %s) as n
"""
_QUERIES = {
    "the newest 50 of": (
        (
            "select id, content from contextfs.memories where {org} and project_id = %s and not deleted"
            " order by created_at desc, id desc limit 50"
        ),
        20,
    ),
    "reading all": (
        "select count(*), max(length(content)) from contextfs.memories where {org} and project_id = %s",
        3,
    ),
}


def run() -> list[Row]:
    """Measure on a fresh embedded database with its usual durable settings."""
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
        server = embedded.start(Path(folder) / "data")
        try:
            return _measure(server.dsn())
        finally:
            embedded.stop(Path(folder) / "data")


def _measure(admin: str) -> list[Row]:
    migrate(admin, passwords={"contextfs_app": "app"})
    url = make_conninfo(admin, user="contextfs_app", password="app")  # noqa: S106 - of a database that goes at once
    wired = Wiring(Settings(database_url=url, key_pepper="p" * 32, redaction_key="r" * 32))
    founding = plan(organization="O", email="o@o", project="p", now=wired.clock(), entropy=os.urandom)
    found(wired.services, founding, wired.clock())
    try:
        return [_door(wired, founding), _audit(wired, founding, admin), *_policies(founding, admin, url)]
    finally:
        wired.close()


def _door(wired: Wiring, founding: Founding) -> Row:
    """Compare a handler behind the door with the same one in a transaction of its own, which trusts its caller."""
    known = json.loads(_asking(wired, founding)(_route("memories.create"), _new(founding)))["memory"]["id"]
    route, ask = _route("memories.get"), _asking(wired, founding)
    principal = Principal(org_id=founding.org_id, actor_id=founding.user_id, actor="nobody", user_id=founding.user_id)

    def trusting() -> bytes:
        with wired.database.transaction() as (tx, _):
            tx.one(*assuming(founding.org_id, founding.user_id))
            call = Call(principal=principal, now=wired.clock(), tx=tx, services=wired.services)
            return msgspec.json.encode(get.handle(call, UUID(known)))

    times = pairs(lambda: ask(route, None, memory_id=known), trusting, runs=RUNS * 3)
    return row("memories.get behind the door", "its handler alone", times, goal="≤ 1 ms more")


def _audit(wired: Wiring, founding: Founding, admin: str) -> Row:
    """Compare a write with the same one that leaves no audit row, by processor time where the system tells it."""
    ask, route = _asking(wired, founding), _route("memories.create")
    silent = replace(route, audits=None)
    with psycopg.connect(admin, autocommit=True) as connection:
        sessions = connection.execute("select pid from pg_stat_activity where usename = 'contextfs_app'").fetchall()
    clock = _processor_clock(*(pid for (pid,) in sessions))
    times = pairs(lambda: ask(route, _new(founding)), lambda: ask(silent, _new(founding)), runs=RUNS * 2, clock=clock)
    return row("memories.create with its audit row, processor time", "without it", times, goal="≤ 1.05")


def _policies(founding: Founding, admin: str, url: str) -> list[Row]:
    """Ask many rows by their policies, and as their owner, who names the organization instead."""
    with psycopg.connect(admin, autocommit=True) as owner, psycopg.connect(url) as app:
        owner.execute("delete from contextfs.memories where id <> (select id from contextfs.memories limit 1)")
        owner.execute(_FILL, [MANY])
        owner.execute("vacuum (freeze, analyze) contextfs.memories")  # or the first to read writes hints for the other
        for connection in (owner, app):
            connection.execute("set max_parallel_workers_per_gather = 0")  # whose work is told of no session
        app.execute(*_numbered(*assuming(founding.org_id, founding.user_id)))
        clock = _processor_clock(owner.info.backend_pid, app.info.backend_pid)
        org, project = f"org_id = '{founding.org_id}'", founding.project_id
        return [
            row(
                f"row-level security: {what} {MANY:,} memories",
                "the same query without it",
                pairs(
                    _query(app, query.format(org="true"), project),
                    _query(owner, query.format(org=org), project),
                    runs=RUNS // 2,
                    clock=clock,
                    at_once=at_once,
                ),
                goal="≤ 1.15",
            )
            for what, (query, at_once) in _QUERIES.items()
        ]


def _query(connection: psycopg.Connection[Any], query: str, project: UUID) -> Callable[[], object]:
    text = query.encode()
    return lambda: connection.execute(text, [project], prepare=True).fetchall()


def _numbered(query: str, parameters: Any) -> tuple[bytes, Any]:
    return query.encode(), parameters


def _asking(wired: Wiring, founding: Founding) -> Callable[..., bytes]:
    headers = {"authorization": f"Bearer {founding.key}", "content-type": "application/json"}

    def ask(route: Route, body: Any, **values: str) -> bytes:
        sent = b"" if body is None else json.dumps(body).encode()
        request = HttpRequest(method=route.method, path="/", path_values=values, headers=headers, body=sent)
        response = wired.door.answer(route, request)
        assert response.status in {200, 201}, response.body  # noqa: S101 - a benchmark of failures says nothing
        return response.body

    return ask


def _route(name: str) -> Route:
    return next(route for route in routes() if route.name == name)


def _new(founding: Founding) -> dict[str, str]:
    return {"project_id": str(founding.project_id), "content": f"We deploy from {os.urandom(8).hex()} with uv."}


def _processor_clock(*sessions: int) -> Clock:
    """Make a clock of the processor time that this process and sessions of the server use; Linux alone has it.

    The clock of another process is numbered as clock_getcpuclockid(3) does.
    """
    if sys.platform != "linux":
        return time.perf_counter
    clocks = [(~pid << 3) | 2 for pid in sessions]
    return lambda: time.process_time() + sum(map(time.clock_gettime, clocks))

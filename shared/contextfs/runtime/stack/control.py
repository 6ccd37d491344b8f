"""Bring a stack up, take it down, and tell how it is. Each can be repeated at any time, after any crash."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from uuid import UUID

import msgspec

from contextfs.adapters.database import embedded, graphs, lexicons
from contextfs.adapters.database.embedded.locks import locked
from contextfs.adapters.database.migrate import migrate
from contextfs.domain.events import store as events
from contextfs.journeys.enter.organization import found, plan
from contextfs.kit.clock import system_clock
from contextfs.kit.errors import Conflict, ContextFSError, Invalid, Unavailable
from contextfs.kit.settings import PREFIX, Settings
from contextfs.runtime.job import OWNER
from contextfs.runtime.stack import database, probe
from contextfs.runtime.stack.home import Home
from contextfs.runtime.stack.model import ProcessStatus, Saved, Stack, StackStatus
from contextfs.runtime.wiring import Wiring

DEFAULT_PORT = 8420
ORGANIZATION = "Local"
PROJECT = "default"

# Processes that are meant to outlive this one: while they are referred to, Python does not complain about them.
_OUTLIVING: list[subprocess.Popen[bytes]] = []

_READY_SECONDS = 60.0
_STOP_SECONDS = 45.0
_DECIDES = (
    *("database_url", "database_shared", "relay_database_url", "sql_database_url", "key_pepper", "redaction_key"),
    *("model", "cloud", "region", "host", "port"),
)
"""The settings that are the stack's own."""
_PER_PROCESS = frozenset({"DATABASE_URL", "CONTEXTFS_PARENT", "CONTEXTFS_LISTENER"})


def up(home: Home, *, database_url: str | None = None, port: int | None = None, take_logins: bool = False) -> Stack:
    """Start whatever of the stack does not run, and return when it answers; Unavailable says what does not, and why.

    `database_url` names an own Postgres (a role that may create roles and extensions); without it an embedded one is
    used. It is remembered for the next start. A `port` that is named is used or refused; without one, another is taken
    when the usual one is not free. Conflict when a stack runs already with another port or database, or when another
    home has the logins of that Postgres, unless they are to be taken from it. Invalid when they are, and there is no
    own Postgres.
    """
    home.make()
    with locked(home.up_lock, time.monotonic() + _READY_SECONDS):
        running = home.saved() if probe.supervised(home) else None
        if running is not None:
            return _as_it_runs(home, running, database_url, port)
        saved = _saved(home, database_url, port)
        if take_logins and saved.database_url is None:
            raise Invalid("Logins are taken of a server of your own, and DATABASE_URL names none.")
        _wait_for_orphans(home)
        with probe.listener(saved.port, or_another=port is None) as listener:
            administrator = saved.database_url or database.start_embedded(home)
            _migrate(home, administrator, shared=saved.database_url is not None, take_logins=take_logins)
            saved = msgspec.structs.replace(saved, port=listener.getsockname()[1])
            home.save(saved)
            settings = database.settings(home, administrator, saved.port)
            fresh = _found(settings, saved)
            _supervise(home, settings, listener, own_database=saved.database_url is not None)
        _wait_until_ready(home, saved.port)
        if graphs.are_due(administrator) or lexicons.are_due(administrator):
            _make_graphs(home, administrator)
        return _stack(home, saved, fresh=fresh)


def down(home: Home) -> bool:
    """Stop the stack gracefully; False when none ran. What it stored stays."""
    if not home.path.exists():
        return False
    with locked(home.up_lock, time.monotonic() + _READY_SECONDS):
        children = home.children()
        ran = probe.supervised(home)
        if ran and children is not None:
            os.kill(children.supervisor, signal.SIGTERM)
            probe.wait_until(lambda: not probe.supervised(home), _STOP_SECONDS, "The supervisor does not stop")
        _wait_for_orphans(home)
        stopped = home.database.exists() and embedded.stop(home.database)
        return stopped or ran


def status(home: Home) -> StackStatus:
    """Tell which processes run, how much memory they hold, and how many events are on their way."""
    saved = home.saved()
    if saved is None:
        return StackStatus(state="stopped", api_url=None, processes=[])
    supervised = probe.supervised(home)
    processes = _database_status(home, saved) + (_children_status(home) if supervised else [])
    if not supervised:
        return StackStatus(state="stopped", api_url=None, processes=processes)
    well = probe.answers(saved.port) and all(process.state == "running" for process in processes)
    outbox, deliveries, unembedded = _waiting(home, saved)
    return StackStatus(
        state="running" if well else "degraded",
        api_url=probe.api_url(saved.port),
        processes=processes,
        outbox=outbox,
        deliveries=deliveries,
        unembedded=unembedded,
    )


def settings_of(home: Home) -> Settings:
    """Give the settings of the stack that runs here; Unavailable when none does."""
    saved = home.saved()
    administrator = database.admin_url(home, saved.database_url) if saved else None
    if saved is None or administrator is None or not probe.supervised(home):
        raise Unavailable("No platform runs on this machine: start it by `ctx up`.")
    return database.settings(home, administrator, saved.port)


def owner_of(home: Home) -> tuple[str, UUID]:
    """Give the address of the owner of this machine's database, and its organization; Unavailable when none runs."""
    saved = home.saved()
    administrator = database.admin_url(home, saved.database_url) if saved else None
    if saved is None or administrator is None:
        raise Unavailable("No platform runs on this machine: start it by `ctx up`.")
    return administrator, saved.founding.org_id


def measure(home: Home) -> None:
    """Let the planner of this machine's database know what was just brought in; Unavailable when none runs."""
    database.measure(owner_of(home)[0])


def _as_it_runs(home: Home, running: Saved, database_url: str | None, port: int | None) -> Stack:
    """Wait for a stack that runs already; Conflict when another port or database is wanted than it has."""
    if port not in {None, running.port} or database_url not in {None, running.database_url}:
        detail = (
            f"It runs at {probe.api_url(running.port)} already: `ctx down` first, then `ctx up` with what you want."
        )
        raise Conflict(detail)
    _wait_until_ready(home, running.port)
    return _stack(home, running, fresh=False)


def _saved(home: Home, database_url: str | None, port: int | None) -> Saved:
    """Read what the last start left, or choose the ids of a first one; it is saved before it is used."""
    saved = home.saved()
    founding = (
        saved.founding
        if saved
        else plan(
            organization=ORGANIZATION, email="owner@localhost", project=PROJECT, now=system_clock(), entropy=os.urandom
        )
    )
    wanted = port if port is not None else saved.port if saved else DEFAULT_PORT
    known = saved.database_url if saved else None
    return Saved(port=wanted, founding=founding, database_url=database_url or known)


def _migrate(home: Home, administrator: str, *, shared: bool, take_logins: bool) -> None:
    """Bring the schema and the passwords of this home; on a server of one's own none of another home is overwritten."""
    secrets = home.secrets()
    passwords = database.passwords(secrets)
    if not shared:
        migrate(administrator, passwords=passwords)
        return
    if not take_logins:
        database.check_logins(administrator, secrets)
    migrate(administrator)  # it makes the roles, where the server is new
    with database.claimed_logins(administrator, secrets, take=take_logins):
        migrate(administrator, passwords=passwords)


def _found(settings: Settings, saved: Saved) -> bool:
    wired = Wiring(settings)
    try:
        return found(wired.services, saved.founding, wired.clock())
    finally:
        wired.close()


def environment_of(settings: Settings, given: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of a stack's processes: what the stack decides, and else that of whoever starts it.

    Files are kept in the home, unless whoever starts it names another place.
    """
    decided = {PREFIX + name.upper(): str(value) for name in _DECIDES if (value := getattr(settings, name)) is not None}
    kept = {name: value for name, value in given.items() if name not in _PER_PROCESS}
    usual = {} if settings.files is None else {f"{PREFIX}FILES": settings.files}
    return usual | kept | decided


def _supervise(home: Home, settings: Settings, listener: socket.socket, *, own_database: bool) -> None:
    """Start the supervisor. It inherits the socket, so that nobody else can take the port meanwhile."""
    command = [sys.executable, "-m", "contextfs.runtime.supervisor", str(home.path), str(listener.fileno())]
    with (home.logs / "supervisor.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, "--own-database"] if own_database else command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment_of(settings, os.environ),
            pass_fds=[listener.fileno()],
            start_new_session=True,
            cwd=home.path,
        )
    _OUTLIVING.append(process)


def _embedder(home: Home) -> str:
    named = os.environ.get("CONTEXTFS_EMBEDDER", "local")
    if named != "local":
        return named
    return "all-MiniLM-L6-v2" if home.model.exists() else "none: search compares words alone"


def _make_graphs(home: Home, administrator: str) -> None:
    """Make what large organizations are searched by, beside the running stack: it takes minutes, and search works."""
    with (home.logs / "graphs.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "contextfs.runtime.job", "graphs"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, OWNER: administrator},
            start_new_session=True,
            cwd=home.path,
        )
    _OUTLIVING.append(process)


def _wait_until_ready(home: Home, port: int) -> None:
    try:
        probe.wait_until(
            lambda: probe.answers(port) and probe.all_run(home), _READY_SECONDS, "The gateway does not answer"
        )
    except Unavailable as error:
        last = probe.last_line(home.logs / "gateway.log")
        raise Unavailable(f"{error.detail}; its log ends with: {last} (all logs: {home.logs})") from error


def _wait_for_orphans(home: Home) -> None:
    """Wait for children whose supervisor was killed: they notice, and end by themselves."""
    children = home.children()
    if children is not None and not probe.supervised(home):
        pids = [child.pid for child in children.processes if child.pid is not None]
        wait = "Processes of an earlier start are still there"
        probe.wait_until(lambda: not any(probe.ours(pid) for pid in pids), _STOP_SECONDS, wait)


def _stack(home: Home, saved: Saved, *, fresh: bool) -> Stack:
    base = probe.api_url(saved.port)
    founding = saved.founding
    return Stack(
        api_url=base,
        openapi_url=f"{base}/v1/openapi.json",
        health_url=f"{base}/health",
        api_key=founding.key,
        organization=founding.organization,
        org_id=str(founding.org_id),
        project=founding.project,
        project_id=str(founding.project_id),
        database_url=database.admin_url(home, saved.database_url) or "",
        embedder=_embedder(home),
        home=str(home.path),
        logs=str(home.logs),
        fresh=fresh,
    )


def _database_status(home: Home, saved: Saved) -> list[ProcessStatus]:
    if saved.database_url is not None or not home.database.exists():
        return []
    server = embedded.find(home.database)
    if server is None:
        return [ProcessStatus(name="database", pid=None, state="stopped")]
    return [ProcessStatus(name="database", pid=server.pid, state="running", memory_mb=probe.memory_mb(server.pid))]


def _children_status(home: Home) -> list[ProcessStatus]:
    children = home.children()
    return [
        ProcessStatus(
            name=child.name,
            pid=child.pid,
            state="running" if child.pid is not None and probe.alive(child.pid) else "waiting",
            starts=child.starts,
            memory_mb=probe.memory_mb(child.pid),
        )
        for child in (children.processes if children else [])
    ]


def _waiting(home: Home, saved: Saved) -> tuple[int | None, int | None, int | None]:
    """Count the events in the outbox and on their way to who takes them, and the passages without their vectors."""
    administrator = database.admin_url(home, saved.database_url)
    if administrator is None:
        return None, None, None
    try:
        wired = Wiring(database.settings(home, administrator, saved.port))
        platform = wired.platform()
        try:
            with platform.transaction() as (tx, _):
                return *events.waiting(tx), database.unembedded(administrator)
        finally:
            platform.close()
            wired.close()
    except ContextFSError:
        return None, None, None

"""Bring a stack up, take it down, and tell how it is. Each can be repeated at any time, after any crash."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from uuid import UUID

import msgspec

from contextfs.adapters.database import embedded, graphs, lexicons
from contextfs.adapters.database.embedded import logs
from contextfs.adapters.database.embedded.locks import locked
from contextfs.domain.events import store as events
from contextfs.journeys.enter.organization import found, plan
from contextfs.journeys.find.waiting import IDLE, INDEXERS
from contextfs.kit.clock import system_clock
from contextfs.kit.errors import Conflict, ContextFSError, Invalid, Unavailable
from contextfs.kit.settings import PREFIX, Settings
from contextfs.runtime.job import OWNER
from contextfs.runtime.stack import database, installed, probe
from contextfs.runtime.stack.home import Home
from contextfs.runtime.stack.model import ProcessStatus, Saved, Stack, StackStatus
from contextfs.runtime.supervisor import DRAIN_SECONDS
from contextfs.runtime.wiring import Wiring

DEFAULT_PORT = 8420
ORGANIZATION = "Local"
PROJECT = "default"

# Processes that are meant to outlive this one: while they are referred to, Python does not complain about them.
_OUTLIVING: list[subprocess.Popen[bytes]] = []

_READY_SECONDS = 60.0
_STOP_SECONDS = 45.0
_EARLIER_STOP_SECONDS = 120.0
"""An earlier version, which told no fingerprint, gave each process 35 seconds, one after the other."""
_DECIDES = (
    *("database_url", "database_shared", "relay_database_url", "sql_database_url", "key_pepper", "redaction_key"),
    *("model", "cloud", "region", "host", "port"),
)
"""The settings that are the stack's own."""
Tell = Callable[[str], None]
"""Is told what is waited for, again and again while that lasts."""

_OTHERS_END = "relay and worker end what they began"
_ENDS = {"gateway": "the gateway answers calls that are under way", "relay": _OTHERS_END, "worker": _OTHERS_END}
_PER_PROCESS = frozenset({"DATABASE_URL", "CONTEXTFS_PARENT", "CONTEXTFS_LISTENER"})


def _to_nobody(_text: str) -> None:
    pass


def up(
    home: Home,
    *,
    database_url: str | None = None,
    port: int | None = None,
    take_logins: bool = False,
    tell: Tell = _to_nobody,
) -> Stack:
    """Start whatever of the stack does not run, and return when it answers; Unavailable says what does not, and why.

    One that runs other code than is installed by now is stopped as by `down`, and started with that; `tell` is told
    what is waited for.

    `database_url` names an own Postgres (a role that may create roles and extensions); without it an embedded one is
    used. It is remembered for the next start. A `port` that is named is used or refused; without one, another is taken
    when the usual one is not free. Conflict when a stack runs already with another port or database, when the database
    was brought to a newer version than this (one that runs goes on), or when another home has the logins of that
    Postgres, unless they are to be taken from it. Invalid when they are, and there is no own Postgres.
    """
    home.make()
    with _alone(home):
        saved = _saved(home, database_url, port)
        if take_logins and saved.database_url is None:
            raise Invalid("Logins are taken of a server of your own, and DATABASE_URL names none.")
        fingerprint, replaced = installed.fingerprint(home.model), False
        if probe.supervised(home):
            told = probe.told(home)
            replaced = told.fingerprint != fingerprint
            if not told.stopping:
                running = _fitting(home, database_url, port)
                if running is not None and not replaced:
                    _wait_until_ready(home, running.port)
                    return _stack(home, running)
                # what is refused leaves the running one as it is
                database.check(home, saved.database_url, take_logins=take_logins)
            _stop(home, tell)
        stack = _start(home, saved, fingerprint, or_another=port is None, take_logins=take_logins)
        return msgspec.structs.replace(stack, replaced=replaced)


def down(home: Home, *, tell: Tell = _to_nobody) -> bool:
    """Stop the stack gracefully; False when none ran. What it stored stays. `tell` is told what is waited for.

    Unavailable when it does not stop in time, or when the home is no folder.
    """
    if not home.path.exists():
        return False
    if not home.path.is_dir():
        raise Unavailable(f"{home.path} is not a folder: set CONTEXTFS_HOME to the folder of the installation.")
    with _alone(home):
        return _stop(home, tell)


def status(home: Home) -> StackStatus:
    """Tell which processes run, how much memory they hold, and how many events are on their way."""
    saved = home.saved()
    if saved is None:
        return StackStatus(state="stopped", api_url=None, processes=[])
    if not probe.supervised(home):
        return StackStatus(state="stopped", api_url=None, processes=_database_status(home, saved, None))
    told = probe.told(home)
    processes = [*_database_status(home, saved, told.database), *map(_child_status, told.processes)]
    well = probe.answers(saved.port) and all(process.state == "running" for process in processes)
    return StackStatus(
        state="running" if well else "degraded",
        api_url=probe.api_url(saved.port),
        processes=processes,
        outdated=is_outdated(home),
        **_waiting(home, saved),
    )


def is_outdated(home: Home) -> bool:
    """Tell whether a stack runs here, with other code or another model than is installed by now."""
    return probe.supervised(home) and probe.told(home).fingerprint != installed.fingerprint(home.model)


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


def _start(home: Home, saved: Saved, fingerprint: str, *, or_another: bool, take_logins: bool) -> Stack:
    """Start a stack of which nothing runs but, it may be, the database."""
    _end_orphans(home)
    with probe.listener(saved.port, or_another=or_another) as listener:
        administrator = saved.database_url or database.start_embedded(home)
        database.migrate(home, administrator, shared=saved.database_url is not None, take_logins=take_logins)
        saved = msgspec.structs.replace(saved, port=listener.getsockname()[1])
        home.save(saved)
        settings = database.settings(home, administrator, saved.port)
        fresh = _found(settings, saved)
        _supervise(home, settings, listener, fingerprint, own_database=saved.database_url is not None)
    _wait_until_ready(home, saved.port)
    if graphs.are_due(administrator) or lexicons.are_due(administrator):
        _make_graphs(home, administrator)
    return _stack(home, saved, fresh=fresh)


@contextmanager
def _alone(home: Home) -> Generator[None]:
    """Keep others from starting and stopping the stack; who waits for one who does waits as long as that may take."""
    with locked(home.up_lock, time.monotonic() + _EARLIER_STOP_SECONDS + _READY_SECONDS):
        yield


def _fitting(home: Home, database_url: str | None, port: int | None) -> Saved | None:
    """Read what the start of the running stack left; Conflict when another port or database is wanted than it has."""
    running = home.saved()
    if running is not None and (port not in {None, running.port} or database_url not in {None, running.database_url}):
        detail = (
            f"It runs at {probe.api_url(running.port)} already: `ctx down` first, then `ctx up` with what you want."
        )
        raise Conflict(detail)
    return running


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


def _supervise(
    home: Home, settings: Settings, listener: socket.socket, fingerprint: str, *, own_database: bool
) -> None:
    """Start the supervisor. It inherits the socket, so that nobody else can take the port meanwhile, and its lock.

    So it is known to live from its first moment on, and what an earlier one said is not taken for its words.
    """
    lock = probe.supervision(home)
    try:
        home.forget_children()
        command = [sys.executable, "-m", "contextfs.runtime.supervisor"]
        command += [str(home.path), str(lock), str(listener.fileno()), fingerprint]
        process = _in_background(
            home,
            "supervisor",
            [*command, "--own-database"] if own_database else command,
            environment_of(settings, os.environ),
            keeps=[lock, listener.fileno()],
        )
    finally:
        os.close(lock)
    _OUTLIVING.append(process)


def _in_background(
    home: Home, name: str, command: Sequence[str], environment: Mapping[str, str], keeps: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start a program of ours that outlives this one, with a log of its own."""
    log = logs.open_for_server(home.logs / f"{name}.log")
    try:
        return subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            pass_fds=keeps,
            start_new_session=True,
            cwd=home.path,
        )
    finally:
        os.close(log)


def _embedder(home: Home) -> str:
    named = os.environ.get("CONTEXTFS_EMBEDDER", "local")
    if named != "local":
        return named
    return "all-MiniLM-L6-v2" if home.model.exists() else "none: search compares words alone"


def _make_graphs(home: Home, administrator: str) -> None:
    """Make what large organizations are searched by, beside the running stack: it takes minutes, and search works."""
    command = [sys.executable, "-m", "contextfs.runtime.job", "graphs"]
    _OUTLIVING.append(_in_background(home, "graphs", command, {**os.environ, OWNER: administrator}))


def _wait_until_ready(home: Home, port: int) -> None:
    try:
        probe.wait_until(
            lambda: probe.answers(port) and probe.all_run(home), _READY_SECONDS, "The gateway does not answer"
        )
    except Unavailable as error:
        last = probe.last_line(home.logs / "gateway.log")
        raise Unavailable(f"{error.detail}; its log ends with: {last} (all logs: {home.logs})") from error


def _stop(home: Home, tell: Tell) -> bool:
    """Stop all that runs, the database last; False when nothing did."""
    ran = probe.supervised(home)
    if ran:
        told = probe.told(home)
        if probe.supervises(told.supervisor, home.path):
            with suppress(ProcessLookupError):
                os.kill(told.supervisor, signal.SIGTERM)
        probe.wait_until(
            lambda: not probe.supervised(home),
            _STOP_SECONDS if told.fingerprint else _EARLIER_STOP_SECONDS,
            "The supervisor does not stop",
            meanwhile=lambda: tell(f"Stopping: {_last_of(home)} …"),
        )
    _end_orphans(home)
    stopped = home.database.exists() and embedded.stop(home.database)
    return stopped or ran


def _last_of(home: Home) -> str:
    """Say what is waited for while a stack stops."""
    children = home.children()
    left = [child.name for child in children.processes if child.pid is not None] if children else []
    return _ENDS.get(left[0], left[0]) if left else "the supervisor ends"


def _end_orphans(home: Home) -> None:
    """Wait for children whose supervisor was killed: they notice, and end by themselves, or are killed, too."""
    children = home.children()
    for child in children.processes if children else ():
        if child.pid is not None:
            probe.end(child.pid, home.path, DRAIN_SECONDS.get(child.name, _STOP_SECONDS))


def _stack(home: Home, saved: Saved, *, fresh: bool = False) -> Stack:
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


def _database_status(home: Home, saved: Saved, kept: ProcessStatus | None) -> list[ProcessStatus]:
    """Tell how the embedded database is, and, while somebody keeps it running, how often that was needed."""
    if saved.database_url is not None or not home.database.exists():
        return []
    known, server = kept or ProcessStatus(name="database", pid=None, state="stopped"), embedded.find(home.database)
    if server is None:
        return [msgspec.structs.replace(known, state="waiting" if kept else "stopped")]
    memory = probe.memory_mb(server.pid)
    return [msgspec.structs.replace(known, pid=server.pid, state="running", memory_mb=memory)]


def _child_status(child: ProcessStatus) -> ProcessStatus:
    lives = child.pid is not None and probe.alive(child.pid)
    state = "running" if lives else "waiting"
    return msgspec.structs.replace(child, state=state, memory_mb=probe.memory_mb(child.pid))


def _waiting(home: Home, saved: Saved) -> dict[str, int]:
    """Count what is on its way, and what waits to be made searchable; nothing where the database is away."""
    administrator = database.admin_url(home, saved.database_url)
    if administrator is None:
        return {}
    try:
        wired = Wiring(database.settings(home, administrator, saved.port))
        platform = wired.platform()
        try:
            with platform.transaction() as (tx, _):
                outbox, deliveries = events.waiting(tx)
                unindexed = events.untaken(tx, INDEXERS, idle=IDLE)
            unembedded = database.unembedded(administrator)
            return {"outbox": outbox, "deliveries": deliveries, "unindexed": unindexed, "unembedded": unembedded}
        finally:
            platform.close()
            wired.close()
    except ContextFSError:
        return {}

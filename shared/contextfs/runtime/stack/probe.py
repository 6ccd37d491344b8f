"""Look at a stack from outside: does it answer, do its processes live, which port can be had."""

import os
import re
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from contextfs.adapters.database.embedded.locks import claim, is_claimed
from contextfs.kit.errors import Unavailable
from contextfs.kit.processes import command_line, works_in
from contextfs.runtime.stack.home import Home
from contextfs.runtime.stack.model import Children

_PAUSE_SECONDS = 0.05
_TOLD_SECONDS = 20.0
_LOOKED_SECONDS = 1.0
_PATIENCE_SECONDS = 10.0
_BACKLOG = 2048
_SUPERVISOR = re.compile(r"-m contextfs\.runtime\.supervisor (.+?) \d+ \d+(?: |$)")


def api_url(port: int) -> str:
    """Give the gateway's address."""
    return f"http://127.0.0.1:{port}"


def answers(port: int) -> bool:
    """Tell whether a gateway on this port is ready for calls; a proxy that is set for others is not asked."""
    asked = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        asked.request("GET", "/health/ready")
        return asked.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def listener(wanted: int, *, or_another: bool) -> socket.socket:
    """Listen on the wanted port, or on another one when that may be; Unavailable without one.

    Whoever inherits the socket answers there.
    """
    try:
        return _listener(wanted)
    except OSError as error:
        if not or_another:
            cure = "stop the program that has it, or name another port by --port or CONTEXTFS_PORT"
            why = os.strerror(error.errno) if error.errno else str(error)
            raise Unavailable(f"Port {wanted} of 127.0.0.1 cannot be had ({why}): {cure}.") from None
    try:
        return _listener(0)
    except OSError:
        raise Unavailable("No port on 127.0.0.1 is free") from None


def _listener(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)


def supervision(home: Home) -> int:
    """Take the lock that a supervisor holds, to be inherited by one, and give its descriptor.

    Unavailable when a supervisor lives; who only looks whether one does is waited for.
    """
    deadline = time.monotonic() + _LOOKED_SECONDS
    while (lock := claim(home.supervisor_lock, create=True)) is None:
        if time.monotonic() > deadline:
            raise Unavailable("Another supervisor keeps this stack already: try again.")
        time.sleep(_PAUSE_SECONDS)
    return lock


def supervised(home: Home) -> bool:
    """Tell whether a supervisor lives: it holds its lock, whatever its process number is."""
    return is_claimed(home.supervisor_lock)


def told(home: Home) -> Children:
    """Read what the supervisor that lives says, which it does first of all; Unavailable when it says nothing."""
    wait_until(lambda: home.children() is not None, _TOLD_SECONDS, "The supervisor says nothing")
    children = home.children()
    if children is None:
        raise Unavailable("The supervisor has ended: try again.")
    return children


def all_run(home: Home) -> bool:
    """Tell whether the supervisor and each of its processes live."""
    children = home.children()
    return (
        children is not None
        and supervised(home)
        and alive(children.supervisor)
        and all(child.pid is not None and alive(child.pid) for child in children.processes)
    )


def alive(pid: int) -> bool:
    """Tell whether a process of this number lives, whosever it is; one that only waits to be buried does not."""
    try:
        os.kill(pid, 0)
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0] != "Z"
        )
    except ProcessLookupError:
        return False
    except (PermissionError, FileNotFoundError):
        return True


def ours(pid: int, home: Path) -> bool | None:
    """Tell whether a process is a server of this home; None where it is one, and cannot be seen of which home.

    Its command line is that of any home's: what only ours has is its working folder, which the supervisor gives it.
    """
    if "contextfs.runtime.serve" not in command_line(pid).split(" "):
        return False
    return works_in(pid, home)


def supervises(pid: int, home: Path) -> bool:
    """Tell whether a process is a supervisor of this home, which its command line names."""
    named = _SUPERVISOR.search(command_line(pid))
    with suppress(OSError):
        return named is not None and Path(named[1]).samefile(home)
    return False


def end(pid: int, home: Path, seconds: float) -> None:
    """Wait for a server of this home to end; one that does not in time is killed, where it is sure whose it is.

    Where it is not, it is left alone then, and does not keep a stack from starting. Unavailable when it outlives that.
    """
    deadline = time.monotonic() + seconds
    while (sure := ours(pid, home)) is not False:
        if time.monotonic() > deadline:
            if sure is None:
                return
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline + _PATIENCE_SECONDS:
            raise Unavailable(f"A process of an earlier start is still there ({pid}): end it, and try again.")
        time.sleep(_PAUSE_SECONDS)


def memory_mb(pid: int | None) -> float | None:
    """Read a process's resident memory where the system tells it in a file."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def last_line(path: Path) -> str:
    """Read the end of a log, for a message."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip().rsplit("\n", 1)[-1][:500] or "nothing"
    except OSError:
        return "nothing"


def wait_until(
    done: Callable[[], bool], seconds: float, otherwise: str, meanwhile: Callable[[], object] = lambda: None
) -> None:
    """Wait for something, and do something meanwhile; Unavailable says `otherwise` when it takes longer than it may."""
    deadline = time.monotonic() + seconds
    while not done():
        meanwhile()
        if time.monotonic() > deadline:
            raise Unavailable(f"{otherwise} after {seconds:.0f} seconds")
        time.sleep(_PAUSE_SECONDS)

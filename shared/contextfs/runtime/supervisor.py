"""The supervisor: starts the processes of a stack and starts them again when they end. It serves nothing itself.

It loads little, for it is the first process to start and stays for as long as the stack does.

`python -m contextfs.runtime.supervisor HOME LISTENER`; the children's settings are its own environment. It holds a lock
for as long as it lives, and the socket that the gateway listens on (LISTENER, its number): calls that come while a
gateway starts again wait for it. SIGTERM ends it gracefully: the gateway drains first, then the relay, then the worker.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from contextfs.adapters.database import embedded
from contextfs.adapters.database.embedded.locks import claim
from contextfs.kit.errors import ContextFSError

NAMES = ("gateway", "relay", "worker")

_LOOK_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 10.0
_STEADY_SECONDS = 10.0
_DRAIN_SECONDS = 35.0
_LONGEST_LOG = 10 * 1024 * 1024


@dataclass
class Child:
    """A process that is kept running."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    started: float = 0.0
    start_at: float = 0.0


class Supervisor:
    """Keeps the children and, where there is one, the embedded database running."""

    def __init__(self, home: Path, listener: int, *, with_database: bool) -> None:
        self._home = home
        self._listener = listener
        self._data = home / "postgres" / "data" if with_database else None
        self._children = [Child(name) for name in NAMES]
        self._stopping = False

    def run(self) -> None:
        """Keep everything running until told to stop."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        while not self._stopping:
            self._mend_database()
            changed = [self._mend(child) for child in self._children]
            if any(changed):
                self._tell()
            time.sleep(_LOOK_SECONDS)
        os.close(self._listener)  # or new calls would wait for a gateway that takes none
        for child in self._children:
            self._end(child)
        self._tell()

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _mend_database(self) -> None:
        if self._data is not None and embedded.find(self._data) is None:
            try:
                embedded.start(self._data)
            except ContextFSError as error:
                _say(f"database: {error.detail}")
                time.sleep(1.0)

    def _mend(self, child: Child) -> bool:
        """Start a child that does not run; True when something changed."""
        now = time.monotonic()
        if child.process is not None and child.process.poll() is None:
            return False
        if child.process is not None:
            _say(f"{child.name} ended with {child.process.returncode}")
            steady = now - child.started > _STEADY_SECONDS
            child.start_at = now + (0.0 if steady else min(0.2 * 2 ** min(child.starts, 6), _LONGEST_PAUSE_SECONDS))
            child.process = None
            return True
        if now < child.start_at:
            return False
        child.process = self._start(child.name)
        child.started = now
        child.starts += 1
        return True

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        listens = name == "gateway"
        environment = os.environ | {"CONTEXTFS_PARENT": str(os.getpid())}
        with _log_file(self._home / "logs" / f"{name}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "contextfs.runtime.serve", name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[self._listener] if listens else [],
                env=environment | ({"CONTEXTFS_LISTENER": str(self._listener)} if listens else {}),
            )

    def _end(self, child: Child) -> None:
        if child.process is None:
            return
        child.process.terminate()
        try:
            child.process.wait(_DRAIN_SECONDS)
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
        child.process = None

    def _tell(self) -> None:
        """Write down which processes run, for `ctx status`."""
        told = {
            "supervisor": os.getpid(),
            "processes": [
                {
                    "name": child.name,
                    "pid": child.process.pid if child.process else None,
                    "state": "running" if child.process else "stopped" if self._stopping else "waiting",
                    "starts": child.starts,
                }
                for child in self._children
            ],
        }
        temporary = self._home / ".processes.json"
        temporary.write_text(json.dumps(told))
        temporary.replace(self._home / "processes.json")


def _log_file(path: Path) -> Path:
    """Keep one older log beside a new one when it has grown large."""
    if path.exists() and path.stat().st_size > _LONGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path


def _say(text: str) -> None:
    sys.stderr.write(json.dumps({"service": "supervisor", "message": text}) + "\n")
    sys.stderr.flush()


def main(arguments: list[str], claimed: Callable[[Path], int | None] = lambda path: claim(path, create=True)) -> int:
    """Supervise one installation; 1 when another supervisor does that already."""
    home = Path(arguments[0])
    lock = claimed(home / "supervisor.lock")
    if lock is None:
        return 1
    Supervisor(home, int(arguments[1]), with_database="--own-database" not in arguments).run()
    os.close(lock)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The supervisor: starts the processes of a stack and starts them again when they end. It serves nothing itself.

It loads little, for it is the first process to start and stays for as long as the stack does.

`python -m contextfs.runtime.supervisor HOME LOCK LISTENER FINGERPRINT`; its environment has the children's settings.
It inherits two descriptors, and keeps them for as long as it lives: of a lock (LOCK), so that there is one supervisor,
and of the socket that the gateway listens on (LISTENER): calls that come while a gateway starts again wait for it.
FINGERPRINT is of the code that it was started with, and is told to whoever asks what runs.

SIGTERM ends it gracefully: the gateway answers what it was asked first, then relay and worker end what they began. Who
takes longer than it may is killed: what a worker was at is done again then, as after a crash.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from contextfs.adapters.database import embedded
from contextfs.adapters.database.embedded import logs
from contextfs.kit.errors import ContextFSError

DRAIN_SECONDS = {"gateway": 35.0, "relay": 5.0, "worker": 5.0}
"""The processes of a stack, and how long each may take to end: a gateway answers calls for half a minute."""

_LOOK_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 10.0
_STEADY_SECONDS = 10.0


@dataclass
class Kept:
    """A process that is kept running, and how it ended last without being told to."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    started: float = 0.0
    start_at: float = 0.0
    ended_at: str | None = None
    ended_by: str | None = None

    def ended(self, by: str) -> None:
        """Note that it ended, and by what."""
        _say(f"{self.name} ended: {by}")
        self.process, self.ended_at, self.ended_by = None, datetime.now(UTC).isoformat(timespec="seconds"), by

    def told(self) -> dict[str, object]:
        """Write down how it is."""
        return {
            "name": self.name,
            "pid": self.process.pid if self.process else None,
            "state": "running" if self.process else "waiting",
            "starts": self.starts,
            "ended_at": self.ended_at,
            "ended_by": self.ended_by,
        }


class Supervisor:
    """Keeps the children and, where there is one, the embedded database running."""

    def __init__(self, home: Path, listener: int, fingerprint: str, *, with_database: bool) -> None:
        self._home = home
        self._listener = listener
        self._fingerprint = fingerprint
        self._data = home / "postgres" / "data" if with_database else None
        self._database = Kept("database", starts=1)
        self._database_ran = True
        self._database_said = embedded.said(self._data) if self._data else 0
        self._children = [Kept(name) for name in DRAIN_SECONDS]
        self._stopping = False

    def run(self) -> None:
        """Keep everything running until told to stop."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        self._tell()
        while not self._stopping:
            changed = [self._mend_database(), *map(self._mend, self._children)]
            if any(changed):
                self._tell()
            time.sleep(_LOOK_SECONDS)
        os.close(self._listener)  # or new calls would wait for a gateway that takes none
        gateway, *others = self._children
        self._end([gateway])  # what it was asked may wait for the others
        self._end(others)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _mend_database(self) -> bool:
        """Start the database where it does not run; True when something changed."""
        if self._data is None or embedded.find(self._data) is not None:
            return False
        ended_now, self._database_ran = self._database_ran, False
        if ended_now:  # and not at each further try
            self._database.ended(embedded.complaint(self._data, self._database_said))
        try:
            embedded.start(self._data)
        except ContextFSError as error:
            if ended_now:
                _say(f"database: {error.detail}")
            time.sleep(1.0)
            return ended_now
        self._database_ran = True
        self._database_said = embedded.said(self._data)
        self._database.starts += 1
        return True

    def _mend(self, child: Kept) -> bool:
        """Start a child that does not run; True when something changed."""
        now = time.monotonic()
        code = None if child.process is None else child.process.poll()
        if child.process is not None and code is None:
            return False
        if code is not None:
            steady = now - child.started > _STEADY_SECONDS
            child.start_at = now + (0.0 if steady else min(0.2 * 2 ** min(child.starts, 6), _LONGEST_PAUSE_SECONDS))
            child.ended(f"signal {-code}" if code < 0 else f"exit code {code}")
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
        log = logs.open_for_server(self._home / "logs" / f"{name}.log")
        try:
            return subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "contextfs.runtime.serve", name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[self._listener] if listens else [],
                env=environment | ({"CONTEXTFS_LISTENER": str(self._listener)} if listens else {}),
            )
        finally:
            os.close(log)

    def _end(self, children: Sequence[Kept]) -> None:
        """End some children at once, each within its time; it is told when they know."""
        begun = time.monotonic()
        for child in children:
            if child.process is not None:
                child.process.terminate()
        self._tell()
        for child in children:
            if child.process is not None:
                _wait(child.process, begun + DRAIN_SECONDS[child.name])
            child.process = None
        self._tell()

    def _tell(self) -> None:
        """Write down which processes run, for `ctx status`."""
        told = {
            "supervisor": os.getpid(),
            "fingerprint": self._fingerprint,
            "stopping": self._stopping,
            "database": self._database.told(),
            "processes": [child.told() for child in self._children],
        }
        temporary = self._home / ".processes.json"
        with open(temporary, "w", encoding="ascii", opener=_private) as file:
            json.dump(told, file)
        temporary.replace(self._home / "processes.json")


def _wait(process: subprocess.Popen[bytes], deadline: float) -> None:
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _say(text: str) -> None:
    sys.stderr.write(json.dumps({"service": "supervisor", "message": text}) + "\n")
    sys.stderr.flush()


def main(arguments: list[str]) -> int:
    """Supervise one installation. The lock that was inherited is held by living."""
    home, _lock, listener, fingerprint, *options = arguments
    Supervisor(Path(home), int(listener), fingerprint, with_database="--own-database" not in options).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

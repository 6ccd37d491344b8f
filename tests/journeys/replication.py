"""Two Postgres servers on one machine, the second a streaming copy of the first."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from contextfs.adapters.database import embedded
from contextfs.adapters.database.embedded import binaries, rootless
from contextfs.adapters.database.embedded.place import Place
from tests.functions.conftest import wait_until

DATABASE = "contextfs"
_QUICK = {"fsync": "off"}  # no test pulls the plug; a killed process loses nothing that the system holds


@dataclass(frozen=True)
class Pair:
    """The data folders of a server and its copy."""

    first: Path
    second: Path

    def begin(self) -> None:
        """Start a server with an empty database, and a copy of it that follows."""
        server = embedded.start(self.first, options=_QUICK)
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute(f"create database {DATABASE}".encode())
        self.copy(self.first, self.second)

    def copy(self, of: Path, data: Path) -> None:
        """Make a folder a copy of a running server, and start it: it follows by streaming."""
        server = embedded.find(of)
        assert server is not None
        place = Place.of(data)
        shutil.rmtree(data, ignore_errors=True)
        way = rootless.choose(Place.of(of), binaries.find())
        take = way.command("pg_basebackup", "--pgdata", data, "--dbname", server.dsn(), *_TAKE)
        subprocess.run(take, check=True, cwd="/", env=rootless.environment(), capture_output=True)
        shutil.copy2(Place.of(of).password, place.password)
        embedded.start(data, options=_QUICK)

    def address(self) -> str:
        """Give one address of both: whoever connects by it gets the server that takes writes."""
        servers = [conninfo_to_dict(self.dsn(data)) for data in (self.first, self.second)]
        both = {name: ",".join(str(one[name]) for one in servers) for name in ("host", "port")}
        first = {name: str(value) for name, value in servers[0].items()}
        return make_conninfo(**(first | both | {"target_session_attrs": "read-write"}))  # pyright: ignore[reportArgumentType] - libpq keywords

    def dsn(self, data: Path) -> str:
        """Give the address of one of the two."""
        server = embedded.find(data)
        assert server is not None
        return server.dsn(DATABASE)

    def run(self, data: Path, *statements: str) -> Any:
        """Run statements on one of the two; gives the first value of the last one."""
        *before, last = (statement.encode() for statement in statements)
        with psycopg.connect(self.dsn(data), autocommit=True) as connection:
            for statement in before:
                connection.execute(statement)
            row = connection.execute(last).fetchone()
            return row[0] if row else None

    def follow_closely(self) -> None:
        """Let the first server acknowledge what its copy has on its disk, too, and nothing before."""
        self.run(self.first, "alter system set synchronous_standby_names = '*'", "select pg_reload_conf()")
        wait_until(lambda: self.run(self.first, "select sync_state from pg_stat_replication") == "sync")

    def cut(self) -> None:
        """Cut the copy off from what it follows."""
        self.run(self.second, "alter system set primary_conninfo = ''", "select pg_reload_conf()")
        wait_until(lambda: self.run(self.second, "select count(*) from pg_stat_wal_receiver") == 0)

    def kill(self) -> None:
        """Kill the first server as a machine that is lost: all of its processes, at once."""
        server = embedded.find(self.first)
        assert server is not None
        for process in (server.pid, *_children(server.pid)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def promote(self) -> None:
        """Let the copy take writes."""
        assert self.run(self.second, "select pg_promote(true, 60)")

    def end(self) -> None:
        """Stop both."""
        for data in (self.first, self.second):
            embedded.stop(data)


_TAKE = ("--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(one) for one in text.split()]

"""After a crash, at any moment, the next start gives a server with everything that was committed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from contextfs.adapters.database import embedded
from contextfs.adapters.database.embedded.locks import claim
from contextfs.kit.errors import Unavailable

STARTER = """
import sys, pathlib
from contextfs.adapters.database import embedded
embedded.start(pathlib.Path(sys.argv[1]))
"""


def rows(server: embedded.Running) -> list[int]:
    with psycopg.connect(server.dsn()) as connection:
        return [n for (n,) in connection.execute("select n from kept order by n")]


def crash(data: Path) -> embedded.Running:
    """Commit a row and kill the server without a word."""
    server = embedded.start(data)
    with psycopg.connect(server.dsn()) as connection:
        connection.execute("insert into kept values (3)")
    os.kill(server.pid, signal.SIGKILL)
    return server


def ended(data: Path) -> None:
    """Wait until the last process of a killed server has ended, and its lock is free."""
    while (life := claim(data / "PG_VERSION")) is None:
        time.sleep(0.01)
    os.close(life)


def test_what_was_committed_survives_a_kill(data: Path) -> None:
    crash(data)

    assert rows(embedded.start(data)) == [1, 2, 3]


def test_many_kills_lose_nothing(data: Path) -> None:
    for n in range(3, 8):
        server = embedded.start(data)
        with psycopg.connect(server.dsn()) as connection:
            connection.execute("insert into kept values (%s)", [n])
        os.kill(server.pid, signal.SIGKILL)

    assert rows(embedded.start(data)) == [1, 2, 3, 4, 5, 6, 7]


def test_a_killed_server_is_not_found(data: Path) -> None:
    crash(data)

    assert embedded.find(data) is None


def test_a_killed_server_was_not_stopped(data: Path) -> None:
    crash(data)
    ended(data)

    assert not embedded.stop(data)


@pytest.mark.parametrize("leftover", ["postmaster.pid", ".s.PGSQL.5432.lock"])
def test_a_number_that_another_program_has_by_now_is_no_server(data: Path, leftover: str) -> None:
    crash(data)
    stale = data / leftover
    with subprocess.Popen(["sleep", "60"]) as other:
        stale.write_text("\n".join([str(other.pid), *stale.read_text().split("\n")[1:]]))
        server = embedded.start(data)
        untouched = other.poll() is None
        other.kill()

    assert server.pid != other.pid
    assert untouched


def test_stopping_does_not_touch_a_program_that_has_the_number_by_now(data: Path) -> None:
    crash(data)
    ended(data)
    stale = data / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"]) as other:
        stale.write_text("\n".join([str(other.pid), *stale.read_text().split("\n")[1:]]))
        stopped = embedded.stop(data)
        untouched = other.poll() is None
        other.kill()

    assert not stopped
    assert untouched


@pytest.mark.parametrize("lines", [0, 3])
def test_a_half_written_file_is_no_server(data: Path, lines: int) -> None:
    crash(data)
    ended(data)
    stale = data / "postmaster.pid"
    stale.write_text("\n".join(stale.read_text().split("\n")[:lines]))

    assert rows(embedded.start(data)) == [1, 2, 3]


def test_nonsense_in_the_file_is_no_server(data: Path) -> None:
    (data / "postmaster.pid").write_bytes(b"\xff\xfe\n-1\n" * 5)

    assert rows(embedded.start(data)) == [1, 2]


def test_after_a_crash_the_address_is_the_one_that_others_know(made: Path, data: Path) -> None:
    moved = data.rename(data.with_name("p" * 120))
    data.with_name("pg.password").rename(f"{moved}.password")
    first = embedded.start(moved)
    crash(moved)
    second = embedded.start(moved)

    assert first.pid != second.pid
    assert first.socket_dir != moved
    assert first.dsn() == second.dsn()


def test_a_copy_of_a_running_folder_has_its_own_server(data: Path) -> None:
    original = embedded.start(data)
    copy = data.with_name("copy")
    ignored = shutil.ignore_patterns(".s.PGSQL.5432")
    shutil.copytree(data, copy, ignore=ignored)
    shutil.copy2(data.with_name("pg.password"), data.with_name("copy.password"))
    second = embedded.start(copy)

    assert (second.pid != original.pid, second.socket_dir) == (True, copy)


@pytest.mark.parametrize("moment", ["PG_VERSION", "base/5"])
def test_a_folder_that_was_half_made_is_made_anew(folder: Path, environment: dict[str, str], moment: str) -> None:
    data, reached = folder / "pg", folder / "pg.new" / moment
    command = [sys.executable, "-c", STARTER, str(data)]
    with subprocess.Popen(command, env=environment) as starter:
        while not reached.exists() and starter.poll() is None:
            time.sleep(0.001)
        starter.kill()
    server = embedded.start(data)
    with psycopg.connect(server.dsn()) as connection:
        row = connection.execute("select 1").fetchone()

    assert row == (1,)
    assert not (folder / "pg.new").exists()


def test_a_lost_password_is_replaced_by_a_start(data: Path) -> None:
    lost = embedded.start(data).password
    embedded.stop(data)
    data.with_name("pg.password").unlink()
    server = embedded.start(data)

    assert server.password != lost
    assert rows(server) == [1, 2]


def test_a_password_lost_while_the_server_runs_is_explained(data: Path) -> None:
    embedded.start(data)
    data.with_name("pg.password").unlink()

    with pytest.raises(Unavailable, match="stop the server"):
        embedded.start(data)


def test_a_server_that_is_not_ready_in_time_is_left_to_get_ready(data: Path) -> None:
    crash(data)
    with pytest.raises(Unavailable, match="still"):
        embedded.start(data, wait=0.0)

    assert rows(embedded.start(data)) == [1, 2, 3]

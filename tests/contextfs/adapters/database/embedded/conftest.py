"""Folders with a database in them: one is made for the whole run, and each test gets a copy of it."""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest

from contextfs.adapters.database import embedded

MEMORY = Path("/dev/shm")  # noqa: S108 - only a place for mkdtemp


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """Give the environment of a Python process that can import this source tree."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[5] / "shared")}


@pytest.fixture
def folder() -> Generator[Path]:
    """Give an empty folder, in memory where possible; whatever runs in it is stopped at the end."""
    path = new_folder()
    yield path
    remove(path)


@pytest.fixture(scope="session")
def made() -> Generator[Path]:
    """Make one database with two rows in it, and stop its server."""
    path = new_folder()
    server = embedded.start(path / "pg")
    with psycopg.connect(server.dsn()) as connection:
        connection.execute("create table kept as select * from (values (1), (2)) as rows (n)")
    embedded.stop(path / "pg")
    yield path / "pg"
    remove(path)


@pytest.fixture
def data(made: Path, folder: Path) -> Path:
    """Give a copy of that database, not running."""
    return copied(made, folder)


@pytest.fixture(scope="module")
def running(made: Path) -> Generator[embedded.Running]:
    """Run one copy of that database for the tests that only look."""
    path = new_folder()
    yield embedded.start(copied(made, path))
    remove(path)


def new_folder() -> Path:
    """Make a folder that every user may enter."""
    path = Path(tempfile.mkdtemp(prefix="ctx-test-", dir=MEMORY if MEMORY.is_dir() else None))
    path.chmod(0o755)
    return path


def copied(made: Path, folder: Path) -> Path:
    """Copy a database that does not run."""
    shutil.copytree(made, folder / "pg")
    shutil.copy2(made.with_name("pg.password"), folder / "pg.password")
    return folder / "pg"


def remove(path: Path) -> None:
    """Stop the servers below a folder and remove it."""
    for version_file in path.rglob("PG_VERSION"):
        if (version_file.parent / "global").is_dir():
            embedded.stop(version_file.parent)
    shutil.rmtree(path)

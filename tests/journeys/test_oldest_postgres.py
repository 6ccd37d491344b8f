"""The oldest Postgres that is promised, 15, as Cloud SQL and Aurora run it: every migration, and a whole journey.

Runs where Debian's postgresql-15 and pgvector 0.8 or newer are installed; CONTRIBUTING.md tells how to come by them.
"""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from contextfs.adapters.database import embedded
from contextfs.adapters.database.embedded import binaries
from contextfs.adapters.database.embedded.binaries import Programs
from tests.journeys.regions import machine
from tests.journeys.test_one_program import story

DEBIAN = Programs(Path("/usr/lib"), "postgresql", "15", 15)
VECTOR = Path("/usr/share/postgresql/15/extension/vector.control")

pytestmark = pytest.mark.skipif(
    not (DEBIAN.path("postgres").is_file() and VECTOR.is_file()),
    reason="Postgres 15 with pgvector is not installed (CONTRIBUTING.md)",
)


def _debian(_: int | None = None) -> Programs:
    return DEBIAN


@pytest.fixture(scope="module")
def oldest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of an empty database of a server of Postgres 15, started as the embedded one is."""
    data = tmp_path_factory.mktemp("postgres-15") / "data"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(binaries, "find", _debian)
        server = embedded.start(data, options={"fsync": "off", "max_connections": "200"})
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("create database oldest")
    yield make_conninfo(server.dsn(), dbname="oldest")
    embedded.stop(data)


def test_a_whole_journey_runs_on_it(oldest: str, tmp_path: Path) -> None:
    with machine(oldest, None, tmp_path) as place:
        told = story(place)
    with psycopg.connect(oldest) as connection:
        version = connection.execute("show server_version_num").fetchone()

    assert version is not None
    assert version[0].startswith("15")
    assert "Postgres" in told["what did we decide about the queue"]["hits"][0]["snippet"]
    assert len(told["memories"]) >= 3
    assert (told["strangers"], told["dead"]) == ([[], []], [])

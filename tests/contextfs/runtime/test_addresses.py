"""A new connection logs in by what holds now, and by nothing that could be caught on the way."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import msgspec
import psycopg
import pytest

from contextfs.adapters.clouds.aws.logins import SignedLogins
from contextfs.adapters.clouds.aws.signing import Signer
from contextfs.adapters.database import address
from contextfs.adapters.database.address import Login
from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.settings import Settings
from contextfs.runtime.addresses import Addresses
from tests.contextfs.adapters.clouds import metadata_server
from tests.contextfs.adapters.clouds.moto_server import CREDENTIALS, REGION
from tests.contextfs.runtime.own_role import backend, own_role

FAR = "postgresql://contextfs_app@db.example.com/contextfs"
VERIFIED = f"{FAR}?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt"


def settings(url: str, login: str) -> Settings:
    given = {"database_url": url, "database_login": login, "key_pepper": "p" * 32, "redaction_key": "r" * 32}
    return msgspec.convert(given, Settings)


def test_passwords_are_as_the_address_says() -> None:
    assert FAR == Addresses(settings(FAR, "password")).of("database_url")


def test_an_address_with_a_password_keeps_it() -> None:
    url = FAR.replace("@", ":secret@", 1)

    assert url == Addresses(settings(url, "aws-iam"), CREDENTIALS).of("database_url")


def test_an_address_that_is_not_set_is_none() -> None:
    assert Addresses(settings(FAR, "password")).of("relay_database_url") is None


@pytest.mark.parametrize("url", [FAR, f"{FAR}?sslmode=require", FAR.replace("db.example.com", "10.0.0.3")])
def test_no_token_goes_to_a_server_that_nobody_verified(url: str) -> None:
    with pytest.raises(Invalid, match=r"Setting CONTEXTFS_DATABASE_URL: .* add sslmode=verify-full"):
        Addresses(settings(url, "aws-iam"), CREDENTIALS).of("database_url")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://u:secret@[h/d", "CONTEXTFS_DATABASE_URL: this is no address of Postgres."),
        ("host=/a,/b port=1,2 user=u", "CONTEXTFS_DATABASE_URL: a token is for one host and one port"),
    ],
)
def test_an_address_that_is_none_is_told_without_being_shown(url: str, told: str) -> None:
    with pytest.raises(Invalid, match=told) as refused:
        Addresses(settings(url, "aws-iam"), CREDENTIALS).of("database_url")

    assert "secret" not in refused.value.detail


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (VERIFIED, Login("db.example.com", 5432, "contextfs_app")),
        ("host=/cloudsql/p:r:i user=s@p.iam", Login("/cloudsql/p:r:i", 5432, "s@p.iam")),
        ("postgresql://u@127.0.0.1:6432/d", Login("127.0.0.1", 6432, "u")),
        ("postgresql://127.0.0.1/d", None),
    ],
)
def test_who_logs_in_where_is_read_from_the_address(url: str, expected: Login | None) -> None:
    assert expected == address.passwordless(url)


def test_a_pool_on_aws_lives_through_tokens_that_end(admin_url: str) -> None:
    now = [datetime(2026, 3, 4, tzinfo=UTC)]
    signer = Signer("testing", "testing", None, REGION, "rds-db")
    with own_role(admin_url) as role:
        host, port, user = address.passwordless(role.address()) or Login("", 0, "")

        def let_in() -> None:
            role.set_password(SignedLogins(signer, lambda: now[0]).password(host, port, user))

        let_in()
        told = Addresses(settings(role.address(), "aws-iam"), CREDENTIALS, clock=lambda: now[0]).of("database_url")
        assert callable(told)
        with closing(PostgresDatabase(told, size=2)) as database:
            first = backend(database)
            now[0] += timedelta(minutes=15)
            let_in()
            role.disconnect()
            second = backend(database)
        now[0] += timedelta(minutes=15)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(told())

    assert first != second


def test_a_pool_on_google_cloud_lives_through_tokens_that_end(admin_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = metadata_server.Metadata()
    metadata.seconds = 1
    with metadata_server.served(metadata) as environment, own_role(admin_url) as role:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        told = Addresses(settings(role.address(), "gcp-iam")).of("database_url")
        assert told is not None
        metadata.token = role.set_password("ya29.first")
        with closing(PostgresDatabase(told, size=2)) as database:
            first = backend(database)
            metadata.token = role.set_password("ya29.second")
            role.disconnect()
            second = backend(database)

    assert first != second


def test_a_database_that_no_token_opens_is_away(admin_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = metadata_server.Metadata()
    metadata.token = None
    with metadata_server.served(metadata) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        told = Addresses(settings("host=/none user=u", "gcp-iam")).of("database_url")
        assert told is not None
        with (
            closing(PostgresDatabase(told, size=1, timeout=0.5)) as database,
            pytest.raises(Unavailable, match="The database does not answer"),
            database.transaction(),
        ):
            pass

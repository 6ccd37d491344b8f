"""A new connection logs in by what holds now, and by nothing that could be caught on the way."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest

from contextfs.adapters.clouds.aws.logins import SignedLogins
from contextfs.adapters.clouds.aws.signing import Signer
from contextfs.adapters.database import address
from contextfs.adapters.database.address import Login
from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.log import JsonLines
from contextfs.kit.settings import Settings
from contextfs.runtime.addresses import Addresses
from contextfs.runtime.secrets import OLD
from tests.contextfs.adapters.clouds import metadata_server
from tests.contextfs.adapters.clouds.moto_server import CREDENTIALS, REGION
from tests.contextfs.runtime.own_role import backend, own_role

FAR = "postgresql://contextfs_app@db.example.com/contextfs"
LED_AWAY = "host=localhost hostaddr=203.0.113.5 user=u sslmode=disable"
OF_RDS = '{"username":"contextfs_app","password":"hunter2"}'
"""What RDS writes into a secret of its own: no address."""
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


@pytest.mark.parametrize("url", [FAR, f"{FAR}?sslmode=require", FAR.replace("db.example.com", "10.0.0.3"), LED_AWAY])
def test_no_token_goes_to_a_server_that_nobody_verified(url: str) -> None:
    with pytest.raises(Invalid, match=r"Setting CONTEXTFS_DATABASE_URL: .* add sslmode=verify-full"):
        Addresses(settings(url, "aws-iam"), CREDENTIALS).of("database_url")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://u:secret@[h/d", "CONTEXTFS_DATABASE_URL: this is not an address of Postgres."),
        ("host=/a,/b port=1,2 user=u", "CONTEXTFS_DATABASE_URL: a token is for one host and one port"),
        ("host=/a,/b user=u", "CONTEXTFS_DATABASE_URL: a token is for one host and one port"),
        ("host=localhost hostaddr=127.0.0.1,10.0.0.3 user=u", "DATABASE_URL: a token is for one host and one port"),
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
        ("host=db.example.com hostaddr=127.0.0.1 user=u", Login("db.example.com", 5432, "u")),
        ("hostaddr=127.0.0.1 user=u", Login("127.0.0.1", 5432, "u")),
    ],
)
def test_who_logs_in_where_is_read_from_the_address(url: str, expected: Login | None) -> None:
    assert expected == address.passwordless(url)


@pytest.mark.parametrize("login", ["password", "aws-iam"])
def test_a_text_that_is_no_address_stops_the_start_without_being_shown(login: str) -> None:
    with pytest.raises(Invalid) as refused:
        Addresses(settings(OF_RDS, login), CREDENTIALS).of("database_url")

    assert "Setting CONTEXTFS_DATABASE_URL: this is not an address of Postgres." == refused.value.detail
    assert refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("login", "text"),
    [("password", OF_RDS), ("aws-iam", OF_RDS), ("aws-iam", f"{FAR}?sslmode=disable"), ("aws-iam", LED_AWAY)],
)
def test_what_is_refused_when_it_is_read_again_is_not_taken_and_not_shown(
    login: str, text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    (tmp_path / "url").write_text(text)
    environment = {**CREDENTIALS, "CONTEXTFS_DATABASE_URL": f"file:{tmp_path / 'url'}"}
    told = Addresses(settings(VERIFIED, login), environment, monotonic=lambda: now[0]).of("database_url")
    assert callable(told)
    now[0] += OLD
    parts = address.parsed(told())
    (line,) = [JsonLines("api").format(record) for record in caplog.records]

    assert ("db.example.com", "verify-full") == (parts["host"], parts["sslmode"])
    assert '"setting": "CONTEXTFS_DATABASE_URL"' in line
    assert "hunter2" not in line


def test_a_token_is_for_the_server_that_the_address_names_now(tmp_path: Path) -> None:
    now = [0.0]
    (tmp_path / "url").write_text(VERIFIED.replace("db.example.com", "new.example.com"))
    environment = {**CREDENTIALS, "CONTEXTFS_DATABASE_URL": f"file:{tmp_path / 'url'}"}
    told = Addresses(settings(VERIFIED, "aws-iam"), environment, monotonic=lambda: now[0]).of("database_url")
    assert callable(told)
    before = address.parsed(told())
    now[0] += OLD
    after = address.parsed(told())

    assert ["db.example.com", "new.example.com"] == [before["host"], after["host"]]
    assert before["password"].startswith("db.example.com:5432/?")
    assert after["password"].startswith("new.example.com:5432/?")


def test_a_reference_that_loses_its_password_gets_a_token(tmp_path: Path) -> None:
    now = [0.0]
    (tmp_path / "url").write_text(VERIFIED)
    environment = {**CREDENTIALS, "CONTEXTFS_DATABASE_URL": f"file:{tmp_path / 'url'}"}
    with_one = settings(VERIFIED.replace("@", ":secret@", 1), "aws-iam")
    told = Addresses(with_one, environment, monotonic=lambda: now[0]).of("database_url")
    assert callable(told)
    before = address.parsed(told())["password"]
    now[0] += OLD

    assert "secret" == before
    assert address.parsed(told())["password"].startswith("db.example.com:5432/?")


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


def test_a_database_that_no_token_opens_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
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

    lines = [JsonLines("api").format(record) for record in caplog.records]

    assert any('"setting": "CONTEXTFS_DATABASE_URL", "detail": "Google gives no token' in line for line in lines)

"""Tokens take the place of a database's password, as the clouds' own libraries give them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3  # pyright: ignore[reportMissingTypeStubs] - it has none
import pytest
from google.auth import compute_engine  # pyright: ignore[reportMissingTypeStubs] - it has none

from contextfs.adapters.clouds.aws.logins import LibraryLogins, SignedLogins, logins
from contextfs.adapters.clouds.aws.signing import Signer
from contextfs.adapters.clouds.gcp.logins import SCOPES, GoogleLogins
from contextfs.kit.clock import system_clock
from contextfs.kit.errors import Unavailable
from tests.contextfs.adapters.clouds import metadata_server
from tests.contextfs.adapters.clouds.metadata_server import Metadata
from tests.contextfs.adapters.clouds.moto_server import CREDENTIALS, REGION

PROXY = "ctx-proxy-use1.proxy-abc.eu-central-1.rds.amazonaws.com"
_sdk: Any = boto3


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[Metadata]:
    """Let this process run where Google's metadata server is."""
    metadata = Metadata()
    with metadata_server.served(metadata) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield metadata


def test_the_accounts_token_logs_in_and_may_do_nothing_else(google: Metadata) -> None:
    told = GoogleLogins().password("10.0.0.3", 5432, "search@p.iam")

    assert ("first", set(SCOPES)) == (told, set(google.scopes))


def test_a_token_is_taken_again_until_it_ends(google: Metadata) -> None:
    credentials: Any = compute_engine.Credentials(scopes=SCOPES)
    logins = GoogleLogins(credentials=credentials)
    told = [logins.password("h", 5432, "u")]
    google.token, google.seconds = "second", 1
    told.append(logins.password("h", 5432, "u"))
    credentials.expiry = datetime.now(UTC).replace(tzinfo=None)  # an hour later
    told += [logins.password("h", 5432, "u")]
    google.token = "third"
    told += [logins.password("h", 5432, "u")]

    assert ["first", "first", "second", "third"] == told


def test_without_a_token_one_may_try_again(google: Metadata) -> None:
    google.token = None

    with pytest.raises(Unavailable, match="Google gives no token to log in to the database by"):
        GoogleLogins().password("h", 5432, "u")


@pytest.mark.parametrize("token", [None, "abc/+="])
@pytest.mark.parametrize(("user", "port"), [("contextfs_app", 5432), ("a b+c@d.e~-", 6432), ("contextfs_app", 443)])
def test_a_token_of_rds_is_as_the_vendors_library_signs_it(user: str, port: int, token: str | None) -> None:
    keys = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "secret", "aws_session_token": token}
    client = _sdk.client("rds", region_name=REGION, **keys)
    theirs = client.generate_db_auth_token(DBHostname=PROXY, Port=port, DBUsername=user)
    moment = parse_qs(urlsplit(f"//{theirs}").query)["X-Amz-Date"][0]
    clock = datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = SignedLogins(Signer("AKIA", "secret", token, REGION, "rds-db"), lambda: clock).password(PROXY, port, user)

    assert theirs.partition("?")[0] == ours.partition("?")[0]
    assert parse_qs(theirs.partition("?")[2]) == parse_qs(ours.partition("?")[2])


def test_where_keys_are_no_variables_the_library_finds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)

    found = logins({"CONTEXTFS_REGION": REGION}, system_clock)

    assert isinstance(found, LibraryLogins)
    assert isinstance(logins(CREDENTIALS, system_clock), SignedLogins)
    assert f"{PROXY}:5432/?Action=connect&DBUser=contextfs_app&" in found.password(PROXY.upper(), 5432, "contextfs_app")


def test_without_keys_one_may_try_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it knows keys of other tests
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(Unavailable, match="AWS gives no keys to log in to the database by"):
        LibraryLogins(region=REGION).password(PROXY, 5432, "contextfs_app")

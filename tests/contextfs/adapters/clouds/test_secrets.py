"""The stores of secrets of all clouds keep one contract."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.awsrequest import AWSRequest  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.credentials import Credentials  # pyright: ignore[reportMissingTypeStubs] - it has none
from hypothesis import given
from hypothesis import strategies as st

from contextfs.adapters.clouds.aws import secrets_at_start, signing
from contextfs.adapters.clouds.aws.secrets import SecretsManager
from contextfs.adapters.clouds.aws.secrets_at_start import SecretsAtStart
from contextfs.adapters.clouds.aws.signing import Signer
from contextfs.adapters.clouds.gcp.secrets import SecretManager
from contextfs.adapters.clouds.local.secrets import FileSecrets
from contextfs.kit.clock import system_clock
from contextfs.kit.errors import Invalid, NotFound, Unavailable
from contextfs.kit.ports import Secrets
from tests.contextfs.adapters.clouds import moto_server, secret_manager

TEXT = "postgresql://app:päss@host/db"
PROJECT = "projects/p/secrets/"


@dataclass(frozen=True)
class Twin:
    """A store of secrets, what sets one (and gives the name it is read by), and what sets bytes."""

    secrets: Secrets
    put: Callable[[str, str | bytes], str]
    absent: str


@pytest.fixture
def files(tmp_path: Path) -> Twin:
    """Give the local twin."""

    def put(name: str, text: str | bytes) -> str:
        (tmp_path / name).write_bytes(text.encode() + b"\n" if isinstance(text, str) else text)
        return str(tmp_path / name)

    return Twin(FileSecrets(), put, str(tmp_path / "absent"))


@pytest.fixture
def google() -> Iterator[Twin]:
    """Give the twin of Google Cloud, over Google's client library."""
    store = secret_manager.Store()

    def put(name: str, text: str | bytes) -> str:
        told = text.encode() if isinstance(text, str) else text
        store.versions.setdefault(PROJECT + name, []).append(told)
        return PROJECT + name

    with secret_manager.served(store) as client:
        yield Twin(SecretManager(client=client), put, PROJECT + "absent")


@pytest.fixture(scope="module")
def moto() -> Iterator[dict[str, str]]:
    """Serve AWS."""
    with moto_server.served() as environment:
        yield environment


@pytest.fixture
def amazon(moto: dict[str, str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Twin]:
    """Give the twin of AWS, over AWS's client library."""
    for name, value in moto.items():
        monkeypatch.setenv(name, value)
    yield from _amazon(SecretsManager(region=moto_server.REGION), moto, request.node.name)


@pytest.fixture
def on_lambda(moto: dict[str, str], request: pytest.FixtureRequest) -> Iterator[Twin]:
    """Give the twin of AWS at a start on Lambda."""
    yield from _amazon(at_start(moto), moto, request.node.name)


def at_start(environment: dict[str, str]) -> SecretsAtStart:
    signer = signing.by_variables(environment, secrets_at_start.SERVICE)
    assert signer is not None
    return SecretsAtStart(signer, environment, system_clock)


def _amazon(secrets: Secrets, moto: dict[str, str], test: str) -> Iterator[Twin]:
    prefix = "".join(sign if sign.isalnum() else "-" for sign in test)
    with moto_server.client("secretsmanager", moto) as client:

        def put(name: str, text: str | bytes) -> str:
            named = f"{prefix}-{name}"
            value = {"SecretString": text} if isinstance(text, str) else {"SecretBinary": text}
            try:
                client.create_secret(Name=named, **value)
            except client.exceptions.ResourceExistsException:
                client.put_secret_value(SecretId=named, **value)
            return named

        yield Twin(secrets, put, f"{prefix}-absent")
    secrets.close()


@pytest.fixture(params=["files", "google", "amazon", "on_lambda"])
def twin(request: pytest.FixtureRequest) -> Twin:
    """Give each twin in its turn."""
    return request.getfixturevalue(request.param)


def test_a_secret_is_read_as_it_was_set(twin: Twin) -> None:
    names = [twin.put(f"name{number}", f"{TEXT}{number}") for number in range(3)]

    assert [f"{TEXT}{number}" for number in range(3)] == [twin.secrets.read(name) for name in names]


def test_the_newest_version_is_read(twin: Twin) -> None:
    name = twin.put("rotated", "before")
    before = twin.secrets.read(name)

    twin.put("rotated", "after")

    assert ("before", "after") == (before, twin.secrets.read(name))


def test_what_is_not_there_is_named(twin: Twin) -> None:
    with pytest.raises(NotFound) as told:
        twin.secrets.read(twin.absent)

    assert twin.absent in told.value.detail


def test_bytes_are_no_setting(twin: Twin) -> None:
    name = twin.put("bytes", b"\xff\xfe")

    with pytest.raises(NotFound, match="is not text"):
        twin.secrets.read(name)


def test_an_arn_names_a_secret_too(moto: dict[str, str], on_lambda: Twin) -> None:
    name = on_lambda.put("by-arn", TEXT)
    with moto_server.client("secretsmanager", moto) as client:
        arn = client.describe_secret(SecretId=name)["ARN"]

    assert TEXT == on_lambda.secrets.read(arn)


def test_a_version_of_secret_manager_can_be_named(google: Twin) -> None:
    google.put("pinned", "one")
    name = google.put("pinned", "two")

    assert "one" == google.secrets.read(f"{name}/versions/1")


@pytest.mark.parametrize("name", ["pepper", "projects/p/secrets", "projects/p/secrets/n/versions/1/more"])
def test_another_name_than_secret_manager_takes_is_refused_before_it_is_asked(name: str, google: Twin) -> None:
    with pytest.raises(Invalid, match="write projects/PROJECT/secrets/NAME"):
        google.secrets.read(name)


def test_who_may_not_read_is_told_so_and_who_is_not_answered_may_try_again() -> None:
    store = secret_manager.Store()
    store.forbidden.add(PROJECT + "n")
    with secret_manager.served(store) as client:
        secrets = SecretManager(client=client)
        with pytest.raises(NotFound, match="may not be read"):
            secrets.read(PROJECT + "n")
        store.away = True
        with pytest.raises(Unavailable, match="does not answer"):
            secrets.read(PROJECT + "n")


@pytest.mark.parametrize("kind", [SecretsManager, SecretsAtStart])
def test_an_aws_that_is_away_may_be_asked_again(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {**moto_server.CREDENTIALS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(secrets_at_start, "_PAUSES", (0.01, None))
    secrets = kind(region=None) if kind is SecretsManager else at_start(environment)

    with pytest.raises(Unavailable, match="Secrets Manager does not answer"):
        secrets.read("any")


@pytest.mark.parametrize("lacking", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"])
def test_where_keys_are_no_variables_the_library_looks_for_them(lacking: str) -> None:
    some = {name: value for name, value in moto_server.CREDENTIALS.items() if name != lacking}

    assert signing.by_variables(some, secrets_at_start.SERVICE) is None


def test_a_region_and_its_partition_give_the_address() -> None:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    hosts = [secrets_at_start.connection(keys, region).host for region in ("us-east-1", "cn-north-1")]

    assert ["secretsmanager.us-east-1.amazonaws.com", "secretsmanager.cn-north-1.amazonaws.com.cn"] == hosts


@given(
    body=st.binary(max_size=200),
    target=st.text("abcDEF. -_", min_size=1, max_size=20).map(str.strip),
    token=st.none() | st.text("abc/+=", min_size=1, max_size=30),
    secret=st.text("abcXYZ019/+", min_size=1, max_size=40),
)
def test_requests_are_signed_as_the_vendors_library_signs_them(
    body: bytes, target: str, token: str | None, secret: str
) -> None:
    now = datetime.now(UTC)
    said = {"Host": "secretsmanager.eu-west-1.amazonaws.com", "X-Amz-Target": target}
    theirs: Any = AWSRequest("POST", f"https://{said['Host']}/", data=body, headers=said)
    signer: Any = SigV4Auth(Credentials("AKIA", secret, token), "secretsmanager", "eu-west-1")
    signer.add_auth(theirs)
    moment = datetime.strptime(theirs.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = Signer("AKIA", secret, token, "eu-west-1", "secretsmanager").headers(said, body, moment)

    assert abs((now - moment).total_seconds()) < 60
    assert theirs.headers["Authorization"] == ours["authorization"]

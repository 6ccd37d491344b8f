"""A secret that is written down encrypted is opened by its key at a cloud; both clouds keep one contract."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from contextfs.adapters.clouds.aws.keys import AwsKms
from contextfs.adapters.clouds.gcp.keys import CloudKms
from contextfs.kit.errors import Invalid, NotFound, Unavailable
from contextfs.kit.ports import Secrets
from contextfs.runtime.secrets import resolved
from tests.contextfs.adapters.clouds import cloud_kms, moto_server

RING = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/"


@dataclass(frozen=True)
class Twin:
    """What opens secrets, two keys that are there, one that is not, what shuts a text by a key, and rotates a key."""

    secrets: Secrets
    key: str
    other: str
    absent: str
    shut: Callable[[str, bytes], bytes]
    rotate: Callable[[str], None]

    def wrapped(self, text: bytes) -> str:
        """Give a secret as it is written down."""
        return f"{self.key}:{b64encode(self.shut(self.key, text)).decode()}"


@pytest.fixture
def google() -> Iterator[Twin]:
    """Give the twin of Google Cloud."""
    keyring = cloud_kms.Keyring()
    key, other, absent = (RING + name for name in ("settings", "other", "absent"))
    keyring.rotate(key)
    keyring.rotate(other)
    with cloud_kms.served(keyring) as client:

        def shut(name: str, text: bytes) -> bytes:
            return client.encrypt(request={"name": name, "plaintext": text}).ciphertext

        yield Twin(CloudKms(client=client), key, other, absent, shut, keyring.rotate)


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Twin]:
    """Give the twin of AWS."""
    with moto_server.served() as environment, moto_server.client("kms", environment) as client:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        key, other = (client.create_key()["KeyMetadata"]["Arn"] for _ in range(2))

        def shut(name: str, text: bytes) -> bytes:
            return client.encrypt(KeyId=name, Plaintext=text)["CiphertextBlob"]

        def rotate(name: str) -> None:
            client.rotate_key_on_demand(KeyId=name)

        secrets = AwsKms(region=moto_server.REGION)
        yield Twin(secrets, key, other, key[:-12] + "000000000000", shut, rotate)
        secrets.close()


@pytest.fixture(params=["google", "amazon"])
def twin(request: pytest.FixtureRequest) -> Twin:
    """Give each twin in its turn."""
    return request.getfixturevalue(request.param)


def test_what_was_shut_is_opened(twin: Twin) -> None:
    assert "a pepper of 32 letters and more ä" == twin.secrets.read(
        twin.wrapped("a pepper of 32 letters and more ä".encode())
    )


def test_the_end_of_a_line_that_a_shell_added_is_none_of_it(twin: Twin) -> None:
    assert "pepper" == twin.secrets.read(twin.wrapped(b"pepper\n"))


def test_what_was_shut_before_a_key_was_rotated_is_opened(twin: Twin) -> None:
    before = twin.wrapped(b"before")
    twin.rotate(twin.key)
    after = twin.wrapped(b"after")

    assert ["before", "after"] == [twin.secrets.read(one) for one in (before, after)]


def test_no_other_key_opens_it(twin: Twin) -> None:
    ciphertext = twin.wrapped(b"pepper").rpartition(":")[2]

    for key in (twin.other, twin.absent):
        with pytest.raises(NotFound) as told:
            twin.secrets.read(f"{key}:{ciphertext}")
        assert f"the key {key} does not open it" in told.value.detail


def test_a_changed_ciphertext_is_not_opened(twin: Twin) -> None:
    sealed = bytearray(twin.shut(twin.key, b"pepper"))
    sealed[-1] ^= 1

    with pytest.raises(NotFound, match="does not open it"):
        twin.secrets.read(f"{twin.key}:{b64encode(sealed).decode()}")


def test_bytes_are_no_setting(twin: Twin) -> None:
    with pytest.raises(NotFound, match="what it opens is not text"):
        twin.secrets.read(twin.wrapped(b"\xff\xfe"))


@pytest.mark.parametrize("text", ["", "hunter2", "hunter2:", ":YWJj", "hunter2:not base64", "hunter2:YWJ"])
def test_what_is_no_encrypted_secret_is_refused_without_being_shown(text: str, google: Twin) -> None:
    with pytest.raises(Invalid, match="this is no KEY:CIPHERTEXT") as told:
        google.secrets.read(text)

    assert not text or text not in told.value.detail


def test_a_google_that_is_away_may_be_asked_again() -> None:
    keyring = cloud_kms.Keyring()
    keyring.away = True
    with cloud_kms.served(keyring) as client, pytest.raises(Unavailable, match="Cloud KMS does not answer"):
        CloudKms(client=client).read(f"{RING}k:YWJj")


def test_an_aws_that_is_away_may_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**moto_server.CREDENTIALS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(Unavailable, match="AWS KMS does not answer"):
        AwsKms(region=moto_server.REGION).read("arn:aws:kms:eu-central-1:1:key/k:YWJj")


def test_a_setting_may_be_encrypted(amazon: Twin) -> None:
    named = {"CONTEXTFS_KEY_PEPPER": f"aws-kms:{amazon.wrapped(b'p' * 32)}", "CONTEXTFS_REGION": moto_server.REGION}

    assert "p" * 32 == resolved(named)["CONTEXTFS_KEY_PEPPER"]

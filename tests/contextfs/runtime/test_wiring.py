"""What stands behind the ports follows from the settings, and nothing else of a cloud is loaded."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contextfs.kit.errors import Invalid
from contextfs.kit.settings import from_environment
from contextfs.runtime.wiring import Wiring
from tests.conftest import settings_for

CHOOSE = """
import sys
from contextfs.kit.settings import Settings
from contextfs.runtime.wiring import Wiring
cloud, events = sys.argv[1:]
closed = "host=127.0.0.1 port=9 dbname=none"
settings = Settings(
    database_url=closed, relay_database_url=closed, key_pepper="p" * 32, redaction_key="r" * 32,
    cloud=cloud, events=events or None, region="us-east-1",
)
wired = Wiring(settings)
print(type(wired.bus(wired.database)).__name__, sorted({"google.cloud.pubsub_v1", "boto3"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("cloud", "events", "chosen"),
    [
        ("local", "", "LocalBus []"),
        ("gcp", "projects/p/topics/t", "PubSubBus ['google.cloud.pubsub_v1']"),
        ("aws", "events", "EventBridgeBus ['boto3']"),
    ],
)
def test_a_cloud_loads_its_own_sdk_only(repository: Path, cloud: str, events: str, chosen: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", CHOOSE, cloud, events],
        env={"PYTHONPATH": f"{repository}/shared:{repository}", "PUBSUB_EMULATOR_HOST": "127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.stdout.strip() == chosen, told.stderr


@pytest.mark.parametrize(
    ("region", "address"),
    [("europe-west1", "europe-west1-pubsub.googleapis.com:443"), ("local", "pubsub.googleapis.com:443")],
)
def test_events_are_published_where_the_region_is(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, region: str, address: str
) -> None:
    """A topic takes what arrives in its own region alone (`enforceInTransit`)."""
    (tmp_path / "login.json").write_text(
        '{"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"}'
    )
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "login.json"))
    monkeypatch.delenv("PUBSUB_EMULATOR_HOST", raising=False)
    settings = msgspec.structs.replace(settings_for(database_url), cloud="gcp", events="projects/p/topics/t")
    wired = Wiring(msgspec.structs.replace(settings, region=region))
    bus: Any = wired.bus(wired.database)
    wired.close()

    assert bus._client.target == address


@pytest.mark.parametrize("cloud", ["gcp", "aws"])
def test_a_publisher_must_know_where_to(database_url: str, cloud: str) -> None:
    wired = Wiring(msgspec.structs.replace(settings_for(database_url), cloud=cloud))

    with pytest.raises(Invalid, match="CONTEXTFS_EVENTS is missing"):
        wired.bus(wired.database)
    wired.close()


@pytest.mark.parametrize(
    ("named", "model"),
    [("openai:small", "openai:small"), ("vertex:text-embedding-005@256", "vertex:text-embedding-005@256"),
     ("bedrock:amazon.titan-embed-text-v2:0", "bedrock:amazon.titan-embed-text-v2:0")],
)  # fmt: skip
def test_the_setting_chooses_what_makes_vectors(
    database_url: str, monkeypatch: pytest.MonkeyPatch, named: str, model: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p")
    monkeypatch.setenv("GOOGLE_API_KEY", "k")
    wired = Wiring(msgspec.structs.replace(settings_for(database_url), embedder=named))
    found = wired.services.embedder()
    wired.close()

    assert found is not None
    assert found.model == model


def test_a_model_that_no_setting_names_is_never_asked(database_url: str) -> None:
    wired = Wiring(msgspec.structs.replace(settings_for(database_url), embedder_before="openai:before"))
    before, other = wired.services.embedder_of("openai:before"), wired.services.embedder_of("openai:other")
    wired.close()

    assert before is not None
    assert (before.model, other) == ("openai:before", None)


@pytest.mark.parametrize("named", ["openai:", "openai:a@x", "elsewhere:a", "local:a", "openai:a b"])
def test_an_embedder_that_cannot_be_is_refused(named: str) -> None:
    needed = {"CONTEXTFS_DATABASE_URL": "x", "CONTEXTFS_KEY_PEPPER": "p" * 32, "CONTEXTFS_REDACTION_KEY": "r" * 32}

    with pytest.raises(Invalid, match="CONTEXTFS_EMBEDDER"):
        from_environment({**needed, "CONTEXTFS_EMBEDDER": named})


def test_languages_are_read_in_any_order(database_url: str) -> None:
    wired = Wiring(msgspec.structs.replace(settings_for(database_url), languages="ru, de,en"))
    wired.close()

    assert wired.services.languages == ("de", "ru")


def test_a_language_that_is_not_known_is_refused_with_those_that_are() -> None:
    needed = {"CONTEXTFS_DATABASE_URL": "x", "CONTEXTFS_KEY_PEPPER": "p" * 32, "CONTEXTFS_REDACTION_KEY": "r" * 32}

    with pytest.raises(Invalid, match=r"^Setting CONTEXTFS_LANGUAGES: There is no language 'xx' here.* ar, ca, cs"):
        from_environment({**needed, "CONTEXTFS_LANGUAGES": "de,xx"})


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("identity-platform:acme-prod", "IdentityPlatform"),
        ("identity-platform:acme-prod/studio-x1", "IdentityPlatform"),
        ("cognito:eu-central-1_Ab12CdEfG/1h57kf5cpq17m0eml12example", "Cognito"),
        ("cognito:us-gov-west-1_Ab12CdEfG/1h57kf5cpq17m0eml12example", "Cognito"),
        ("oidc:contextfs@https://login.acme.example/realms/acme", "OpenIdProvider"),
    ],
)
def test_the_sign_in_service_is_the_one_that_the_setting_names(named: str, kind: str, database_url: str) -> None:
    wired = Wiring(msgspec.structs.replace(settings_for(database_url), sign_in=named))

    assert type(wired.services.sign_in()).__name__ == kind
    wired.close()


def test_without_the_setting_there_is_no_sign_in_service(database_url: str) -> None:
    wired = Wiring(settings_for(database_url))

    assert wired.services.sign_in() is None
    wired.close()


@pytest.mark.parametrize(
    "named",
    [
        *("google", "identity-platform:", "identity-platform:acme-prod/", "identity-platform:acme-prod/a/b"),
        *("cognito:eu-central-1_Ab12", "cognito:eu-central-1/client", "cognito:evil.example#_A/client"),
        *("oidc:contextfs", "oidc:@https://a.example", "oidc:contextfs@ftp://a.example", "saml:contextfs"),
    ],
)
def test_a_setting_that_names_no_sign_in_service_is_refused(named: str) -> None:
    usual = {
        "CONTEXTFS_DATABASE_URL": "host=127.0.0.1",
        "CONTEXTFS_KEY_PEPPER": "p" * 32,
        "CONTEXTFS_REDACTION_KEY": "r" * 32,
    }

    with pytest.raises(Invalid, match="CONTEXTFS_SIGN_IN"):
        from_environment(usual | {"CONTEXTFS_SIGN_IN": named})

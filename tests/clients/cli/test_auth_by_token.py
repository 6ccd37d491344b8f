"""`ctx auth login --id-token-stdin`: a person's token of the server's sign-in service lets this machine in."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from contextfs.client import ContextFS
from contextfs.runtime.wiring import Wiring
from tests.clients.cli.conftest import Ctx
from tests.conftest import Tenant
from tests.contextfs.adapters.clouds import sign_in_services
from tests.contextfs.adapters.clouds.sign_in_services import Twin
from tests.contextfs.client.serving import serving

OWNER = "owner@example.test"


@pytest.fixture
def twin() -> Iterator[Twin]:
    """Give an OpenID provider."""
    with sign_in_services.local() as made:
        yield made


@pytest.fixture
def serving_people(wiring: Wiring, twin: Twin) -> Iterator[str]:
    """Give the address of a server that has a sign-in service."""
    issuer = twin.usual["iss"]
    named = msgspec.structs.replace(wiring.settings, sign_in=f"oidc:contextfs@{issuer}", sso_loopback=True)
    own = Wiring(named)
    with serving(own) as url:
        yield url
    own.close()


@pytest.fixture
def at(serving_people: str, tmp_path: Path) -> dict[str, str]:
    """Give the environment of who has no key yet."""
    return {"CONTEXTFS_URL": serving_people, "CONTEXTFS_API_KEY": "", "XDG_CONFIG_HOME": str(tmp_path)}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for what was decided already."""

    def at_once(_seconds: float) -> None:
        pass

    monkeypatch.setattr("contextfs.client.login.device.time.sleep", at_once)


def test_a_token_lets_this_machine_in(ctx: Ctx, twin: Twin, tenant: Tenant, at: dict[str, str]) -> None:
    token = twin.token(sub=str(uuid4()), email=OWNER)
    ran = ctx(
        *("auth", "login", "--id-token-stdin", "--organization", str(tenant.org_id), "--name", "ci", "--json"),
        stdin=token,
        **at,
    )

    assert (ran.code, ran.err) == (0, "")
    assert (ran.json["me"]["email"], ran.json["me"]["organization_id"]) == (OWNER, str(tenant.org_id))
    with ContextFS(at["CONTEXTFS_URL"], tenant.key) as client:
        [made] = [one for one in client.keys.list() if one.name == "ci"]
        logins = list(client.auth.logins())  # the one by the token has ended
    assert made.expires_at is not None
    assert logins == []


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ([], "is not known in an organization here"),
        (["--organization", str(uuid4())], "not a member of this organization"),
    ],
)
def test_who_may_not_come_in_is_told_why(
    more: list[str], word: str, ctx: Ctx, twin: Twin, at: dict[str, str], tmp_path: Path
) -> None:
    ran = ctx(*("auth", "login", "--id-token-stdin", *more), stdin=twin.token(email=f"{uuid4()}@x.example"), **at)

    assert ran.code != 0
    assert word in ran.err
    assert list(tmp_path.rglob("credentials.json")) == []


@pytest.mark.parametrize(
    "wrong",
    [
        ["--id-token-stdin", "--key"],
        ["--organization", "a1"],
        ["--id-token-stdin", "--organization", "acme"],
    ],
)
def test_what_does_not_go_together_is_told(wrong: list[str], ctx: Ctx, at: dict[str, str]) -> None:
    assert ctx("auth", "login", *wrong, stdin="x", **at).code == 2


def test_a_server_without_a_service_says_so(ctx: Ctx, api_url: str) -> None:
    ran = ctx("auth", "login", "--id-token-stdin", stdin="a.b.c", CONTEXTFS_URL=api_url, CONTEXTFS_API_KEY="")

    assert ran.code != 0
    assert "no sign-in service" in ran.err


def test_a_program_is_told_which_service_there_is(serving_people: str, twin: Twin, tenant: Tenant) -> None:
    with ContextFS(serving_people, tenant.key) as client:
        service = client.auth.sign_in().service

    assert service is not None
    assert (service.kind, service.issuer, service.client_id) == ("oidc", twin.usual["iss"], "contextfs")

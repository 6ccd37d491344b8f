"""GitHub speaks OAuth alone: what its API says of the account is what counts."""

import json
from typing import Any

import pytest

from contextfs.kit.errors import Invalid, NotAuthenticated
from contextfs.kit.identity import Assertion
from tests.contextfs.adapters.identity.conftest import CHALLENGE, Party
from tests.functions.auth.provider import Provider


def sign_in(party: Party, provider: Provider, **api: Any) -> Assertion:
    """Go to a GitHub Enterprise server and back; `api` is what it answers below /api/v3."""
    usual: dict[str, Any] = {
        "user": {"id": 42, "login": "ann", "name": None},
        "user/emails": [
            {"email": "old@acme.example", "primary": False, "verified": True},
            {"email": "ann@acme.example", "primary": True, "verified": True},
        ],
        "user/orgs": [{"login": "acme"}],
        "user/teams": [{"slug": "ops", "organization": {"login": "acme"}}],
    }
    for path, answer in (usual | {name.replace("_", "/"): value for name, value in api.items()}).items():
        provider.answers[f"/api/v3/{path}"] = (200, {}, json.dumps(answer).encode())
    peer = party.peer(method="oauth")
    address = party.providers.address(peer, CHALLENGE)
    provider.consent(address)
    return party.providers.redeem(peer, CHALLENGE, "code-0", None)


def test_the_account_its_checked_address_and_its_teams_are_told(party: Party, provider: Provider) -> None:
    told = sign_in(party, provider)

    assert (told.issuer, told.subject) == (provider.issuer, "42")
    assert told.attributes == {
        "email": "ann@acme.example",
        "email_verified": True,
        "name": "ann",
        "groups": ["acme", "acme/ops"],
    }


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_github_has_not_checked_is_none(verified: object, party: Party, provider: Provider) -> None:
    told = sign_in(party, provider, user_emails=[{"email": "boss@acme.example", "primary": True, "verified": verified}])

    assert (told.attributes["email"], told.attributes["email_verified"]) == (None, False)


@pytest.mark.parametrize("user", [{}, {"id": "42"}, {"id": True}, [], None])
def test_an_account_without_a_number_is_nobody(user: object, party: Party, provider: Provider) -> None:
    with pytest.raises(NotAuthenticated):
        sign_in(party, provider, user=user)


def test_a_code_that_is_not_taken_is_told(party: Party) -> None:
    with pytest.raises(NotAuthenticated):
        party.providers.redeem(party.peer(method="oauth"), CHALLENGE, "invented", None)


def test_it_needs_a_secret(party: Party) -> None:
    with pytest.raises(Invalid, match="client_secret"):
        party.providers.check(party.peer(method="oauth", secret=None))

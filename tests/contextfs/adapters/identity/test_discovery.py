"""A provider that cannot be used safely is refused as it is set up."""

from datetime import timedelta
from typing import Any

import pytest

from contextfs.kit.errors import Invalid, Unavailable
from tests.contextfs.adapters.identity.conftest import CHALLENGE, Party
from tests.functions.auth.provider import Provider


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ({"issuer": "https://evil.example"}, "calls itself https://evil.example"),
        ({"issuer": "http://127.0.0.1"}, "calls itself"),
        ({"issuer": None}, "publishes no OpenID metadata"),
        ({"jwks_uri": ["http://127.0.0.1/jwks"]}, "publishes no OpenID metadata"),
        ({"code_challenge_methods_supported": ["plain"]}, "does not know PKCE"),
        ({"code_challenge_methods_supported": []}, "does not know PKCE"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "signs with none of"),
        ({"jwks_uri": "file:///etc/passwd"}, "is not asked"),
        ({"token_endpoint": "http://169.254.169.254/latest/meta-data"}, "is not asked"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "is not asked"),
        ({"userinfo_endpoint": "http://10.0.0.1/"}, "is not asked"),
    ],
)
def test_metadata_that_cannot_be_trusted_is_refused(
    published: dict[str, Any], told: str, party: Party, provider: Provider
) -> None:
    provider.metadata = published

    with pytest.raises(Invalid, match=told):
        party.providers.check(party.peer())


def test_a_document_that_is_not_there_is_told(party: Party, provider: Provider) -> None:
    with pytest.raises(Unavailable, match="status 404"):
        party.providers.check(party.peer(metadata_url=f"{provider.issuer}/elsewhere"))


@pytest.mark.parametrize("form", ["{}", "{}/", "{}/.well-known/openid-configuration"])
def test_the_issuer_and_the_document_are_both_taken(form: str, party: Party, provider: Provider) -> None:
    party.providers.check(party.peer(metadata_url=form.format(provider.issuer)))


def test_a_document_is_read_once_an_hour(party: Party, provider: Provider) -> None:
    for _ in range(3):
        party.providers.address(party.peer(), CHALLENGE)
    within = len(provider.asked)
    party.passed += timedelta(minutes=61)
    party.providers.address(party.peer(), CHALLENGE)

    assert (within, len(provider.asked)) == (1, 2)

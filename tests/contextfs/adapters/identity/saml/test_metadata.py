"""What a provider publishes of itself is read, or told why it cannot be used."""

import re
from datetime import timedelta

import pytest

from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.saml import SamlPeer
from tests.contextfs.adapters.identity.saml.conftest import Organization
from tests.contextfs.adapters.identity.saml.idp import IdentityProvider
from tests.functions.auth.provider import Provider

KIND = {"content-type": "application/samlmetadata+xml"}


def refusal(organization: Organization, metadata: str) -> str:
    with pytest.raises(Invalid) as told:
        organization.saml.check(organization.known(metadata))
    return told.value.detail


def test_it_tells_who_the_provider_is_and_where(organization: Organization) -> None:
    known = organization.saml.check(organization.peer)

    assert (known.issuer, known.sign_in) == ("https://idp.example/metadata", "https://idp.example/sso")


def test_it_is_read_with_a_declaration_a_mark_and_comments(organization: Organization) -> None:
    metadata = f'\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- ours -->{organization.idp.metadata}<!-- end -->\n'

    assert organization.saml.check(organization.known(metadata)).issuer == "https://idp.example/metadata"


def test_it_is_found_among_entities_that_are_no_providers(organization: Organization) -> None:
    """A federation's file tells of services, too."""
    md = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
    service = organization.saml.describe(organization.service).decode().split("?>", 1)[1]
    both = f"<md:EntitiesDescriptor {md}>{service}{organization.idp.metadata}</md:EntitiesDescriptor>"

    assert organization.saml.check(organization.known(both)).issuer == "https://idp.example/metadata"


def test_what_tells_of_two_providers_or_none_is_refused(organization: Organization) -> None:
    md = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
    other = IdentityProvider(organization.saml.describe(organization.service).decode(), name="other").metadata
    both = f"<md:EntitiesDescriptor {md}>{other}{organization.idp.metadata}</md:EntitiesDescriptor>"

    assert "2 identity providers" in refusal(organization, both)
    assert "no identity provider" in refusal(organization, organization.saml.describe(organization.service).decode())
    assert "no identity provider, but html" in refusal(organization, "<html/>")
    assert "it is no XML" in refusal(organization, "issuer: https://idp.example")


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        ("bindings:HTTP-Redirect", "bindings:HTTP-POST", "no SingleSignOnService with the binding HTTP-Redirect"),
        ("https://idp.example/sso", "http://idp.example/sso", "it has to be https"),
        ("https://idp.example/sso", "javascript:alert(1)", "it has to be https"),
        ("https://idp.example/slo", "data:text/html,x", "it has to be https"),
        ('entityID="[^"]*"', 'entityID=""', "it names no entityID"),
        ("SAML:2.0:protocol", "SAML:1.1:protocol", "no identity provider"),
        ("(<[^>]*X509Certificate>)[^<]+", r"\1AAAA", "one of its certificates cannot be read"),
        ("(<[^>]*X509Certificate>)[^<]+", r"\1?", "one of its certificates cannot be read"),
        ('use="signing"', 'use="encryption"', "no certificate that the provider signs by"),
        ("entityID=", 'validUntil="2020-01-01T00:00:00Z" entityID=', "it is no longer valid"),
    ],
)
def test_what_cannot_be_used_is_told(right: str, wrong: str, reason: str, organization: Organization) -> None:
    metadata, count = re.subn(right, wrong, organization.idp.metadata)
    strict = Organization(loopback=False)

    assert count > 0
    assert reason in refusal(strict, metadata)


def test_a_provider_that_changes_its_key_signs_by_both(organization: Organization) -> None:
    newer = IdentityProvider(organization.saml.describe(organization.service).decode(), signer="newer")
    (key,) = re.findall(r'<[^<>]*KeyDescriptor use="signing">.*?KeyDescriptor>', newer.metadata)
    metadata = organization.idp.metadata
    end = metadata.index(key[: key.index(" ")])
    changing = organization.known(metadata[:end] + key + metadata[end:])
    response = newer.respond("ctxo_request", organization.service.consumer, organization.service.entity_id)

    assert organization.believe(response, changing).assertion.subject == "ann-4711"
    assert organization.believe(organization.respond(), changing).assertion.subject == "ann-4711"
    assert "not by a key" in organization.refusal(response)


def test_it_is_read_by_its_address_and_remembered_for_an_hour(provider: Provider) -> None:
    organization = Organization()
    provider.answers["/metadata"] = 200, KIND, organization.idp.metadata.encode()
    peer = SamlPeer(metadata_url=f"{provider.issuer}/metadata", metadata_xml=None, service=organization.service)

    for passed in (0, 30, 59, 61):
        organization.passed = timedelta(minutes=passed)
        organization.saml.address(peer, "ctxo_x", organization.now())

    assert provider.asked == ["/metadata", "/metadata"]


def test_an_address_that_does_not_answer_is_told(provider: Provider, organization: Organization) -> None:
    peer = SamlPeer(metadata_url=f"{provider.issuer}/none", metadata_xml=None, service=organization.service)

    with pytest.raises(Unavailable, match="status 404"):
        organization.saml.check(peer)


def test_an_address_of_this_network_is_not_asked() -> None:
    organization = Organization(loopback=False)
    for url in ("https://127.0.0.1/metadata", "https://169.254.169.254/", "http://idp.example/", "file:///etc/passwd"):
        with pytest.raises((Invalid, Unavailable)):
            organization.saml.check(SamlPeer(metadata_url=url, metadata_xml=None, service=organization.service))


def test_without_an_address_and_a_text_it_is_missing(organization: Organization) -> None:
    with pytest.raises(Invalid, match="metadata_url is missing"):
        organization.saml.check(SamlPeer(metadata_url=None, metadata_xml=None, service=organization.service))

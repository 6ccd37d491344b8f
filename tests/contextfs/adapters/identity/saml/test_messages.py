"""What is sent to a provider is understood by it, and signed: pysaml2 reads it."""

import base64
import zlib
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from contextfs.kit.errors import Unavailable
from contextfs.kit.saml import Named, SamlPeer, Service
from tests.contextfs.adapters.identity.saml.conftest import AUDIENCE, CONSUMER, LOGOUT, Organization
from tests.contextfs.adapters.identity.saml.foreign import etree, saml2
from tests.contextfs.adapters.identity.saml.libxmlsec import NAMES

ANN = Named(text="ann-4711", format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", qualifier="q")


def asked(address: str, name: str = "SAMLRequest") -> Any:
    """Give the message of an address."""
    (content,) = parse_qs(urlsplit(address).query)[name]
    return etree.fromstring(zlib.decompress(base64.b64decode(content), -15))


def check_signature(address: str, service: Service) -> None:
    """Verify the signature of an address by our certificate, as a provider does."""
    covered, _, signature = urlsplit(address).query.rpartition("&Signature=")
    value = base64.b64decode(dict(parse_qsl(f"s={signature}"))["s"])
    key: Any = x509.load_pem_x509_certificate(service.certificate.encode()).public_key()
    key.verify(value, covered.encode(), padding.PKCS1v15(), hashes.SHA256())


def test_a_provider_understands_a_request_and_who_signed_it(organization: Organization) -> None:
    address = organization.saml.address(organization.peer, "ctxo_x", organization.now())
    (content,) = parse_qs(urlsplit(address).query)["SAMLRequest"]

    request = organization.idp.server.parse_authn_request(content, saml2.BINDING_HTTP_REDIRECT).message
    place = organization.idp.server.response_args(request)

    assert address.startswith("https://idp.example/sso?SAMLRequest=")
    assert (request.id, request.issuer.text) == ("ctxo_x", AUDIENCE)
    assert (place["destination"], place["in_response_to"]) == (CONSUMER, "ctxo_x")
    check_signature(address, organization.service)
    with pytest.raises(InvalidSignature):
        check_signature(address.replace("&SigAlg=", "&RelayState=x&SigAlg="), organization.service)


def test_an_address_that_has_a_query_keeps_it(organization: Organization) -> None:
    metadata = organization.idp.metadata.replace("https://idp.example/sso", "https://idp.example/sso?tenant=1")

    address = organization.saml.address(organization.known(metadata), "ctxo_x", organization.now())

    assert address.startswith("https://idp.example/sso?tenant=1&SAMLRequest=")


def test_a_provider_is_asked_to_end_its_session(organization: Organization) -> None:
    address = organization.saml.ask_logout(organization.peer, "ctxq_x", ANN, "session-1", organization.now())
    assert address is not None
    request = asked(address)

    assert address.startswith("https://idp.example/slo?SAMLRequest=")
    assert request.find("a:NameID", NAMES).text == "ann-4711"
    assert dict(request.find("a:NameID", NAMES).attrib) == {"Format": ANN.format, "NameQualifier": "q"}
    assert request.find("p:SessionIndex", NAMES).text == "session-1"
    check_signature(address, organization.service)


def test_a_provider_without_logout_is_not_asked(organization: Organization) -> None:
    metadata = organization.idp.metadata.replace("SingleLogoutService", "Other")

    assert organization.saml.ask_logout(organization.known(metadata), "x", ANN, None, organization.now()) is None


def test_our_metadata_tells_all_that_a_provider_has_to_know(organization: Organization) -> None:
    root = etree.fromstring(organization.saml.describe(organization.service))
    md = {"md": "urn:oasis:names:tc:SAML:2.0:metadata"}
    role = root.find("md:SPSSODescriptor", md)

    assert root.get("entityID") == AUDIENCE
    assert (role.get("AuthnRequestsSigned"), role.get("WantAssertionsSigned")) == ("true", "true")
    assert [one.get("use") for one in role.findall("md:KeyDescriptor", md)] == ["signing", "encryption"]
    assert {one.get("Location") for one in role.findall("md:SingleLogoutService", md)} == {LOGOUT}
    assert role.find("md:AssertionConsumerService", md).get("Location") == CONSUMER
    assert organization.idp.server.metadata.assertion_consumer_service(AUDIENCE)[0]["location"] == CONSUMER


def test_a_key_that_was_sealed_with_another_pepper_is_told(organization: Organization) -> None:
    other = Organization(pepper=b"another")
    peer = SamlPeer(metadata_url=None, metadata_xml=organization.idp.metadata, service=other.service)

    with pytest.raises(Unavailable, match="KEY_PEPPER"):
        organization.saml.check(peer)

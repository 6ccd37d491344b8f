"""What is sent to a provider: requests and answers in signed addresses (bindings, 3.4), and our own metadata."""

import base64
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from contextfs.adapters.identity.saml.encryption import GCM, OAEP
from contextfs.adapters.identity.saml.metadata import POST, REDIRECT
from contextfs.adapters.identity.saml.xml import ASSERTION, ENCRYPTION, METADATA, PROTOCOL, SIGNATURE, Element, etree
from contextfs.kit.saml import Named, Service

_SIGNED_BY: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_SAML_2: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
_SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
_PREFIXES: Final = {
    "samlp": PROTOCOL[1:-1],
    "saml": ASSERTION[1:-1],
    "md": METADATA[1:-1],
    "ds": SIGNATURE[1:-1],
    "xenc": ENCRYPTION[1:-1],
}
_NAME_FORMATS: Final = (
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
)


def request_of_sign_in(service: Service, request_id: str, destination: str, now: datetime) -> bytes:
    """Write an AuthnRequest: who is it that this browser belongs to?"""
    places = {"AssertionConsumerServiceURL": service.consumer, "ProtocolBinding": POST}
    root = _message("AuthnRequest", service, request_id, destination, now, places)
    _add(root, f"{PROTOCOL}NameIDPolicy", AllowCreate="true")
    return _written(root)


def request_of_logout(
    service: Service, request_id: str, destination: str, name: Named, session_index: str | None, now: datetime
) -> bytes:
    """Write a LogoutRequest: this person has left."""
    root = _message("LogoutRequest", service, request_id, destination, now, {})
    parts = {"Format": name.format, "NameQualifier": name.qualifier, "SPNameQualifier": name.sp_qualifier}
    _add(root, f"{ASSERTION}NameID", name.text, **{part: value for part, value in parts.items() if value is not None})
    if session_index is not None:
        _add(root, f"{PROTOCOL}SessionIndex", session_index)
    return _written(root)


def answer_of_logout(service: Service, answer_id: str, asked: str, destination: str, now: datetime) -> bytes:
    """Write a LogoutResponse: it was done."""
    root = _message("LogoutResponse", service, answer_id, destination, now, {"InResponseTo": asked})
    _add(_add(root, f"{PROTOCOL}Status"), f"{PROTOCOL}StatusCode", Value=_SUCCESS)
    return _written(root)


def signed_address(
    destination: str, parameter: str, message: bytes, key: rsa.RSAPrivateKey, relay_state: str | None = None
) -> str:
    """Give the address that brings a message to the provider, deflated and signed."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = base64.b64encode(packer.compress(message) + packer.flush()).decode()
    fields = {parameter: packed} | ({} if relay_state is None else {"RelayState": relay_state}) | {"SigAlg": _SIGNED_BY}
    query = urlencode(fields)
    value = base64.b64encode(key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    joined = "&" if "?" in destination else "?"
    return f"{destination}{joined}{query}&{urlencode({'Signature': value})}"


def description(service: Service) -> bytes:
    """Write the metadata of this server for one organization's provider."""
    root = etree.Element(f"{METADATA}EntityDescriptor", {"entityID": service.entity_id}, nsmap=_PREFIXES)
    signs = {"AuthnRequestsSigned": "true", "WantAssertionsSigned": "true", "protocolSupportEnumeration": _SAML_2}
    role = _add(root, f"{METADATA}SPSSODescriptor", **signs)
    for use in ("signing", "encryption"):
        _add_key(role, service.certificate, use)
    for binding in (REDIRECT, POST):
        _add(role, f"{METADATA}SingleLogoutService", Binding=binding, Location=service.logout)
    for name_format in _NAME_FORMATS:
        _add(role, f"{METADATA}NameIDFormat", name_format)
    place = {"Binding": POST, "Location": service.consumer, "index": "0", "isDefault": "true"}
    _add(role, f"{METADATA}AssertionConsumerService", **place)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add_key(role: Element, certificate: str, use: str) -> None:
    der = x509.load_pem_x509_certificate(certificate.encode()).public_bytes(Encoding.DER)
    key = _add(role, f"{METADATA}KeyDescriptor", use=use)
    data = _add(_add(key, f"{SIGNATURE}KeyInfo"), f"{SIGNATURE}X509Data")
    _add(data, f"{SIGNATURE}X509Certificate", base64.b64encode(der).decode())
    if use == "encryption":
        for algorithm in (*sorted(GCM, reverse=True), *OAEP):
            _add(key, f"{METADATA}EncryptionMethod", Algorithm=algorithm)


def _message(
    kind: str, service: Service, message_id: str, destination: str, now: datetime, more: Mapping[str, str]
) -> Element:
    """Begin a message of ours."""
    moment = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    named = {"ID": message_id, "Version": "2.0", "IssueInstant": moment, "Destination": destination, **more}
    prefixes = {name: _PREFIXES[name] for name in ("samlp", "saml")}
    root = etree.Element(f"{PROTOCOL}{kind}", named, nsmap=prefixes)
    _add(root, f"{ASSERTION}Issuer", service.entity_id)
    return root


def _add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    child = etree.SubElement(parent, tag, attributes)
    child.text = text
    return child


def _written(root: Element) -> bytes:
    return etree.tostring(root)

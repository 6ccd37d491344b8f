"""What a SAML provider publishes of itself (SAML 2.0 metadata), read once an hour, or from text."""

import base64
import binascii
import threading
from datetime import datetime, timedelta
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from contextfs.adapters.identity.saml.xml import (
    METADATA,
    SIGNATURE,
    Element,
    Malformed,
    local,
    moment,
    parsed_document,
    text_of,
)
from contextfs.adapters.web import Web
from contextfs.kit.clock import Clock
from contextfs.kit.errors import Invalid
from contextfs.kit.saml import SamlPeer

REDIRECT: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_SAML_2: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
_FRESH: Final = timedelta(hours=1)
_LEAST_RSA_BITS: Final = 2048


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a provider's metadata that a sign-in needs; `logout` and `logout_answer` are of one service."""

    entity_id: str
    certificates: tuple[x509.Certificate, ...]
    sign_in: str
    logout: str | None
    logout_answer: str | None


class Publications:
    """Reads providers' metadata, and remembers what came by an address for a while."""

    def __init__(self, web: Web, clock: Clock, *, loopback: bool) -> None:
        self._web = web
        self._clock = clock
        self._schemes = ("https://", "http://") if loopback else ("https://",)
        self._lock = threading.Lock()
        self._known: dict[str, tuple[datetime, Metadata]] = {}

    def read(self, peer: SamlPeer, *, fresh: bool = False) -> Metadata:
        """Give a provider's metadata; Invalid says what cannot be used of it, Unavailable that it does not answer."""
        now = self._clock()
        if peer.metadata_xml is not None:
            return self._read(peer.metadata_xml.encode(), "metadata_xml", now)
        if peer.metadata_url is None:
            raise Invalid("metadata_url is missing: give the provider's metadata by its address, or as metadata_xml.")
        with self._lock:
            at, known = self._known.get(peer.metadata_url, (now, None))
        if known is not None and not fresh and now - at < _FRESH:
            return known
        metadata = self._read(self._web.read(peer.metadata_url, "application/samlmetadata+xml"), "metadata_url", now)
        with self._lock:
            self._known[peer.metadata_url] = (now, metadata)
        return metadata

    def _read(self, document: bytes, where: str, now: datetime) -> Metadata:
        try:
            metadata = _metadata(parsed_document(document), now)
        except Malformed as error:
            raise Invalid(f"The provider's metadata cannot be used: {error}.", where=f"$.{where}") from None
        for url in filter(None, (metadata.sign_in, metadata.logout, metadata.logout_answer)):
            if not url.startswith(self._schemes):
                raise Invalid(f"The provider is at {url[:200]}: it has to be https.", where=f"$.{where}")
        return metadata


def _metadata(root: Element, now: datetime) -> Metadata:
    entity = _provider(root)
    until = [end for end in (moment(root, "validUntil"), moment(entity, "validUntil")) if end is not None]
    if any(end <= now for end in until):
        raise Malformed("it is no longer valid, by its validUntil")
    entity_id = entity.get("entityID") or ""
    if not 0 < len(entity_id) <= 1024:
        raise Malformed("it names no entityID")
    role = next(one for one in entity.findall(f"{METADATA}IDPSSODescriptor") if _speaks(one))
    certificates = tuple(_certificates(role))
    if not certificates:
        raise Malformed("it has no certificate that the provider signs by")
    sign_in = _service(role, "SingleSignOnService")
    if sign_in is None:
        raise Malformed("it tells no SingleSignOnService with the binding HTTP-Redirect")
    logout = _service(role, "SingleLogoutService")
    return Metadata(
        entity_id=entity_id,
        certificates=certificates,
        sign_in=sign_in.get("Location") or "",
        logout=None if logout is None else logout.get("Location"),
        logout_answer=None if logout is None else logout.get("ResponseLocation") or logout.get("Location"),
    )


def _provider(root: Element) -> Element:
    """Find the one identity provider of a document, which may tell of many entities."""
    entities = [one for one in root.iter(f"{METADATA}EntityDescriptor") if any(map(_speaks, one))]
    if len(entities) != 1:
        what = (
            f"{len(entities)} identity providers" if entities else f"no identity provider, but {local(root.tag)[:50]}"
        )
        raise Malformed(f"it tells of {what}")
    return entities[0]


def _speaks(role: Element) -> bool:
    protocols = str(role.get("protocolSupportEnumeration", "")).split()
    return role.tag == f"{METADATA}IDPSSODescriptor" and _SAML_2 in protocols


def _service(role: Element, name: str) -> Element | None:
    services = role.findall(f"{METADATA}{name}")
    return next((one for one in services if one.get("Binding") == REDIRECT), None)


def _certificates(role: Element) -> list[x509.Certificate]:
    """Read the certificates that the provider signs by."""
    keys = [one for one in role.findall(f"{METADATA}KeyDescriptor") if one.get("use") in {None, "signing"}]
    texts = [text_of(one) for key in keys for one in key.iter(f"{SIGNATURE}X509Certificate")]
    return [_certificate(text) for text in texts]


def _certificate(text: str) -> x509.Certificate:
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode("".join(text.split()), validate=True))
        key = certificate.public_key()
    except (binascii.Error, ValueError):
        raise Malformed("one of its certificates cannot be read") from None
    is_long = isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS
    if not is_long and not isinstance(key, ec.EllipticCurvePublicKey):
        raise Malformed(f"one of its keys is too weak: RSA has to have {_LEAST_RSA_BITS} bits")
    return certificate

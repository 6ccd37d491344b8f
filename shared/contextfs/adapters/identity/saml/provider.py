"""This server as a SAML 2.0 service provider: one key pair and one set of addresses for each organization."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NoReturn

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from contextfs.adapters.identity.saml import logout, messages
from contextfs.adapters.identity.saml.assertion import believed
from contextfs.adapters.identity.saml.encryption import decrypted
from contextfs.adapters.identity.saml.metadata import Publications
from contextfs.adapters.identity.saml.response import opened, read_response
from contextfs.adapters.identity.saml.xml import Element, Malformed
from contextfs.adapters.identity.sealing import Seal
from contextfs.adapters.web import Web
from contextfs.kit.assertion import Known
from contextfs.kit.clock import Clock
from contextfs.kit.errors import NotAuthenticated, Unavailable
from contextfs.kit.saml import Believed, LogoutAnswered, LogoutAsked, LogoutMessage, Named, SamlPeer, Service

_LIVES: Final = timedelta(days=3650)
_BITS: Final = 2048

Unseal = Callable[[str], str]


class SamlProvider:
    """Speaks SAML 2.0 to organizations' identity providers."""

    def __init__(self, web: Web, clock: Clock, seal: Seal, *, loopback: bool) -> None:
        self._seal = seal
        self._publications = Publications(web, clock, loopback=loopback)

    def new_key(self, name: str, now: datetime) -> tuple[str, str]:
        """Make a key pair: the certificate in PEM, signed by itself, and the sealed key."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
        builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        dated = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + _LIVES)
        certificate = dated.sign(key, hashes.SHA256())
        text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return certificate.public_bytes(Encoding.PEM).decode(), self._seal.seal(text)

    def describe(self, service: Service) -> bytes:
        """Write the metadata that a provider reads of us."""
        return messages.description(service)

    def check(self, peer: SamlPeer) -> Known:
        """Read a provider's metadata anew; gives its name, and where it signs in. Invalid or Unavailable when none."""
        metadata = self._publications.read(peer, fresh=True)
        self._key(peer.service)
        return Known(issuer=metadata.entity_id, sign_in=metadata.sign_in)

    def address(self, peer: SamlPeer, request_id: str, now: datetime) -> str:
        """Give the address at which a browser asks the provider who somebody is; the request is signed."""
        metadata = self._publications.read(peer)
        request = messages.request_of_sign_in(peer.service, request_id, metadata.sign_in, now)
        return messages.signed_address(metadata.sign_in, "SAMLRequest", request, self._key(peer.service))

    def believe(self, peer: SamlPeer, response: str, now: datetime) -> Believed:
        """Prove what a form brought, in base64; NotAuthenticated when anything about it is not as it must be."""
        metadata, service = self._publications.read(peer), peer.service
        try:
            read = read_response(opened(response), metadata, service.consumer, self._decrypt(service), now)
            return believed(read, metadata.entity_id, service.entity_id, service.consumer, now)
        except Malformed as error:
            _refuse(error, "Begin again")

    def read_logout(self, peer: SamlPeer, message: LogoutMessage, now: datetime) -> LogoutAsked | LogoutAnswered:
        """Prove a message about the end of a login; NotAuthenticated when it is not to be believed."""
        metadata = self._publications.read(peer)
        try:
            return logout.read(message, metadata, peer.service.logout, now)
        except Malformed as error:
            _refuse(error, "Sign out at each place by itself")

    def ask_logout(
        self, peer: SamlPeer, request_id: str, name: Named, session_index: str | None, now: datetime
    ) -> str | None:
        """Give the address at which the provider ends its session, too; None where it has none."""
        place = self._publications.read(peer).logout
        if place is None:
            return None
        request = messages.request_of_logout(peer.service, request_id, place, name, session_index, now)
        return messages.signed_address(place, "SAMLRequest", request, self._key(peer.service))

    def answer_logout(
        self, peer: SamlPeer, answer_id: str, asked: str, relay_state: str | None, now: datetime
    ) -> str | None:
        """Give the address that tells the provider that its logout was done; None where it wants to hear nothing."""
        place = self._publications.read(peer).logout_answer
        if place is None:
            return None
        answer = messages.answer_of_logout(peer.service, answer_id, asked, place, now)
        return messages.signed_address(place, "SAMLResponse", answer, self._key(peer.service), relay_state)

    def _decrypt(self, service: Service) -> Callable[[Element, bool], bytes]:
        def decrypt(encrypted: Element, is_signed: bool) -> bytes:  # noqa: FBT001 - a callback of two
            return decrypted(encrypted, self._key(service), is_signed=is_signed)

        return decrypt

    def _key(self, service: Service) -> rsa.RSAPrivateKey:
        key = load_pem_private_key(self._seal.unseal(service.key).encode(), None, unsafe_skip_rsa_key_validation=True)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise Unavailable("The organization's SAML key is none of RSA: switch SAML on anew.")
        return key


def _refuse(error: Malformed, cure: str) -> NoReturn:
    raise NotAuthenticated(f"The SAML message is refused: {error}. {cure}.") from None

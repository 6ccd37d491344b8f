"""What is said to an identity provider that speaks SAML 2.0, and what it says."""

from datetime import datetime
from typing import Literal, Protocol

import msgspec

from contextfs.kit.assertion import Assertion, Known

Binding = Literal["redirect", "post"]


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """This server as one organization's provider knows it: its name and addresses, its certificate, its sealed key."""

    entity_id: str
    consumer: str
    logout: str
    certificate: str
    key: str


class SamlPeer(msgspec.Struct, frozen=True, kw_only=True):
    """A provider as an organization set it up: its metadata, by address or as text, and who it knows us as."""

    metadata_url: str | None
    metadata_xml: str | None
    service: Service


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A person as a provider names them (NameID), with all that belongs to the name."""

    text: str
    format: str | None = None
    qualifier: str | None = None
    sp_qualifier: str | None = None


class Believed(msgspec.Struct, frozen=True, kw_only=True):
    """An assertion that was proven: what it says, what it answers, until when it could come again, and its session."""

    assertion: Assertion
    id: str
    answers: str | None
    good_until: datetime
    name: Named
    session_index: str | None
    session_ends: datetime | None


class LogoutMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message about the end of a login as it came: by an address that is signed as it was spelt, or by a form."""

    binding: Binding
    content: str
    query: str = ""


class LogoutAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A provider ends what it began: all logins of a person, or those of some of its sessions."""

    id: str
    issuer: str
    name: Named
    session_indexes: tuple[str, ...]
    good_until: datetime


class LogoutAnswered(msgspec.Struct, frozen=True, kw_only=True):
    """A provider tells that it ended what was asked, or not wholly."""

    answers: str
    succeeded: bool


class Saml(Protocol):
    """Speaks SAML 2.0 as a service provider. It does not know organizations, and keeps providers' metadata alone."""

    def new_key(self, name: str, now: datetime) -> tuple[str, str]:
        """Make a key pair: the certificate in PEM, and the sealed key."""
        ...

    def describe(self, service: Service) -> bytes:
        """Write the metadata that a provider reads of us."""
        ...

    def check(self, peer: SamlPeer) -> Known:
        """Read a provider's metadata anew; gives its name, and where it signs in. Invalid or Unavailable when none."""
        ...

    def address(self, peer: SamlPeer, request_id: str, now: datetime) -> str:
        """Give the address at which a browser asks the provider who somebody is; the request is signed."""
        ...

    def believe(self, peer: SamlPeer, response: str, now: datetime) -> Believed:
        """Prove what a form brought, in base64; NotAuthenticated when anything about it is not as it must be."""
        ...

    def read_logout(self, peer: SamlPeer, message: LogoutMessage, now: datetime) -> LogoutAsked | LogoutAnswered:
        """Prove a message about the end of a login; NotAuthenticated when it is not to be believed."""
        ...

    def ask_logout(
        self, peer: SamlPeer, request_id: str, name: Named, session_index: str | None, now: datetime
    ) -> str | None:
        """Give the address at which the provider ends its session, too; None where it has none."""
        ...

    def answer_logout(
        self, peer: SamlPeer, answer_id: str, asked: str, relay_state: str | None, now: datetime
    ) -> str | None:
        """Give the address that tells the provider that its logout was done; None where it wants to hear nothing."""
        ...

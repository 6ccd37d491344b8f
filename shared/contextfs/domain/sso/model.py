"""The nouns of single sign-on."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit import forms
from contextfs.kit.fields import Moment, version_at

Provider = Literal["google", "github", "okta", "entra", "auth0", "cognito", "generic", "saml"]
Role = Literal["admin", "member", "viewer"]
"""What a provider may make of somebody. An owner is made by owners."""

Url = Annotated[str, Meta(max_length=2000, pattern=forms.URL)]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
DomainName = Annotated[
    str,
    Meta(
        max_length=253,
        pattern=forms.DOMAIN,
    ),
]


class AttributeMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider's names of attributes; those left out are the provider's usual ones."""

    email: Text | None = None
    name: Text | None = None
    groups: Text | None = None


class SsoChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an organization signs in.

    `metadata_url` is the provider's discovery document, or its issuer; for `saml`, the address of its metadata, which
    `metadata_xml` may hold instead. Without `client_secret`, the earlier one stays. `group_roles` maps groups of the
    provider to roles, the greatest counts; without a match it is `default_role`. With `auto_provision`, people with an
    address in a verified domain become members at their first sign-in. With `enforced`, people sign in only with the
    provider, except the owner `break_glass_user_id`. With `idp_initiated`, a sign-in may begin at a SAML provider: then
    nothing shows that this browser asked for it.
    """

    enabled: bool
    provider: Provider
    metadata_url: Url | None = None
    client_id: Text | None = None
    client_secret: Annotated[str, Meta(min_length=1, max_length=1000)] | None = None
    attribute_mapping: AttributeMapping = AttributeMapping()
    auto_provision: bool = False
    default_role: Role = "member"
    group_roles: Annotated[dict[Text, Role], Meta(max_length=200)] = {}
    enforced: bool = False
    break_glass_user_id: UUID | None = None
    metadata_xml: Annotated[str, Meta(min_length=1, max_length=500_000)] | None = None
    idp_initiated: bool = False


class SamlAddresses(msgspec.Struct, frozen=True, kw_only=True):
    """What a SAML provider needs to know of this server; `metadata_url` has all of it."""

    entity_id: str
    acs_url: str
    logout_url: str
    metadata_url: str


class Sso(msgspec.Struct, frozen=True, kw_only=True):
    """How an organization signs in; its secret is not shown.

    Give the provider `redirect_uri`, or for SAML what `saml` holds. `vouched_by` is the member who set up or confirmed
    the provider; `is_vouched` is false if they left, or may do less now: then check that the provider is yours, and
    confirm it.
    """

    enabled: bool
    provider: str
    metadata_url: str | None
    client_id: str | None
    has_client_secret: bool
    attribute_mapping: AttributeMapping
    auto_provision: bool
    default_role: str
    group_roles: dict[str, str]
    enforced: bool
    break_glass_user_id: UUID | None
    metadata_xml: str | None
    idp_initiated: bool
    redirect_uri: str
    saml: SamlAddresses | None
    vouched_by: UUID | None = None
    is_vouched: bool = True
    updated_at: Moment | None

    @property
    def version(self) -> str:
        """The version that ETag and If-Match speak of."""
        return _version(self.updated_at)


class SsoTest(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an organization's provider works: its name, where it signs people in, or what is wrong."""

    works: bool
    told: str | None = None
    issuer: str | None = None
    sign_in: str | None = None
    verified_domains: list[str] = []


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The same as it is stored, with its sealed secret and the key pair of SAML, whose key is sealed.

    `vouched` is what the one may who set the provider up: by it nobody comes in who may more. None vouches for all.
    `vouched_by` is the member who did; None where that was not noted yet, or a key did that is nobody's.
    """

    enabled: bool
    provider: Provider
    metadata_url: str | None
    client_id: str | None
    client_secret: str | None
    attribute_mapping: AttributeMapping
    auto_provision: bool
    default_role: Role
    group_roles: dict[str, Role]
    enforced: bool
    break_glass_user_id: UUID | None
    metadata_xml: str | None
    idp_initiated: bool
    saml_certificate: str | None
    saml_key: str | None
    vouched: tuple[str, ...] | None
    vouched_by: UUID | None = None
    updated_at: Moment | None

    @property
    def version(self) -> str:
        """The version that ETag and If-Match speak of."""
        return _version(self.updated_at)


class NewDomain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A domain that an organization claims."""

    domain: DomainName


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """A domain of an organization. The TXT record `record` at its name in DNS proves it.

    `told` says what the last check found, if it did not prove the domain.
    """

    domain: str
    record: str
    created_at: Moment
    verified_at: Moment | None
    told: str | None = None


class Domains(msgspec.Struct, frozen=True, kw_only=True):
    """All domains of an organization."""

    items: Annotated[list[Domain], Meta(max_length=100)]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody as the provider tells of them. `is_trusted`: the address is theirs, by all that is known."""

    email: str
    name: str | None
    groups: tuple[str, ...]
    is_trusted: bool


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member as a sign-in finds them."""

    user_id: UUID
    email: str
    role: str
    suspended: bool = False


def _version(updated_at: Moment | None) -> str:
    """Name a state by the moment of its last change; one that nobody ever changed is the version 0."""
    return "0" if updated_at is None else version_at(updated_at)

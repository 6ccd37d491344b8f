"""The nouns of single sign-on."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit.fields import END, Moment, version_at

Provider = Literal["google", "github", "okta", "entra", "auth0", "generic"]
Role = Literal["admin", "member", "viewer"]
"""What a provider may make of somebody. An owner is made by owners."""

Url = Annotated[str, Meta(max_length=2000, pattern=r"^https?://[!-~]+" + END)]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
DomainName = Annotated[
    str,
    Meta(
        max_length=253,
        pattern=r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]" + END,
    ),
]


class AttributeMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Under which names the provider tells things; those left out are the provider's usual ones."""

    email: Text | None = None
    name: Text | None = None
    groups: Text | None = None


class SsoChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an organization signs in.

    `metadata_url` is the provider's discovery document, or its issuer. Without `client_secret` the one that was given
    before stays. `group_roles` maps groups of the provider to roles, the greatest counts; without a match it is
    `default_role`. With `auto_provision`, whoever has an address of a verified domain becomes a member as they first
    sign in. With `enforced`, people sign in by the provider alone, but for the owner `break_glass_user_id`.
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


class Sso(msgspec.Struct, frozen=True, kw_only=True):
    """How an organization signs in; its secret is not shown. `redirect_uri` is what the provider has to be told."""

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
    redirect_uri: str
    updated_at: Moment | None


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The same as it is stored, with its sealed secret."""

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
    updated_at: Moment | None

    @property
    def version(self) -> str:
        """Name the state by the moment of its last change."""
        return version_at(self.updated_at) if self.updated_at else "0"


class NewDomain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A domain that an organization says is its own."""

    domain: DomainName


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """A domain of an organization: proven by `record` standing in its DNS, as a TXT record at its name.

    `told` is what the last look found, where it did not prove it.
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

"""The nouns of logins. (The word session belongs to conversations.)"""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit.fields import Moment
from contextfs.kit.identity import ServicePlace

Method = Literal["key", "oidc", "oauth", "saml", "service"]
"""By what a browser was signed in: a key, the organization's provider, or the installation's own sign-in service."""


class Exchange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An ID token of the installation's own sign-in service, to exchange for a login.

    `organization_id` is required for members of several organizations.
    """

    id_token: Annotated[str, Meta(min_length=1, max_length=65536)]
    organization_id: UUID | None = None


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """How to sign in at a server. `login` leads a browser to the provider of its organization.

    `login` takes `?email=…` or `?organization=…`. `service` is the installation's own service, null if it has none:
    send an ID token of it to `exchange`; `page` leads a browser to the service's pages and back (`?organization=…`),
    null if it has none. `device` is where a program asks to be let in (RFC 8628).
    """

    login: str
    device: str
    service: ServicePlace | None
    exchange: str | None
    page: str | None = None


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that you are signed in with. `agent` is its name for itself; `current` marks the one that asks."""

    id: UUID
    user_id: UUID
    method: str
    agent: str
    created_at: Moment
    used_at: Moment
    expires_at: Moment
    ended_at: Moment | None
    current: bool = False


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How many logins were ended."""

    ended: int


class Myself(msgspec.Struct, frozen=True, kw_only=True):
    """Who is calling, and what they may do.

    A page sends `csrf_token` in the header X-CSRF-Token with each request that changes something; it is null for
    callers with an API key, who need none. `email` is null for callers that are not a person.
    """

    organization_id: UUID
    organization: str
    user_id: UUID | None
    email: str | None
    actor: str
    role: str
    permissions: list[str]
    project_ids: list[UUID] | None
    csrf_token: str | None

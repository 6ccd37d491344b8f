"""The nouns of the directory."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

import msgspec

from contextfs.kit.fields import Moment, Name

PREFIX: Final = "ctxs"
"""How a directory's token begins."""
USER: Final = "User"
GROUP: Final = "Group"


class ScimToken(msgspec.Struct, frozen=True, kw_only=True):
    """A directory's token, without its secret."""

    id: UUID
    name: str
    hint: str
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None


class NewScimToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new token of a directory."""

    name: Name
    expires_at: Moment | None = None


class ScimTokenCreated(msgspec.Struct, frozen=True, kw_only=True):
    """A new token with its secret, which is shown only once, and the address to set in the directory."""

    shown_once: ClassVar[tuple[str, ...]] = ("secret",)

    scim_token: ScimToken
    secret: str
    base_url: str


class ScimTokens(msgspec.Struct, frozen=True, kw_only=True):
    """All tokens of an organization, newest first."""

    items: Annotated[list[ScimToken], msgspec.Meta(max_length=200)]


class Vouching(msgspec.Struct, frozen=True, kw_only=True):
    """What a token's maker might as they made it, None vouches for all; and the role that they have now.

    `role` is None where they are no member any more, are suspended, or reach some projects only. Who it was is not
    noted (`is_noted`) of a token that is older than that, or was made by a key that is nobody's.
    """

    then: tuple[str, ...] | None
    is_noted: bool
    role: str | None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A user or group as it is stored; `resource` is what the directory told, without `id` and `meta`."""

    id: UUID
    type: str
    resource: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime
    user_id: UUID | None = None
    role: str | None = None

"""The nouns of access tokens."""

from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from contextfs.domain.access.model import Permission
from contextfs.kit.fields import Moment

MOST_MINUTES = 60


class NewToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new token. Without `permissions` it has all of the caller's that a token may have."""

    project_id: UUID | None = None
    permissions: Annotated[list[Permission], msgspec.Meta(min_length=1, max_length=64)] | None = None
    minutes: Annotated[int, msgspec.Meta(ge=1, le=MOST_MINUTES)] = MOST_MINUTES


class TokenCreated(msgspec.Struct, frozen=True, kw_only=True):
    """A new token, which is shown only once: it is empty in a reply that an Idempotency-Key repeats."""

    shown_once: ClassVar[tuple[str, ...]] = ("access_token",)

    id: UUID
    access_token: str
    permissions: list[str]
    project_id: UUID
    expires_at: Moment

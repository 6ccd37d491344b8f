"""The nouns of access."""

import re
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec

from contextfs.domain.access.rules import PERMISSIONS
from contextfs.kit.fields import Moment, Name
from contextfs.kit.forms import END

_NAMES = ("*", *PERMISSIONS, *dict.fromkeys(f"{name.split(':')[0]}:*" for name in PERMISSIONS))
Permission = Annotated[str, msgspec.Meta(max_length=64, pattern=f"^({'|'.join(map(re.escape, _NAMES))}){END}")]
RoleName = Literal["owner", "admin", "member", "viewer"]


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key, without its secret."""

    id: UUID
    name: str
    hint: str
    role: str
    permissions: list[str]
    project_id: UUID | None
    user_id: UUID | None
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None
    last_used_at: Annotated[Moment | None, msgspec.Meta(description="To within five minutes.")] = None


class ApiKeyCreated(msgspec.Struct, frozen=True, kw_only=True):
    """A new key with its secret, which is shown only once: it is empty in a reply that an Idempotency-Key repeats."""

    shown_once: ClassVar[tuple[str, ...]] = ("secret",)

    api_key: ApiKey
    secret: str


class NewApiKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new key. Without `permissions` it has those of its role; with `project_id` it sees only that project.

    With `user_id` it belongs to a service account, and has its role.
    """

    name: Name
    role: RoleName = "member"
    permissions: Annotated[list[Permission], msgspec.Meta(max_length=64)] | None = None
    project_id: UUID | None = None
    expires_at: Moment | None = None
    user_id: UUID | None = None


class Rotation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a key is replaced: for how many hours the old one still works."""

    overlap_hours: Annotated[int, msgspec.Meta(ge=0, le=720)] = 24

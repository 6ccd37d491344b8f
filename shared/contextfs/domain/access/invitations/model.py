"""The nouns of invitations."""

from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from contextfs.domain.access.model import ApiKey
from contextfs.domain.access.people.model import Email, Projects, Role, User
from contextfs.kit.fields import Moment, Name

Days = Annotated[int, msgspec.Meta(ge=1, le=30, description="For how many days it can be accepted.")]


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation as an administrator sees it: without its token."""

    id: UUID
    email: str
    role: str
    projects: Projects | None
    created_at: Moment
    expires_at: Moment
    accepted_at: Moment | None
    accepted_by: UUID | None
    revoked_at: Moment | None


class InvitationCreated(msgspec.Struct, frozen=True, kw_only=True):
    """A new invitation with its token, which is shown only once: a reply that an Idempotency-Key repeats has none."""

    shown_once: ClassVar[tuple[str, ...]] = ("token",)

    invitation: Invitation
    token: str


class NewInvitation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new invitation: the address, the role and the projects. An earlier invitation of the same address ends."""

    email: Email
    role: Role = "member"
    projects: Projects | None = None
    days: Days = 7


class Joining(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the invited person says about themselves."""

    name: Name | None = None


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """The new member with a first key, whose secret is shown only once."""

    shown_once: ClassVar[tuple[str, ...]] = ("secret",)

    user: User
    api_key: ApiKey
    secret: str

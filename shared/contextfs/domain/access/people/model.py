"""The nouns of people."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from contextfs.kit import forms
from contextfs.kit.fields import Moment, Name, version_at

Email = Annotated[
    str,
    msgspec.Meta(min_length=3, max_length=254, pattern=forms.EMAIL, description="An address, in ASCII."),
]
Role = Annotated[
    str,
    msgspec.Meta(
        max_length=64,
        pattern=forms.ROLE,
        description="owner, admin, member, viewer, or the name of a custom role.",
    ),
]
Projects = Annotated[
    list[UUID],
    msgspec.Meta(max_length=200, description="The projects that are open; null for all of the organization."),
]
UserKind = Literal["person", "service"]


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A member of the organization. A service account has no address; suspended members cannot sign in or use keys."""

    id: UUID
    kind: UserKind
    email: str | None
    name: str | None
    role: str
    projects: Projects | None
    suspended_at: Moment | None
    created_at: Moment
    updated_at: Moment

    @property
    def version(self) -> str:
        """The version that ETag and If-Match speak of."""
        return version_at(self.updated_at)


class NewUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new member. A person has an address, by which single sign-on finds them; a service account has a name."""

    kind: UserKind = "person"
    email: Email | None = None
    name: Name | None = None
    role: Role = "member"
    projects: Projects | None = None


class UserChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of a member; fields that are left out stay."""

    name: Name | UnsetType | None = UNSET
    role: Role | UnsetType = UNSET
    projects: Projects | UnsetType | None = UNSET
    suspended: bool | UnsetType = UNSET

"""The nouns of custom roles."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from contextfs.domain.access.model import Permission
from contextfs.domain.access.people.model import Projects
from contextfs.kit import forms
from contextfs.kit.fields import Moment, version_at

Permissions = Annotated[
    list[Permission], msgspec.Meta(max_length=64, description="`noun:verb`, `noun:*` for all of a noun, `*` for all.")
]
RoleName = Annotated[str, msgspec.Meta(max_length=64, pattern=forms.ROLE)]
About = Annotated[str, msgspec.Meta(max_length=1000)]


class CustomRole(msgspec.Struct, frozen=True, kw_only=True):
    """A name for permissions, in all projects or in some."""

    id: UUID
    name: str
    description: str | None
    permissions: list[str]
    projects: Projects | None
    created_at: Moment
    updated_at: Moment

    @property
    def version(self) -> str:
        """The version that ETag and If-Match speak of."""
        return version_at(self.updated_at)


class NewRole(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new custom role. With `projects`, its members reach only these."""

    name: RoleName
    permissions: Permissions
    description: About | None = None
    projects: Projects | None = None


class RoleChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of a custom role; fields that are left out stay. Its name stays."""

    permissions: Permissions | UnsetType = UNSET
    description: About | UnsetType | None = UNSET
    projects: Projects | UnsetType | None = UNSET

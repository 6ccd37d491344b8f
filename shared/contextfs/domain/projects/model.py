"""The nouns of a project."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from contextfs.kit.fields import Metadata, Moment, Name, version_at
from contextfs.kit.personal import PERSONAL, Personal

PersonalClasses = Annotated[
    list[Personal],
    msgspec.Meta(
        max_length=len(PERSONAL),
        description="Personal data that is replaced, as secrets are, before anything is stored.",
    ),
]
Description = Annotated[str, msgspec.Meta(max_length=4000)]


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A context boundary. Its id is committed to the repository, so that all clones are one project."""

    id: UUID
    name: str
    description: str | None
    metadata: dict[str, Any]
    personal: list[Personal] | None = None
    """What is taken out of its conversations and memories beside secrets; null: what the server takes out."""
    created_at: Moment
    updated_at: Moment

    @property
    def version(self) -> str:
        """The version that ETag and If-Match speak of."""
        return version_at(self.updated_at)


class NewProject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new project; give the `id` if a repository already has one."""

    name: Name
    id: UUID | None = None
    description: Description | None = None
    metadata: Metadata = {}
    personal: PersonalClasses | None = None


class ProjectChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of a project; fields that are left out stay."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    metadata: Metadata | UnsetType = UNSET
    personal: PersonalClasses | UnsetType | None = UNSET

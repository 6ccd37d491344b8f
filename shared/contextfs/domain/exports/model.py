"""The nouns of an export."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit.fields import Moment

Status = Literal["pending", "ready", "failed"]
Content = Literal["memories", "sessions", "audit_log"]


class NewExport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request for an export: of one project, of all, or of the audit log."""

    project_id: Annotated[UUID | None, Meta(description="The project; by default all of the organization.")] = None
    audit_log: Annotated[
        bool,
        Meta(description="The organization's audit log instead of memories and sessions; needs `audit:read`."),
    ] = False


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A file with all that the requester may see: `contents` of one project, or of all.

    `revisions`, `sessions`, `messages`, and `entries` of the audit log count what is in it; `size` is in bytes,
    `sha256` in hex; `failure` says why there is no file. It is deleted at `expires_at`.
    """

    id: UUID
    project_id: UUID | None
    contents: list[Content]
    status: Status
    failure: str | None
    size: int | None
    sha256: str | None
    revisions: int
    sessions: int
    messages: int
    entries: int = 0
    created_at: Moment
    finished_at: Moment | None
    expires_at: Moment


class ExportLinked(msgspec.Struct, frozen=True, kw_only=True):
    """An export, and a link that works for anybody until `link_expires_at`; no link until it is ready."""

    export: Export
    link: str | None
    link_expires_at: Moment | None

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

    project_id: Annotated[UUID | None, Meta(description="The project; none given: all of the organization.")] = None
    audit_log: Annotated[
        bool,
        Meta(description="The organization's audit log, in place of memories and sessions: it takes `audit:read`."),
    ] = False


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A file with all that the one who asked may see: `contents` of one project, or of all.

    `revisions`, `sessions`, `messages`, and `entries` of the audit log count what is in it, `size` is in bytes,
    `sha256` in hex; `failure` says why there is none. It goes at `expires_at`.
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
    """An export, and where it may be fetched from by anybody until `link_expires_at`; no link while it is not ready."""

    export: Export
    link: str | None
    link_expires_at: Moment | None

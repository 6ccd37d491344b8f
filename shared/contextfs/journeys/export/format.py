"""The form of an export: JSON lines of one project, and a bundle (a zip) of several.

The first line of a project's lines says the format and the project. Each further line is `{"revision": …}`, or
`{"session": …}` followed by its `{"message": …}` lines. A bundle holds `manifest.json` and, for each project, its lines
in `projects/<id>.jsonl`; or the audit log, whose entries are the lines of `audit.jsonl`, as the API shows them.
"""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.domain.feed.model import SentRevision
from contextfs.domain.sessions.model import Content, Git, Kind, Role, Status, ToolCall
from contextfs.kit.fields import ExternalId, Metadata, Moment, Name, Sensitivity, Tags, Title, Tokens, Word

FORMAT: Final = "contextfs.export.2"
BUNDLE: Final = "contextfs.bundle.1"
MANIFEST: Final = "manifest.json"
AUDIT_LOG: Final = "audit.jsonl"

Level = Literal["private", "project"]


class ProjectKept(msgspec.Struct, frozen=True, kw_only=True):
    """A project by its id and name."""

    id: UUID
    name: Name


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a project."""

    format: str
    project: ProjectKept
    exported_at: datetime


class SessionKept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A session in an export. `shared` tells who was chosen to see it, `learned` from how many messages was learned."""

    id: UUID
    tool: Word
    external_id: ExternalId | None
    title: Title | None
    status: Status
    user_id: UUID | None
    model: str | None
    git: Git
    input_tokens: Tokens
    output_tokens: Tokens
    sensitivity: Sensitivity | None
    tags: Tags
    annotations: Metadata
    metadata: Metadata
    started_at: Moment
    ended_at: Moment | None
    created_at: Moment
    updated_at: Moment
    shared: Level | None
    own: bool
    learned: int


class MessageKept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A message in an export; what is at its default is left out."""

    id: UUID
    session_id: UUID
    role: Role
    kind: Kind
    content: Content
    created_at: Moment
    external_id: str | None = None
    tool_calls: list[ToolCall] = []
    model: str | None = None
    tokens: Tokens | None = None
    metadata: Metadata = {}


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A further line: a revision, a session, or a message of a session that was in a line before."""

    revision: SentRevision | None = None
    session: SessionKept | None = None
    message: MessageKept | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle holds."""

    format: str
    organization: Name
    projects: Annotated[list[ProjectKept], Meta(max_length=1_000_000)]
    contents: list[str]
    exported_at: datetime


def member(project_id: UUID) -> str:
    """Give the name of a project's lines in a bundle."""
    return f"projects/{project_id}.jsonl"

"""The nouns of a session."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypedDict
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from contextfs.kit.fields import (
    ExternalId,
    Metadata,
    Moment,
    Sensitivity,
    Tags,
    Title,
    Tokens,
    Visibility,
    Word,
    version_at,
)
from contextfs.kit.receipt import Receipt

Role = Literal["user", "assistant", "system", "tool"]
Kind = Literal["prompt", "reply", "tool_result", "summary", "injected", "meta"]
Status = Literal["open", "completed"]
Line = Annotated[str, Meta(max_length=1000)]
Content = Annotated[str, Meta(max_length=2_000_000)]

MESSAGES_A_CALL = 1000


class Git(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where in a repository the conversation took place; facets, never keys."""

    remote: Line | None = None
    branch: Line | None = None
    commit: Line | None = None
    cwd: Line | None = None


class ToolCall(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tool that the assistant called, with its input."""

    name: Annotated[str, Meta(min_length=1, max_length=300)]
    id: Line | None = None
    input: Any = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message. Nobody changes it; only a better reader of its record can change how it reads.

    Messages of a session are ordered by time, then id.
    """

    id: UUID
    session_id: UUID
    external_id: str | None
    role: Role
    kind: Kind
    content: str
    tool_calls: list[ToolCall]
    model: str | None
    tokens: int | None
    metadata: dict[str, Any]
    created_at: Moment


class NewMessage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new message; with an `external_id` or an `id`, it is stored once, however often it is sent."""

    role: Role
    content: Content
    id: UUID | None = None
    external_id: ExternalId | None = None
    kind: Kind | None = None
    tool_calls: Annotated[list[ToolCall], Meta(max_length=500)] = []
    model: Line | None = None
    tokens: Tokens | None = None
    metadata: Metadata = {}
    created_at: Moment | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation with an AI tool."""

    id: UUID
    project_id: UUID
    external_id: str | None
    tool: str
    title: str | None
    status: Status
    user_id: UUID | None
    model: str | None
    git: Git
    message_count: int
    input_tokens: int
    output_tokens: int
    visibility: Visibility
    sensitivity: Sensitivity | None
    tags: list[str]
    annotations: dict[str, Any]
    metadata: dict[str, Any]
    started_at: Moment
    ended_at: Moment | None
    created_at: Moment
    updated_at: Moment

    @property
    def version(self) -> str:
        """The version that ETag and If-Match speak of."""
        return version_at(self.updated_at)


class NewSession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new session; with an `external_id`, it is created once for its tool and project."""

    project_id: UUID
    tool: Word
    id: UUID | None = None
    external_id: ExternalId | None = None
    title: Title | None = None
    model: Line | None = None
    git: Git = Git()
    visibility: Visibility = "project"
    sensitivity: Sensitivity | None = None
    tags: Tags = []
    annotations: Metadata = {}
    metadata: Metadata = {}
    input_tokens: Tokens = 0
    output_tokens: Tokens = 0
    started_at: Moment | None = None
    messages: Annotated[list[NewMessage], Meta(max_length=MESSAGES_A_CALL)] = []


class NewSessionFields(TypedDict, total=False):
    """What may be said of a session that is created."""

    id: UUID | None
    title: str | None
    model: str | None
    git: Git
    visibility: Visibility
    sensitivity: Sensitivity | None
    tags: list[str]
    annotations: dict[str, Any]
    metadata: dict[str, Any]
    input_tokens: int
    output_tokens: int
    started_at: datetime | None


class SessionChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of a session; fields that are left out stay."""

    title: Title | UnsetType | None = UNSET
    model: Line | UnsetType | None = UNSET
    visibility: Visibility | UnsetType = UNSET
    sensitivity: Sensitivity | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET
    annotations: Metadata | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
    input_tokens: Tokens | UnsetType = UNSET
    output_tokens: Tokens | UnsetType = UNSET


class SessionWritten(msgspec.Struct, frozen=True, kw_only=True):
    """A session after a write, and what the write did."""

    session: Session
    receipt: Receipt

    @property
    def version(self) -> str:
        """The version that ETag and If-Match speak of."""
        return self.session.version


class NewMessages(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages to append, in their order."""

    messages: Annotated[list[NewMessage], Meta(min_length=1, max_length=MESSAGES_A_CALL)]


class Captured(msgspec.Struct, frozen=True, kw_only=True):
    """A session after a capture, and what all its parts did together.

    `added` messages are new, `present` ones were there already; `created` says whether the session itself is new.
    `revised` messages were there, and are read in another way now.
    """

    session: Session
    receipt: Receipt
    created: bool
    added: int
    present: int
    revised: int = 0

    @property
    def grown(self) -> bool:
        """Whether a session that was there got new messages."""
        return not self.created and self.added > 0

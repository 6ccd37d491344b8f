"""The nouns of sync: what machines send, and what they are sent.

A feed carries memories and sessions, so that of all rooms it alone knows the nouns of others.
"""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.domain.memories.revisions import Fields
from contextfs.domain.sessions.model import Message, NewSession, Session
from contextfs.kit.fields import Moment

REVISIONS_A_CALL = 1000
SESSIONS_A_CALL = 100

RevisionId = Annotated[str, Meta(min_length=64, max_length=64)]
Cursor = Annotated[int, Meta(ge=0, le=2**53)]


class SentRevision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A revision as it travels. Its id is computed, never sent, so that nobody can forge one."""

    memory_id: UUID
    fields: Fields
    author: Annotated[str, Meta(min_length=1, max_length=300)]
    clock: Annotated[str, Meta(max_length=64)]
    parents: Annotated[list[RevisionId], Meta(max_length=1000)] = []


class SentSession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A session with messages that the server may lack; it is identified by its tool and `external_id`.

    If it exists, its visibility and tokens are updated. `learned` says that the machine has learned from it, and sends
    those memories itself.
    """

    session: NewSession
    completed: bool = False
    ended_at: Moment | None = None
    learned: bool = False


class Push(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a machine has, and the server may lack. `origin` names the machine, which gets none of its own back."""

    project_id: UUID
    origin: UUID | None = None
    revisions: Annotated[list[SentRevision], Meta(max_length=REVISIONS_A_CALL)] = []
    sessions: Annotated[list[SentSession], Meta(max_length=SESSIONS_A_CALL)] = []


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was not accepted, by its place in the push, and why."""

    kind: Literal["revision", "session"]
    index: int
    reason: str


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """What a push did; all of it is stored when you read this. What was there already is a duplicate."""

    stored: int
    duplicates: int
    refused: list[Refused]


class Pull(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for what changed after a position of the feed; `origin` leaves out what this machine pushed."""

    project_id: UUID
    cursor: Cursor = 0
    limit: Annotated[int, Meta(ge=1, le=2000)] = 1000
    origin: UUID | None = None


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the caller may no longer see: deleted for good, or made private by its author."""

    kind: Literal["memory", "session"]
    id: UUID


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """What changed, up to the position `cursor`: ask again from there while there is `more`.

    Things may come again, and a revision may come before its parents. From a position that the feed never reached (it
    was restored from a backup), everything is sent from the beginning.
    """

    revisions: list[SentRevision]
    sessions: list[Session]
    messages: list[Message]
    withdrawn: list[Withdrawn]
    cursor: int
    more: bool


class SyncStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The position of a project's feed, and how many memories and sessions of it the caller sees."""

    project_id: UUID
    position: int
    memories: int
    sessions: int

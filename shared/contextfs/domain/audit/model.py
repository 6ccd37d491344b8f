"""The nouns of the audit log."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit import forms
from contextfs.kit.fields import Moment

Action = Annotated[
    str,
    Meta(
        max_length=100,
        pattern=forms.ACTION,
        description="`memory.created`, or `memory.*` for all of a kind.",
    ),
]
Head = Annotated[
    str,
    Meta(max_length=100, pattern=forms.HEAD, description="`position:hash`, from an earlier check."),
]


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One act: who did what to what, and when. It holds ids, counts and hashes, never content.

    `position` and `hash` are null until the entry is sealed into the chain, within a minute.
    """

    id: UUID
    at: Moment
    actor: str
    actor_id: UUID
    action: str
    project_id: UUID | None
    subject: UUID | None
    request_id: str
    details: dict[str, Any]
    position: int | None
    hash: str | None


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A place where the chain is broken, from `position` to `until`, and what is wrong there."""

    position: int
    until: int
    kind: Literal["missing", "changed", "moved", "cut_off", "forgotten"]
    told: str


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a check of the chain. Keep `head` elsewhere: a later check says whether the log still holds it."""

    intact: bool
    checked: int
    expired: Annotated[int, Meta(description="Earlier entries, which the retention has removed.")] = 0
    unsealed: int
    head: str | None
    outside: Annotated[
        Literal["read", "unread", "none"],
        Meta(
            description="Whether the file outside of the database that knows the chain was read; `none`: no files are "
            "kept. Of one that could not be read nobody knows what it tells: `intact` is false then."
        ),
    ] = "none"
    anchored: Annotated[
        int | None,
        Meta(description="Up to where that file knows the chain, 0 before anything is noted; null if it was not read."),
    ] = None
    faults: list[Fault]


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many days the audit log is kept; null is for ever."""

    keep_days: Annotated[int, Meta(ge=30, le=36_500)] | None


StreamFormat = Literal["cloudevents", "ocsf"]


class AuditStream(msgspec.Struct, frozen=True, kw_only=True):
    """Where the audit log is streamed to, and its progress, without its secrets; `off` if it is not streamed.

    `delivered_to` is the position in the chain up to which entries were accepted, `behind` how many are waiting. A
    `failing` stream is tried again at `next_at`. Entries that the destination refused alone, twice, while it accepted a
    test, are `skipped`; the last of them is at the position `last_skipped`. Until `former_until`, deliveries are also
    signed with the former secret.
    """

    state: Literal["off", "current", "delivering", "failing"] = "off"
    url: str | None = None
    format: StreamFormat | None = None
    has_authorization: bool = False
    delivered_to: int = 0
    behind: int = 0
    delivered_at: Moment | None = None
    skipped: int = 0
    last_skipped: int | None = None
    failures: int = 0
    last_error: str | None = None
    last_error_at: Moment | None = None
    next_at: Moment | None = None
    former_until: Moment | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None


class AuditStreamChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to stream the log. `authorization` is sent as the header of that name, and kept sealed.

    A new stream begins with what happens from now on; with `backfill`, a stream begins with all that the log holds.
    """

    url: Annotated[str, Meta(min_length=8, max_length=2000, pattern=forms.URL)]
    format: StreamFormat = "cloudevents"
    authorization: Annotated[str, Meta(min_length=1, max_length=2000, pattern=forms.VISIBLE_WORDS)] | None = None
    backfill: bool = False


class AuditStreamSet(msgspec.Struct, frozen=True, kw_only=True):
    """The stream, with its secret if it is new: it is shown only once, and empty otherwise."""

    shown_once: ClassVar[tuple[str, ...]] = ("secret",)

    stream: AuditStream
    secret: str


class NewStreamSecret(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rotation of a stream's secret: for some hours, deliveries are signed with both."""

    grace_hours: Annotated[int, Meta(ge=0, le=720)] = 24


class AuditStreamTest(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the destination accepted a test message, and what it answered if not."""

    works: bool
    told: str

"""The nouns of the audit log."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit.fields import END, Moment

Action = Annotated[
    str,
    Meta(
        max_length=100,
        pattern=r"^[a-z_]+(\.[a-z_]+|\.\*)?" + END,
        description="`memory.created`, or `memory.*` for all of a kind.",
    ),
]
Head = Annotated[
    str,
    Meta(
        max_length=100, pattern=r"^[1-9][0-9]{0,17}:[0-9a-f]{64}" + END, description="`position:hash`, as told before."
    ),
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
    """A place where the chain does not hold, from `position` to `until`, and what is wrong there."""

    position: int
    until: int
    kind: Literal["missing", "changed", "moved", "cut_off", "forgotten"]
    told: str


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a check of the chain found. Keep `head` elsewhere: a later check tells whether the log still holds it."""

    intact: bool
    checked: int
    expired: Annotated[int, Meta(description="Entries before these, which the retention has let go.")] = 0
    unsealed: int
    head: str | None
    faults: list[Fault]


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many days the audit log is kept; null is for ever."""

    keep_days: Annotated[int, Meta(ge=30, le=36_500)] | None

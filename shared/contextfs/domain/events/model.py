"""The nouns of events on their way."""

from typing import Any
from uuid import UUID

import msgspec

from contextfs.kit.events import Event
from contextfs.kit.fields import Moment


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """An event that a consumer has to take; `attempts` counts this one."""

    consumer: str
    event: Event
    attempts: int


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery whose event cannot be read: trying again would not help."""

    org_id: UUID
    consumer: str
    event_id: UUID
    event: dict[str, Any]
    attempts: int


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """An event that a consumer could not handle, however often it was tried."""

    id: UUID
    consumer: str
    event_id: UUID
    event: dict[str, Any]
    error: str
    attempts: int
    failed_at: Moment
    replayed_at: Moment | None

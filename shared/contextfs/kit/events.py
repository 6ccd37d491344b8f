"""Events: what happened, named `noun.verb`, as it leaves a transaction and as it reaches a consumer."""

from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to `subject`; `data` carries ids and counts, never content."""

    id: UUID
    type: str
    org_id: UUID
    project_id: UUID | None
    subject: UUID
    time: datetime
    actor: str
    reader: UUID
    """Whose private things the event may speak of: its consumers see what this user sees."""
    data: dict[str, Any] = {}


def matches(event_type: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a subscription (`memory.*`) takes this type of event."""
    return any(fnmatchcase(event_type, pattern) for pattern in patterns)

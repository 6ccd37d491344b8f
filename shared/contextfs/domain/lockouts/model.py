"""The nouns of lockouts."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec


class Attempt(NamedTuple):
    """Somebody at an address, with a credential that names something of an organization."""

    org_id: UUID
    target: UUID
    address: str


class Tries(msgspec.Struct, frozen=True, kw_only=True):
    """How often such a credential was wrong, and until when it is not looked at."""

    tries: int
    locked_until: datetime | None

"""What of that which was found holds no longer, and what took its place."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from contextfs.kit.overtaken import Overtaken, overtaken
from contextfs.local.base.connection import Base
from contextfs.local.base.memories import fields_in
from contextfs.local.search.bounds import encoded
from contextfs.local.search.find import Found
from contextfs.local.search.queries import SQL


def marked(base: Base, found: Found, *, now: datetime) -> Found:
    """Give what was found with what holds no longer of it."""
    memories = {one.source_id for one in found.candidates.values() if one.source == "memory"}
    return replace(found, overtaken=ended(base, memories, now=now))


def ended(base: Base, memories: Collection[str], *, now: datetime) -> dict[UUID, Overtaken]:
    """Tell which of some memories hold no longer."""
    told: dict[UUID, Overtaken] = {}
    for row in base.all(SQL["some_memories"], {"ids": encoded([*memories])}):
        fields = fields_in(row)
        over = overtaken(valid_to=fields.valid_to, expires_at=fields.expires_at, metadata=fields.metadata, at=now)
        if over is not None:
            told[UUID(row["id"])] = over
    return told

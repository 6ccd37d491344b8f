"""What a store knew at a time: the views of the revisions that were there then, without those that came after.

A memory that nothing changed since is its row; only the others are folded anew.
"""

from collections.abc import Iterator
from datetime import datetime
from heapq import nlargest
from uuid import UUID

import msgspec

from contextfs.domain.memories.clock import time_text
from contextfs.domain.memories.past import known_at
from contextfs.domain.memories.rules import canonical_type, moment_of
from contextfs.domain.memories.view import View
from contextfs.kit.overtaken import overtaken
from contextfs.local.base.connection import Base, Row
from contextfs.local.base.memories import SQL, revisions_of, shown
from contextfs.local.model import LocalMemory, MemoryQuery


def known(base: Base, when: datetime) -> Iterator[LocalMemory]:
    """Give the memories of a time, in the order of their ids."""
    for row in base.all(SQL["known"], {"then": time_text(when)}):
        if not row["changed"]:
            if not row["deleted"]:
                yield shown(row, when)
            continue
        seen = known_at(revisions_of(base, UUID(row["id"])), when)
        if seen is not None:
            yield _shown(row, seen, when)


def page(base: Base, query: MemoryQuery, when: datetime) -> list[LocalMemory]:
    """List the memories of a time, newest first."""
    fitting = (one for one in known(base, when) if _fits(one, query))
    return nlargest(query.limit, fitting, key=lambda one: (one.updated_at, one.id))


def _fits(memory: LocalMemory, query: MemoryQuery) -> bool:
    return (
        (query.type is None or memory.type == canonical_type(query.type))
        and {*(query.tags or ())} <= {*memory.tags}
        and (query.author is None or memory.author == query.author)
        and (query.since is None or memory.updated_at >= query.since)
        and (query.conflicted is None or memory.conflicted == query.conflicted)
        and (query.pinned is None or memory.pinned == query.pinned)
        and (query.superseded or memory.overtaken is None)
    )


def _shown(row: Row, seen: View, when: datetime) -> LocalMemory:
    fields = seen.fields
    now = shown(row)
    kept = {name: getattr(fields, name) for name in fields.__struct_fields__ if hasattr(now, name)}
    lists = {name: list(getattr(fields, name)) for name in ("tags", "provenance", "anchors")}
    return msgspec.structs.replace(
        now,
        **(kept | lists),
        author=seen.updated_by,
        conflicted=seen.conflicted,
        bodies=list(seen.bodies) if seen.conflicted else [],
        version=seen.version,
        created_at=moment_of(seen.created_clock),
        updated_at=moment_of(seen.updated_clock),
        overtaken=overtaken(valid_to=fields.valid_to, expires_at=fields.expires_at, metadata=fields.metadata, at=when),
    )

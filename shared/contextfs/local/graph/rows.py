"""What stands in the graph's tables: memories are taken in and out, and what lies around some nodes is read."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from contextfs.domain.graph.model import ENTITIES, FURTHER, HUB, Link
from contextfs.journeys.graph.relate import said_by
from contextfs.kit.sql import load
from contextfs.local.base.connection import Base, Row
from contextfs.local.model import LocalMemory
from contextfs.local.search.bounds import encoded, micros

SQL = load("contextfs.local.graph", "sqlite.sql")

_COPIED = ("source", "relation", "target", "name", "weight", "whole", "total")


def forget(base: Base, memory_id: str) -> None:
    """Take a memory out."""
    for query in ("forget_mentions", "forget_edges"):
        base.run(SQL[query], {"memory_id": memory_id})


def add(base: Base, memory: LocalMemory) -> None:
    """Take in what a memory mentions and states; it is not there yet."""
    said = said_by(memory)
    own: Row = {
        "memory_id": str(memory.id),
        "valid_from": micros(memory.valid_from or memory.created_at),
        "valid_to": micros(memory.valid_to) if memory.valid_to else None,
        "expires": micros(memory.expires_at) if memory.expires_at else None,
    }
    base.many(SQL["add_mention"], [own | msgspec.structs.asdict(one) | {"entity": one.entity} for one in said.mentions])
    base.many(SQL["add_edge"], [own | msgspec.structs.asdict(one) for one in said.edges])


def around(base: Base, *, keys: Iterable[str], memories: Iterable[str], at: datetime) -> list[Link]:
    """Read what is linked with entities (by key or by node) and memories, two memories deep and bounded."""
    rows = base.all(
        SQL["around"],
        {
            "keys": encoded([*keys]),
            "memories": encoded([*memories]),
            "at": micros(at.astimezone(UTC)),
            "back": False,
            "hub": HUB,
            "entities": ENTITIES,
            "further": FURTHER,
        },
    )
    return [Link(memory=f"memory:{row['memory_id']}", **{name: row[name] for name in _COPIED}) for row in rows]


def busiest(base: Base, *, at: datetime, limit: int) -> list[str]:
    """Name the entities that most memories mention."""
    return [
        row["entity"]
        for row in base.all(SQL["busiest"], {"at": micros(at.astimezone(UTC)), "back": False, "limit": limit})
    ]


def titles(base: Base, memories: Iterable[str]) -> dict[str, str]:
    """Tell what memories are called: their title, or how they begin."""
    return {row["id"]: row["name"] for row in base.all(SQL["titles"], {"ids": encoded([*memories])})}

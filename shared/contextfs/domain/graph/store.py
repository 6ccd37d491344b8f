"""Questions and commands about the graph: what memories mention and state, and what lies around some nodes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.graph.model import ENTITIES, FURTHER, HUB, Link, Stated
from contextfs.kit.ports import Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.graph")
_COPIED = ("project_id", "author_id", "visibility", "valid_to", "expires_at")


def told(tx: Transaction, memories: Sequence[UUID]) -> list[Row]:
    """Read memories as the graph reads them, and hold them; those that are gone are left out."""
    return tx.all(_SQL["told"], {"ids": list(memories)})


def project_told(tx: Transaction, project_id: UUID, *, after: UUID | None, limit: int) -> list[Row]:
    """Read the memories of a project behind an id, and hold them."""
    return tx.all(_SQL["project_told"], {"project_id": project_id, "after": after, "limit": limit})


def tell(tx: Transaction, org_id: UUID, memories: Sequence[UUID], said: Iterable[tuple[Row, Stated]]) -> None:
    """Let the graph hold this of some memories, and nothing else; of those that nothing is said of, nothing."""
    mentions: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    for row, stated in said:
        own = {name: row[name] for name in _COPIED} | {"org_id": org_id, "memory_id": row["id"]}
        own["valid_from"] = row["valid_from"] or row["created_at"]
        mentions += [own | msgspec.structs.asdict(one) for one in stated.mentions]
        edges += [own | msgspec.structs.asdict(one) for one in stated.edges]
    for query in ("forget_mentions", "forget_edges"):
        tx.run(_SQL[query], {"ids": list(memories)})
    for query, rows in (("add_mentions", mentions), ("add_edges", edges)):
        if rows:
            tx.run(_SQL[query], {"rows": msgspec.json.encode(rows).decode()})


def around(
    tx: Transaction,
    *,
    keys: Iterable[str],
    memories: Iterable[UUID],
    projects: list[UUID] | None,
    at: datetime,
    back: bool = False,
) -> Mapping[UUID, list[Link]]:
    """Read what is linked with entities (by key or by node) and memories, two memories deep: by project, bounded.

    It is what is valid `at` a time; where that lies `back`, without what began to be valid later.
    """
    rows = tx.all(
        _SQL["around"],
        {
            "keys": list(keys),
            "memories": list(memories),
            "projects": projects,
            "at": at,
            "back": back,
            "hub": HUB,
            "entities": ENTITIES,
            "further": FURTHER,
        },
    )
    found: dict[UUID, list[Link]] = {}
    for row in rows:
        plain = {name: row[name] for name in ("source", "relation", "target", "name", "weight", "whole", "total")}
        found.setdefault(row["project_id"], []).append(Link(memory=f"memory:{row['memory_id']}", **plain))
    return found


def busiest(tx: Transaction, project_id: UUID, *, at: datetime, back: bool, limit: int) -> list[str]:
    """Name the entities of a project that most memories mention."""
    asked = {"project_id": project_id, "at": at, "back": back, "limit": limit}
    return [row["entity"] for row in tx.all(_SQL["busiest"], asked)]


def titles(tx: Transaction, memories: Iterable[UUID]) -> dict[UUID, str]:
    """Tell what memories are called: their title, or how they begin."""
    return {row["id"]: row["name"] for row in tx.all(_SQL["titles"], {"ids": list(memories)})}

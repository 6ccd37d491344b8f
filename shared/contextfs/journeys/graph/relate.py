"""Relate: what a memory mentions and states stands in the graph, as long as it says so. It can always be made again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from contextfs.domain.graph import store
from contextfs.domain.graph.model import Stated
from contextfs.domain.graph.stated import Telling, stated
from contextfs.journeys.consolidate.retire import mark_in
from contextfs.kit.call import Call
from contextfs.kit.ports import Row

_BATCH = 100


class Remembered(Protocol):
    """A memory, as a server and a local store have it alike."""

    @property
    def id(self) -> UUID: ...  # noqa: D102 - as the noun has it
    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str | None: ...  # noqa: D102
    @property
    def content(self) -> str: ...  # noqa: D102
    @property
    def bodies(self) -> list[str]: ...  # noqa: D102
    @property
    def tags(self) -> list[str]: ...  # noqa: D102
    @property
    def metadata(self) -> dict[str, Any]: ...  # noqa: D102
    @property
    def anchors(self) -> list[dict[str, Any]]: ...  # noqa: D102
    @property
    def provenance(self) -> list[dict[str, Any]]: ...  # noqa: D102
    @property
    def valid_to(self) -> datetime | None: ...  # noqa: D102


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    project_id: UUID
    type: str
    title: str | None
    content: str
    bodies: list[str]
    tags: list[str]
    metadata: dict[str, Any]
    anchors: list[dict[str, Any]]
    provenance: list[dict[str, Any]]
    valid_from: datetime | None
    valid_to: datetime | None


def relate(call: Call, memories: Sequence[UUID]) -> None:
    """Bring the graph into step with some memories; those that are gone leave it."""
    _tell(call, memories, store.told(call.tx, memories))


def relate_project(call: Call, project_id: UUID, after: UUID | None) -> UUID | None:
    """Bring the graph into step with a project's next memories behind an id; gives the last one's, None at the end."""
    rows = store.project_told(call.tx, project_id, after=after, limit=_BATCH)
    _tell(call, [row["id"] for row in rows], rows)
    return rows[-1]["id"] if len(rows) == _BATCH else None


def said_by(memory: Remembered) -> Stated:
    """Give what a memory mentions and states."""
    return stated(
        Telling(
            id=memory.id,
            type=memory.type,
            title=memory.title or "",
            text="\n\n".join(memory.bodies or [memory.content]),
            tags=memory.tags,
            paths=_texts(memory.anchors, "path"),
            symbols=_texts(memory.anchors, "symbol"),
            sessions=[UUID(one) for one in _texts(memory.provenance, "session_id")],
            overtaken_by=_overtaken_by(memory),
        )
    )


def _tell(call: Call, memories: Sequence[UUID], rows: Sequence[Row]) -> None:
    said = [(row, said_by(_Row(**{name: row[name] for name in _Row.__struct_fields__}))) for row in rows]
    store.tell(call.tx, call.principal.org_id, memories, said)


def _texts(items: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    return list(dict.fromkeys(str(item[name]) for item in items if item.get(name)))


def _overtaken_by(memory: Remembered) -> UUID | None:
    """Name the one that took a memory's place; a mark that somebody's edit left beside an open end says nothing."""
    mark = mark_in(memory.metadata)
    is_over = memory.valid_to is not None
    return mark.other_id if mark is not None and mark.kind == "contradiction" and is_over else None

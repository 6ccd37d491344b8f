"""The structured query: exact conditions on memories, with paths into their metadata."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.domain.memories.model import MemoryType
from contextfs.domain.memories.store import MemoryFilter
from contextfs.kit.errors import Invalid
from contextfs.kit.fields import AsOf, Moment, Sensitivities, Visibilities, Word
from contextfs.kit.overtaken import Superseded
from contextfs.kit.page import Cursor, Limit

Path = Annotated[str, Meta(min_length=1, max_length=200)]


class Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Conditions that must all hold. `metadata` maps dotted paths to values: `{"build.tool": "uv"}`."""

    project_id: UUID | None = None
    type: MemoryType | None = None
    tags: Annotated[list[Word], Meta(max_length=64)] | None = None
    author: UUID | None = None
    session_id: UUID | None = None
    since: Moment | None = None
    until: Moment | None = None
    conflicted: bool | None = None
    metadata: Annotated[dict[Path, Any], Meta(max_length=50)] = {}
    visibility: Visibilities | None = None
    sensitivity: Sensitivities | None = None
    superseded: Superseded = False
    as_of: AsOf | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


def filter_of(query: Query) -> MemoryFilter:
    """Give the filter that a query stands for."""
    return MemoryFilter(
        project_id=query.project_id,
        type=query.type,
        tags=query.tags or None,
        author=query.author,
        session_id=query.session_id,
        since=query.since,
        until=query.until,
        conflicted=query.conflicted,
        metadata=nested(query.metadata) or None,
        visibility=query.visibility,
        sensitivity=query.sensitivity,
        superseded=query.superseded,
    )


def nested(paths: dict[str, Any]) -> dict[str, Any]:
    """Unfold dotted paths into nested objects; Invalid when two of them contradict each other."""
    root: dict[str, Any] = {}
    for path, value in paths.items():
        *parents, last = path.split(".")
        place: Any = root
        for name in parents:
            place = place.setdefault(name, {}) if isinstance(place, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - any JSON
        if not isinstance(place, dict) or last in place:
            detail = f"The path {path} contradicts another one: name each place once."
            raise Invalid(detail, where="$.metadata")
        place[last] = value
    return root

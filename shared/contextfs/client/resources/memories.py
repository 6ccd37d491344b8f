"""Memories: `client.memories`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id, as_uuid
from contextfs.domain.memories.model import (
    Anchor,
    AuthorKind,
    History,
    Memory,
    MemoryChange,
    MemoryWritten,
    NewMemory,
    Provenance,
)
from contextfs.kit.fields import Sensitivity, Visibility, Wait
from contextfs.kit.page import Page

_PATH = "/v1/memories"


class NewMemoryFields(TypedDict, total=False):
    """Optional fields of a new memory."""

    type: str
    title: str | None
    tags: list[str]
    metadata: dict[str, Any]
    visibility: Visibility
    sensitivity: Sensitivity | None
    confidence: float | None
    pinned: bool
    valid_from: datetime | None
    valid_to: datetime | None
    expires_at: datetime | None
    provenance: list[Provenance]
    anchors: list[Anchor]
    author_kind: AuthorKind


class MemoryChanges(TypedDict, total=False):
    """Fields of a memory that can be changed; what is left out stays as it is, and None removes a value."""

    content: str
    type: str
    title: str | None
    tags: list[str]
    metadata: dict[str, Any]
    visibility: Visibility
    sensitivity: Sensitivity | None
    confidence: float | None
    pinned: bool
    valid_from: datetime | None
    valid_to: datetime | None
    expires_at: datetime | None
    anchors: list[Anchor]


class MemoryFilters(TypedDict, total=False):
    """Filters of memories; all must match."""

    project_id: Id | None
    type: str | None
    author: Id | None
    session_id: Id | None
    since: datetime | None
    until: datetime | None
    conflicted: bool | None
    superseded: bool
    deleted: bool
    as_of: datetime | None


class Memories:
    """Adds, reads, changes, deletes and restores memories."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        content: str,
        *,
        project_id: Id | None = None,
        id: Id | None = None,  # noqa: A002 - the field's name in the API
        wait: Wait = None,
        **fields: Unpack[NewMemoryFields],
    ) -> MemoryWritten:
        """Add a memory; if the project has one that says the same, return that one instead.

        It is durable when this returns. `wait="searchable"` also waits until search can find it.
        """
        project = self._transport.address.project(project_id)
        given = None if id is None else as_uuid(id, "id")
        new = NewMemory(project_id=project, content=content, id=given, **fields)
        return self._transport.call("POST", _PATH, MemoryWritten, query={"wait": wait}, body=new)

    def list(
        self, *, tags: Sequence[str] | None = None, page_size: int | None = None, **filters: Unpack[MemoryFilters]
    ) -> Listing[Memory]:
        """List memories, newest first; a memory must have every one of `tags`.

        With `as_of`, as they were known at that time: without what came later, with what was deleted since. With
        `deleted`, the deleted ones, which `restore` brings back.
        """
        query = {**filters, "tag": tags, "limit": page_size}
        return Listing(
            lambda cursor: self._transport.call("GET", _PATH, Page[Memory], query={**query, "cursor": cursor})
        )

    def get(self, memory_id: Id, *, as_of: datetime | None = None) -> Memory:
        """Read one memory as it is, or as it was known at the time `as_of`."""
        return self._transport.call("GET", f"{_PATH}/{segment(memory_id)}", Memory, query={"as_of": as_of})

    def update(
        self, memory_id: Id, *, if_match: str | None = None, wait: Wait = None, **changes: Unpack[MemoryChanges]
    ) -> MemoryWritten:
        """Change a memory by a new revision; new `content` also resolves a conflict.

        With `if_match` (a memory's `version`), VersionMismatch if somebody else changed it since.
        """
        path = f"{_PATH}/{segment(memory_id)}"
        change = MemoryChange(**changes)
        return self._transport.call("PATCH", path, MemoryWritten, query={"wait": wait}, body=change, if_match=if_match)

    def delete(self, memory_id: Id, *, if_match: str | None = None) -> None:
        """Delete a memory: search no longer finds it, its history stays."""
        self._transport.send("DELETE", f"{_PATH}/{segment(memory_id)}", if_match=if_match)

    def restore(self, memory_id: Id, *, wait: Wait = None) -> MemoryWritten:
        """Bring a deleted memory back as it was; one that is not deleted stays as it is."""
        path = f"{_PATH}/{segment(memory_id)}/restore"
        return self._transport.call("POST", path, MemoryWritten, query={"wait": wait})

    def history(self, memory_id: Id) -> History:
        """Read every revision of a memory, newest first, also of a deleted one."""
        return self._transport.call("GET", f"{_PATH}/{segment(memory_id)}/history", History)

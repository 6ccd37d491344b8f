"""Push: revisions that the server lacks go there, in batches; each batch that arrived is remembered before the next."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from contextfs.client.sync import Sync
from contextfs.domain.feed.model import REVISIONS_A_CALL, SentRevision
from contextfs.domain.memories.revisions import Fields
from contextfs.local.base.connection import Base
from contextfs.local.config import Sharing
from contextfs.local.sync.ahead import Ahead
from contextfs.local.sync.sharing import level_of_memory
from contextfs.local.sync.state import SQL

_BYTES_A_CALL = 2_000_000
_AHEAD = 500
_fields = msgspec.json.Decoder(Fields)

Progress = Callable[[int], None]


class Unsent(msgspec.Struct, frozen=True, kw_only=True):
    """A revision that is due, with its id and its length as it is kept."""

    id: str
    revision: SentRevision
    size: int


class PushReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a push did."""

    sent: int = 0
    stored: int = 0
    refused: int = 0


def push(
    base: Base, server: Sync, project_id: UUID, sharing: Sharing, *, origin: UUID, progress: Progress
) -> PushReport:
    """Send everything that may leave and was not sent. It can be cut at any time, and goes on from there."""
    report = PushReport()
    batches = _batches(due(base, sharing))
    following = next(batches, None)
    while (batch := following) is not None:
        call = Ahead(partial(server.push, project_id, revisions=[one.revision for one in batch], origin=origin))
        following = next(batches, None)
        pushed = call.result()
        refused = {one.index: one.reason for one in pushed.refused if one.kind == "revision"}
        _remember(base, batch, refused)
        report = PushReport(
            sent=report.sent + len(batch),
            stored=report.stored + pushed.stored,
            refused=report.refused + len(refused),
        )
        progress(report.sent)
    return report


def due(base: Base, sharing: Sharing) -> Iterator[Unsent]:
    """Give the revisions that may leave and were not sent.

    What became private after it was shared is sent once more, so that the server takes it from the others.
    """
    after = ""
    while rows := base.all(SQL["waiting"], {"after": after, "limit": _AHEAD}):
        for row in rows:
            if row["known"] or _level(sharing, row) != "private":
                yield from _unsent(base, row["id"])
        after = rows[-1]["id"]


def _level(sharing: Sharing, row: dict[str, Any]) -> str:
    anchors = json.loads(row["fields"]).get("anchors", ()) if sharing.rules else ()
    return level_of_memory(
        sharing,
        private=bool(row["private"]),
        kind=row["type"],
        tags=json.loads(row["tags"]),
        paths=[anchor.get("path", "") for anchor in anchors],
    )


def _unsent(base: Base, memory_id: str) -> Iterator[Unsent]:
    for row in base.all(SQL["unsent"], {"memory_id": memory_id}):
        revision = SentRevision(
            memory_id=UUID(memory_id),
            parents=json.loads(row["parents"]),
            fields=_fields.decode(row["fields"]),
            author=row["author"],
            clock=row["clock"],
        )
        yield Unsent(id=row["id"], revision=revision, size=len(row["fields"]))


def _batches(waiting: Iterator[Unsent]) -> Iterator[list[Unsent]]:
    batch: list[Unsent] = []
    size = 0
    for one in waiting:
        if batch and (len(batch) == REVISIONS_A_CALL or size + one.size > _BYTES_A_CALL):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size
    if batch:
        yield batch


def _remember(base: Base, batch: list[Unsent], refused: dict[int, str]) -> None:
    keys = [{"memory_id": str(one.revision.memory_id), "id": one.id} for one in batch]
    with base.transaction():
        base.many(SQL["mark_sent"], [key for index, key in enumerate(keys) if index not in refused])
        for index, reason in refused.items():
            base.run(SQL["mark_refused"], keys[index])
            base.run(SQL["refuse"], keys[index] | {"reason": reason})

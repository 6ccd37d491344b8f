"""Push: revisions that the server lacks go there, in batches; each batch that arrived is remembered before the next."""

import json
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, repeat
from uuid import UUID

import msgspec

from contextfs.client.resources.sync import Sync
from contextfs.domain.feed.model import REVISIONS_A_CALL, Pushed, SentRevision
from contextfs.domain.memories.revisions import Fields
from contextfs.local.ahead import Ahead
from contextfs.local.base.connection import Base, Row
from contextfs.local.config import Sharing
from contextfs.local.sync.report import PushReport
from contextfs.local.sync.sharing import level_of_memory
from contextfs.local.sync.state import SQL

_BYTES_A_CALL = 2_000_000
_AHEAD = 500
_UNDER_WAY = 3
"""So many batches are on their way at once: the server reads one, its database stores another, and one is next."""
_fields = msgspec.json.Decoder(Fields)
_texts = msgspec.json.Decoder(list[str])

Progress = Callable[[int], None]


class Unsent(msgspec.Struct, frozen=True, kw_only=True):
    """A revision that is due, with its id and its length as it is kept."""

    id: str
    revision: SentRevision
    size: int


def push(
    base: Base, server: Sync, project_id: UUID, sharing: Sharing, *, origin: UUID, progress: Progress
) -> PushReport:
    """Send everything that may leave and was not sent. It can be cut at any time, and goes on from there."""
    report = PushReport()
    under_way: deque[tuple[list[Unsent], Ahead[Pushed]]] = deque()
    for batch in chain(_batches(due(base, sharing)), repeat(None, _UNDER_WAY)):
        if under_way and (batch is None or len(under_way) == _UNDER_WAY):
            report = _arrived(base, *under_way.popleft(), report)
            progress(report.sent)
        if batch is not None:
            call = partial(server.push, project_id, revisions=[one.revision for one in batch], origin=origin)
            under_way.append((batch, Ahead(call)))
    return report


def _arrived(base: Base, batch: list[Unsent], call: Ahead[Pushed], before: PushReport) -> PushReport:
    """Wait for the answer to a batch, and remember it."""
    pushed = call.result()
    refused = {one.index: one.reason for one in pushed.refused if one.kind == "revision"}
    _remember(base, batch, refused)
    return PushReport(
        sent=before.sent + len(batch),
        stored=before.stored + pushed.stored,
        refused=before.refused + len(refused),
    )


def due(base: Base, sharing: Sharing) -> Iterator[Unsent]:
    """Give the revisions that may leave and were not sent.

    What became private after it was shared is sent once more, so that the server takes it from the others.
    """
    after = ""
    while rows := base.all(SQL["waiting"], {"after": after, "limit": _AHEAD}):
        leaving = [row["id"] for row in rows if row["known"] or _level(sharing, row) != "private"]
        yield from map(_unsent, base.all(SQL["unsent"], {"ids": json.dumps(leaving)}))
        after = rows[-1]["id"]


def _level(sharing: Sharing, row: Row) -> str:
    anchors = json.loads(row["fields"]).get("anchors", ()) if sharing.rules else ()
    return level_of_memory(
        sharing,
        private=bool(row["private"]),
        kind=row["type"],
        tags=_texts.decode(row["tags"]),
        paths=[anchor.get("path", "") for anchor in anchors],
    )


def _unsent(row: Row) -> Unsent:
    revision = SentRevision(
        memory_id=UUID(row["memory_id"]),
        parents=_texts.decode(row["parents"]),
        fields=_fields.decode(row["fields"]),
        author=row["author"],
        clock=row["clock"],
    )
    return Unsent(id=row["id"], revision=revision, size=len(row["fields"]))


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

"""Questions and commands about records of sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.records.model import Chunk, Outdated, Record, RecordLines
from contextfs.domain.records.rules import packed, unpacked
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.records")


def outline(tx: Transaction, session_id: UUID) -> Record:
    """Tell what is kept of a session."""
    rows = tx.all(_SQL["outline"], {"session_id": session_id})
    chunks = [msgspec.convert({name: row[name] for name in Chunk.__struct_fields__}, Chunk) for row in rows]
    last: dict[str, Any] = dict(rows[-1]) if rows else {}
    return Record(
        session_id=session_id,
        reader=last.get("reader"),
        lines=sum(one.lines for one in chunks),
        size=sum(one.size for one in chunks),
        chunks=chunks,
        stored_at=last.get("stored_at"),
        problem=last.get("problem"),
    )


def lines(tx: Transaction, session_id: UUID, line: int) -> RecordLines:
    """Give the lines from one on, to the end of the chunk that it stands in; none behind the end."""
    row = tx.one(_SQL["holding"], {"session_id": session_id, "line": line})
    if row is None:
        return RecordLines(line=line, lines=[], next_line=None)
    found = unpacked(bytes(row["data"]))[line - row["line"] :]
    behind = line + len(found)
    return RecordLines(line=line, lines=found, next_line=behind if behind < row["ends"] else None)


def put(
    tx: Transaction,
    org_id: UUID,
    project_id: UUID,
    session_id: UUID,
    chunk: Chunk,
    held: Sequence[str],
    *,
    reader: str,
    now: datetime,
) -> None:
    """Keep a chunk in the place of all from its first line on; one without lines is not kept."""
    tx.run(_SQL["drop_from"], {"session_id": session_id, "line": chunk.line})
    if not held:
        return
    values = msgspec.structs.asdict(chunk) | {"hash": bytes.fromhex(chunk.hash), "data": packed(held)}
    named = {"org_id": org_id, "project_id": project_id, "session_id": session_id, "reader": reader, "now": now}
    tx.run(_SQL["insert"], values | named)


def rewrite(tx: Transaction, session_id: UUID, chunk: Chunk, held: Sequence[str]) -> None:
    """Keep a chunk in another way; as it was sent it is known as before."""
    tx.run(_SQL["rewrite"], {"session_id": session_id, "line": chunk.line, "data": packed(held)})


def readers(tx: Transaction, session_id: UUID) -> frozenset[str]:
    """Tell which readers the messages of a session are read by: what came later may be of a newer one."""
    return frozenset(row["reader"] for row in tx.all(_SQL["outline"], {"session_id": session_id}))


def mark(tx: Transaction, session_id: UUID, *, reader: str, problem: str | None) -> None:
    """Note by which reader a record was read, or why it could not be."""
    tx.run(_SQL["mark"], {"session_id": session_id, "reader": reader, "problem": problem})


def outdated(
    tx: Transaction, old: Sequence[str], known: Sequence[str], *, behind: Outdated | None, limit: int
) -> list[Outdated]:
    """Give records that an old reader read, and no unknown one; of all organizations, behind one of them."""
    place = (UUID(int=0), UUID(int=0)) if behind is None else (behind.org_id, behind.session_id)
    named = {"old": list(old), "known": list(known), "behind": place[0], "behind_id": place[1], "limit": limit}
    return [Outdated(**row) for row in tx.all(_SQL["outdated"], named)]

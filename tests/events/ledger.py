"""A ledger of what was acknowledged, held against what the database says after the storm."""

import threading
from dataclasses import dataclass, field
from typing import Any

import psycopg

ACKNOWLEDGED = """
select count(*) as copies, m.content
from contextfs.memories as m
where m.content = any(%s)
group by m.content
"""
UNTOLD = """
select count(*)
from contextfs.memories as m
where not exists (
    select from contextfs.audit_log as a where a.org_id = m.org_id and a.subject = m.id and a.action = 'memory.created'
)
"""
UNINDEXED = """
select count(*)
from contextfs.memories as m
where not exists (select from contextfs.passages as p where p.org_id = m.org_id and p.memory_id = m.id)
"""
EFFECTS = "select count(*) from contextfs.consumed_events where consumer = %s"


@dataclass
class Ledger:
    """What clients were told is stored; each content is written under one idempotency key and is unique."""

    acknowledged: set[str] = field(default_factory=set[str])
    attempts: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledge(self, content: str) -> None:
        """Note that a client was told so."""
        with self._lock:
            self.acknowledged.add(content)


@dataclass(frozen=True)
class Verdict:
    """What the storm did. Only zeros are right."""

    acknowledged: int
    lost: int
    stored_twice: int
    without_event: int
    not_delivered: int
    effects_doubled: int

    @property
    def clean(self) -> bool:
        """Whether nothing was lost and nothing was done twice."""
        return not (self.lost or self.stored_twice or self.without_event or self.not_delivered or self.effects_doubled)


def judge(ledger: Ledger, connection: psycopg.Connection[Any]) -> Verdict:
    """Hold the ledger against the database, once no event is on its way.

    Each memory is indexed by one event, and each indexing asks for vectors by one event: more consumptions of the
    second kind than memories mean that an indexing was done twice, fewer of the first that an event never came.
    """
    rows = connection.execute(ACKNOWLEDGED, (list(ledger.acknowledged),)).fetchall()
    copies = {content: count for count, content in rows}
    memories = _count(connection, "select count(*) from contextfs.memories")
    indexed = _count(connection, EFFECTS, "triggers.index_memory")
    asked = _count(connection, EFFECTS, "triggers.embed")
    return Verdict(
        acknowledged=len(ledger.acknowledged),
        lost=len(ledger.acknowledged - copies.keys()),
        stored_twice=sum(count - 1 for count in copies.values()),
        without_event=max(0, memories - indexed) + _count(connection, UNTOLD),
        not_delivered=_count(connection, UNINDEXED),
        effects_doubled=max(0, asked - memories) + max(0, indexed - memories),
    )


def _count(connection: psycopg.Connection[Any], query: str, *parameters: str) -> int:
    row = connection.execute(query.encode(), parameters or None).fetchone()
    return row[0] if row else 0

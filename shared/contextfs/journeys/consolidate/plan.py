"""The plan of a project: pure, and the same on a laptop and on a server. It is what `apply` does and people decide."""

from collections.abc import Iterable
from datetime import datetime
from math import isfinite

from contextfs.domain.search.decay import half_life
from contextfs.journeys.consolidate.contradictions import contradictions
from contextfs.journeys.consolidate.duplicates import Closeness, duplicates
from contextfs.journeys.consolidate.model import Known, Plan, Proposal
from contextfs.journeys.consolidate.recall import SPAN
from contextfs.journeys.consolidate.retire import is_kept
from contextfs.journeys.learn.lessons import EPISODE, EPISODE_TAG

STALE_AT_ONCE = 20
"""How many memories that nobody asks for wait for a person at the most: the longest silent ones."""
UNASKED = "Nobody has asked for it in half a year."


def plan(memories: Iterable[Known], now: datetime, close: Closeness | None = None) -> Plan:
    """Find what is to be done in one project, of the memories that one reader sees.

    What is deleted, in conflict, overtaken or the account of a session takes no part. Duplicates go first: what is
    gathered contradicts nobody.
    """
    present = sorted((one for one in memories if _takes_part(one, now)), key=lambda one: one.id)
    twice = duplicates(present, close or {})
    gone = {one.memory_id for one in twice.sure}
    against = contradictions(one for one in present if one.id not in gone)
    gone |= {one.memory_id for one in against.sure}
    waiting = [one for one in (*against.open, *twice.open) if gone.isdisjoint({one.memory_id, one.other_id})]
    asked_of = {one.memory_id for one in waiting}
    silent = sorted(
        (one for one in present if one.id not in gone | asked_of and _is_stale(one, now)),
        key=lambda one: (_alive_at(one), one.id),
    )
    unasked = [_stale(one) for one in silent[:STALE_AT_ONCE]]
    return Plan(sure=(*twice.sure, *against.sure), open=(*_once(waiting), *unasked))


def _takes_part(one: Known, now: datetime) -> bool:
    fields = one.fields
    is_over = any(end is not None and end <= now for end in (fields.valid_to, fields.expires_at))
    is_account = fields.type == EPISODE and EPISODE_TAG in fields.tags
    return not (fields.deleted or fields.alternatives or is_over or is_account)


def _is_stale(one: Known, now: datetime) -> bool:
    """Tell whether a memory that was learned was not asked for in a long time; when is not known of all.

    What a person wrote or pinned stays unasked, and so does what does not grow stale: preferences and decisions.
    """
    if one.written or one.fields.pinned or one.recalled_at is None or is_kept(one.fields):
        return False
    return isfinite(half_life(one.fields.type)) and _alive_at(one) <= now - SPAN


def _alive_at(one: Known) -> datetime:
    """Tell when a memory was asked for, made or changed last."""
    return max(at for at in (one.recalled_at, one.created_at, one.changed_at) if at is not None)


def _stale(one: Known) -> Proposal:
    return Proposal(kind="stale", memory_id=one.id, other_id=None, reason=UNASKED)


def _once(waiting: Iterable[Proposal]) -> list[Proposal]:
    """Ask one thing about a pair: whether they contradict each other goes before whether they say the same."""
    asked: dict[frozenset[object], Proposal] = {}
    for one in waiting:
        asked.setdefault(frozenset({one.memory_id, one.other_id}), one)
    return list(asked.values())

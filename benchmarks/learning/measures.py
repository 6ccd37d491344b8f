"""Precision and recall: of what was done unasked, and of what was done or asked about."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from benchmarks.learning.labelled import Pair, pairs
from contextfs.domain.memories.revisions import Fields
from contextfs.journeys.consolidate.model import Kind, Known
from contextfs.journeys.consolidate.plan import plan
from contextfs.journeys.learn.extract import extract
from tests.contextfs.journeys.learn.conversation import assistant, session, user
from tests.contextfs.journeys.learn.labelled import LABELLED, Labelled
from tests.contextfs.journeys.learn.reported import REPORTED
from tests.contextfs.journeys.learn.stated import STATED

_FIRST = datetime(2030, 1, 1, tzinfo=UTC)
_LATER = _FIRST + timedelta(days=7)
_MEANT: dict[str, Kind] = {"same": "duplicate", "contradicts": "contradiction"}
GATES = {"junk gate": LABELLED, "junk gate, said in passing": STATED, "junk gate, of the work at hand": REPORTED}
SETS = ("duplicates", "duplicates-held-out", "contradictions", "contradictions-held-out")


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """How a rule does on a set: `precision` and `recall` of what is done unasked, and the same with what is asked."""

    name: str
    meant: int
    others: int
    precision: float
    recall: float
    asked_precision: float
    asked_recall: float


def gate(name: str, sentences: Sequence[Labelled]) -> Measured:
    """Measure what is learned of sentences: whether what is kept is worth it, and whether what is worth it is kept."""
    kept = [(one, _tags(one)) for one in sentences]
    right = sum(one.tag is not None for one, tags in kept if tags)
    precision, recall = _shares(right, sum(bool(tags) for _, tags in kept), sum(one.tag is not None for one, _ in kept))
    return Measured(
        name=name,
        meant=sum(one.tag is not None for one in sentences),
        others=sum(one.tag is None for one in sentences),
        precision=precision,
        recall=recall,
        asked_precision=precision,
        asked_recall=recall,
    )


def consolidation(name: str) -> Measured:
    """Measure one set of pairs."""
    judged = [(one, *_judged(one)) for one in pairs(name)]
    meant = [label in _MEANT for (label, _, _), _, _ in judged]
    sure = _of(meant, [done for _, done, _ in judged])
    asked = _of(meant, [done or asks for _, done, asks in judged])
    return Measured(
        name=name,
        meant=sum(meant),
        others=len(meant) - sum(meant),
        precision=sure[0],
        recall=sure[1],
        asked_precision=asked[0],
        asked_recall=asked[1],
    )


def wrong(name: str) -> list[Pair]:
    """Give the pairs of a set that were judged wrong unasked: the dear mistakes."""
    return [one for one in pairs(name) if one.label not in _MEANT and _judged(one)[0]]


def _judged(one: Pair) -> tuple[bool, bool]:
    """Consolidate a pair; tells whether what the set is about was done, and whether it was asked."""
    memories = [_known(1, one.one, _FIRST), _known(2, one.other, _LATER)]
    found = plan(memories, _LATER)
    kind = _MEANT.get(one.label) or {"differs": "duplicate", "both": "contradiction"}[one.label]
    return any(it.kind == kind for it in found.sure), any(it.kind == kind for it in found.open)


def _known(number: int, content: str, since: datetime) -> Known:
    fields = Fields(type="fact", content=content, visibility="project", valid_from=since)
    return Known(id=UUID(int=number), fields=fields, owner="", author_kind="human", written=False, created_at=since)


def _of(meant: Sequence[bool], found: Sequence[bool]) -> tuple[float, float]:
    right = sum(it and was for it, was in zip(meant, found, strict=True))
    return _shares(right, sum(found), sum(meant))


def _shares(right: int, found: int, meant: int) -> tuple[float, float]:
    return (right / found if found else 1.0, right / meant if meant else 1.0)


def _tags(one: Labelled) -> list[str]:
    turns = session(user(one.text) if one.human else assistant(one.text))
    return [it.tags[0] for it in extract(turns) if it.tags[0] != "episode"]


def table(rows: Iterable[Measured]) -> str:
    """Write the rows as a Markdown table."""
    head = (
        "| set | meant / others | done: precision | recall | done or asked: precision | recall |\n"
        "|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {one.name} | {one.meant} / {one.others} | {one.precision:.3f} | {one.recall:.3f} "
        f"| {one.asked_precision:.3f} | {one.asked_recall:.3f} |\n"
        for one in rows
    )

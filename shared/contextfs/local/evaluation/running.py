"""Ask the questions of this product's search, with and without the graph, and of a plain search for words."""

import statistics
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from contextfs.domain.context.tokens import estimate
from contextfs.domain.memories.revisions import Fields
from contextfs.kit.sql import load
from contextfs.local.base.connection import Base, Row
from contextfs.local.base.memories import fields_in, time_of
from contextfs.local.evaluation.grep import Grep
from contextfs.local.evaluation.model import LEAST, Figures, Item, Kind, Measured, Question, Report
from contextfs.local.evaluation.questions import questions
from contextfs.local.search.due import keeps_sessions
from contextfs.local.search.index import LocalIndex
from contextfs.local.search.model import Mode, Wanted
from contextfs.local.search.reindexing import finish

_SQL = load("contextfs.local.evaluation", "sqlite.sql")
_DEEP = 200
"""Hits that are asked for: some are of the session that is held out."""

_RANKS = 20
_MODES: tuple[Mode, ...] = ("hybrid", "graph")

_Search = Callable[[Question, int], list[str]]


class _Answer(msgspec.Struct, frozen=True):
    kind: Kind
    recall: float
    first: float
    milliseconds: float
    tokens: int


def evaluate(
    index: LocalIndex, *, most: int, k: int, seed: int, fail_below: float | None, seconds: Callable[[], float]
) -> Report:
    """Make questions of a store, ask them, and report; `seconds` is a clock for how long it takes.

    Every passage gets its vector before: half an index would answer otherwise each time.
    """
    _, degraded = finish(index)
    items = items_of(index.base)
    by_id = {item.id: item for item in items}
    asked = questions(items, most=most, seed=seed, progress=index.progress)
    grep = Grep(items)
    searches: dict[str, _Search] = {mode: _ours(index, mode, by_id, degraded) for mode in _MODES} | {
        "grep": grep.search
    }
    tokens = {item.id: estimate(item.text) for item in items}
    if asked:
        searches["hybrid"](asked[0], k)  # loads the model, once
    systems = [_measured(index, name, search, asked, k, tokens, seconds) for name, search in searches.items()]
    too_little = len(asked) < LEAST
    recall = systems[0].all.recall
    return Report(
        k=k,
        seed=seed,
        items=len(items),
        questions=len(asked),
        too_little=too_little,
        systems=systems,
        full_tokens=_mean_of([sum(tokens[one.id] for one in items if each.may_find(one)) for each in asked]),
        fail_below=fail_below,
        passed=None if fail_below is None or too_little else recall >= fail_below,
        degraded=list(dict.fromkeys(degraded)),
    )


def items_of(base: Base) -> list[Item]:
    """Read what can be found."""
    found = [_memory(row, fields_in(row)) for row in base.all(_SQL["memories"])]
    return [*found, *(map(_message, base.all(_SQL["messages"])) if keeps_sessions(base) else ())]


def _memory(row: Row, fields: Fields) -> Item:
    proofs = [one for one in fields.provenance if one.get("session_id")]
    return Item(
        id=row["id"],
        source="memory",
        text=row["content"],
        title=row["title"] or "",
        type=row["type"],
        said=fields.valid_from or time_of(row["created"]),
        sessions=frozenset(one["session_id"] for one in proofs),
        proofs=tuple(message for one in proofs for message in one.get("message_ids", ())),
    )


def _message(row: Row) -> Item:
    at = datetime.fromisoformat(row["created_at"])
    return Item(
        id=row["id"],
        source="message",
        text=row["content"],
        said=at if at.tzinfo else at.replace(tzinfo=UTC),
        role=row["role"],
        kind=row["kind"],
        sessions=frozenset({row["session_id"]}),
    )


def _ours(index: LocalIndex, mode: Mode, by_id: dict[str, Item], degraded: list[str]) -> _Search:
    def search(asked: Question, most: int) -> list[str]:
        wanted = Wanted(query=asked.query, mode=mode, sources=list(asked.sources), until=asked.before, limit=_DEEP)
        reply = index.search(wanted)
        degraded.extend(reply.degraded)
        found = (str(hit.id) for hit in reply.hits)
        return [one for one in found if one in by_id and asked.may_find(by_id[one])][:most]

    return search


def _measured(
    index: LocalIndex,
    name: str,
    search: _Search,
    asked: Sequence[Question],
    k: int,
    tokens: dict[str, int],
    seconds: Callable[[], float],
) -> Measured:
    answers: list[_Answer] = []
    for number, one in enumerate(asked, start=1):
        index.progress(f"{name}: {number:,} of {len(asked):,} questions …")
        begun = seconds()
        found = search(one, max(k, _RANKS))
        answers.append(_answer(one, found, k, (seconds() - begun) * 1000, tokens))
    times = sorted(answer.milliseconds for answer in answers)
    kinds: dict[Kind, None] = dict.fromkeys(answer.kind for answer in answers)
    return Measured(
        system=name,
        all=_figures(answers),
        kinds={kind: _figures([answer for answer in answers if answer.kind == kind]) for kind in kinds},
        p50_ms=_part(times, 0.5),
        p95_ms=_part(times, 0.95),
        tokens=_mean_of([answer.tokens for answer in answers]),
    )


def _answer(asked: Question, found: Sequence[str], k: int, milliseconds: float, tokens: dict[str, int]) -> _Answer:
    wanted = set(asked.evidence)
    first = next((1 / rank for rank, one in enumerate(found, start=1) if one in wanted), 0.0)
    held = len(wanted.intersection(found[:k])) / len(wanted)
    return _Answer(asked.kind, held, first, milliseconds, sum(tokens[one] for one in found[:k]))


def _figures(answers: Sequence[_Answer]) -> Figures:
    if not answers:
        return Figures(questions=0, recall=0.0, mrr=0.0)
    return Figures(
        questions=len(answers),
        recall=round(statistics.fmean(answer.recall for answer in answers), 4),
        mrr=round(statistics.fmean(answer.first for answer in answers), 4),
    )


def _mean_of(counts: Sequence[int]) -> int:
    return round(statistics.fmean(counts)) if counts else 0


def _part(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else 0.0

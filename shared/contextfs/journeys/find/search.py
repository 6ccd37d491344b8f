"""Search: a question is understood, both legs answer in one round trip, one calibrated score orders, small results."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import msgspec

from contextfs.domain.search import retermed, store
from contextfs.domain.search.fusion import Ranked
from contextfs.domain.search.model import SearchHit, SearchReply, SearchRequest, Source, VectorsUsed
from contextfs.domain.search.names import named
from contextfs.domain.search.nothing import why_nothing
from contextfs.domain.search.question import Question, understand
from contextfs.domain.search.ranking import candidates, listed, rank
from contextfs.domain.search.signals import Passage
from contextfs.domain.search.store import Candidate, PassageQuery
from contextfs.journeys.find import looking_back
from contextfs.journeys.find.found import Found, hit_of
from contextfs.journeys.find.index import hashed
from contextfs.journeys.find.looking_back import Back
from contextfs.journeys.find.meaning import Meant, Mode, meant
from contextfs.journeys.find.noted import note_question
from contextfs.journeys.find.rereading import rereading
from contextfs.journeys.find.waiting import waiting
from contextfs.kit.call import Call, Outside
from contextfs.kit.overtaken import Overtaken, overtaken, since

_OUTDATED = (
    "lexical: some passages were made for other languages than are set now; `ctx admin reindex` makes them for these"
)


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What both legs proposed for a question, before it is ranked, and how they were asked."""

    question: Question
    wanted: SearchRequest
    at: datetime
    """The time that is looked at: now, or an earlier one."""
    back: Back | None
    """What was known then; None: it is now."""
    asked: PassageQuery
    candidates: list[Candidate]
    degraded: list[str]
    vectors: VectorsUsed | None = None


def search(call: Call, wanted: SearchRequest, mode: Mode) -> SearchReply | Outside[SearchReply]:
    """Find passages, let the best of them be read again where a model is set for that, and show them small."""
    found = look(call, msgspec.structs.replace(wanted, min_relevance=0.0), mode)
    return rereading(call, wanted, found, partial(_shown, wanted))


def _shown(wanted: SearchRequest, call: Call, found: Found) -> SearchReply:
    """Show what was found small."""
    hits = [hit_of(one, found, explain=wanted.explain) for one in found.ranked[: wanted.limit]]
    note_question(call, wanted.query, len(hits))
    return SearchReply(
        hits=with_conflicts(call, hits, wanted),
        degraded=found.degraded,
        notes=found.notes,
        vectors=found.vectors,
        facets=found.facets(call.tx) if wanted.facets else None,
    )


def with_conflicts(call: Call, hits: list[SearchHit], wanted: SearchRequest) -> list[SearchHit]:
    """Mark the memories whose text nobody has settled; one round trip, where there are memories of today."""
    memories = [one.id for one in hits if one.source == "memory"]
    if not memories or wanted.as_of is not None:
        return hits
    doubted = store.conflicted(call.tx, memories)
    return [msgspec.structs.replace(one, conflicted=one.id in doubted) for one in hits] if doubted else hits


def look(call: Call, wanted: SearchRequest, mode: Mode) -> Found:
    """Find passages; a leg that is down is named in `degraded`, and the other one answers."""
    looked = propose(call, wanted, mode)
    passages = [passage_of(one) for one in looked.candidates]
    if looked.question.lists:
        return _found(call, looked, listed(passages, now=looked.at))
    return ranked(call, looked, passages)


def propose(call: Call, wanted: SearchRequest, mode: Mode) -> Looked:
    """Understand a question and ask both legs; a question of nothing but operators has the newest that they let pass.

    One round trip, and a second one where the question names somebody who turns out to speak in what was found: names
    mislead both legs, and who is meant decides the order instead.
    """
    at = wanted.as_of if wanted.as_of is not None and wanted.as_of < call.now else call.now
    question = understand(wanted.query, today=at.astimezone(UTC).date(), languages=call.services.languages)
    wanted = _with_filters(call, wanted, question)
    back = looking_back.read(call, wanted) if at < call.now else None
    lacks = waiting(call, _indexed(wanted, back))
    looked = _ask(call, wanted, mode, question, back, at)
    speakers = {one.speaker for one in looked.candidates if one.speaker}
    rest = question.without(named(question.text, speakers, [one.body for one in looked.candidates]))
    if rest.people and not question.lists:
        again = _ask(call, wanted, mode, rest, back, at) if rest.sought != question.sought else looked
        looked = msgspec.structs.replace(again, question=rest) if again.candidates else looked
    return msgspec.structs.replace(looked, degraded=[*looked.degraded, *lacks(looked.asked)])


def ranked(call: Call, looked: Looked, passages: Sequence[Passage]) -> Found:
    """Bring what was proposed into one order; `passages` are the candidates as they are to be ranked."""
    rarities = next((one.rarities for one in looked.candidates if one.rarities), list[float]())
    order = rank(passages, looked.question, rarities, now=looked.at, shown=looked.wanted.limit)
    kept = [one for one in order if one.relevance > 0 and one.relevance >= looked.wanted.min_relevance]
    return _found(call, looked, kept, best=max((one.relevance for one in order), default=0.0))


def ended(call: Call, memories: Collection[UUID]) -> dict[UUID, Overtaken]:
    """Tell which of some memories hold no longer, and what took their place."""
    told = {memory_id: overtaken(**end, at=call.now) for memory_id, end in store.ends(call.tx, memories).items()}
    return {memory_id: over for memory_id, over in told.items() if over is not None}


def _found(call: Call, looked: Looked, order: list[Ranked], *, best: float = 0.0) -> Found:
    over: dict[UUID, Overtaken] = {}
    if looked.back is not None:
        over = looked.back.overtaken
    elif looked.wanted.superseded:
        over = ended(call, {one.source_id for one in looked.candidates if one.source == "memory"})
    return Found(
        ranked=order,
        candidates={str(candidate.id): candidate for candidate in looked.candidates},
        asked="" if looked.question.lists else looked.question.text,
        words=[] if looked.question.lists else list(looked.question.words),
        languages=looked.question.languages,
        degraded=[*looked.degraded, *_unfound(looked, order)],
        notes=[] if order else [_why_nothing(looked, best)],
        overtaken=over,
        vectors=looked.vectors,
    )


def _why_nothing(looked: Looked, best: float) -> str:
    return why_nothing(
        looked.wanted,
        projects=_count(looked.wanted.project_ids),
        words=bool(looked.asked.term_keys),
        meaning=looked.asked.vector is not None,
        best=best,
    )


def _unfound(looked: Looked, order: list[Ranked]) -> list[str]:
    """Tell what of the question's words may have been missed: the meaning alone found something, or nothing did."""
    by_meaning = bool(looked.asked.term_keys) and not any(one.hit.lexical for one in order)
    return looked.question.as_written if by_meaning or not order else []


def _ask(call: Call, wanted: SearchRequest, mode: Mode, question: Question, back: Back | None, at: datetime) -> Looked:
    """Ask both legs; tell what could not take part. In the past, they look at what was said by then alone."""
    read = Meant() if question.lists else meant(call, question.about, mode, wanted.project_ids)
    by_words = not question.lists and (mode != "semantic" or read.vector is None)
    hashes = hashed(call.principal.org_id, list(question.words) if by_words else [])
    reach = wanted if back is None else back.said
    asked = _query(reach or wanted, hashes, read.vector, read.model, call.now, candidates(wanted.limit, question))
    is_outdated = retermed.is_any(call.tx, question.languages) if by_words and reach is not None else None
    found: list[Candidate] = []
    if reach is not None:
        found = (store.listed if question.lists else store.search)(call.tx, asked)
    degraded = [*read.lacks] if reach is None else read.degraded()
    vectors = read.used(call) if wanted.explain and reach is not None else None
    degraded += question.lacks if by_words else []
    degraded += [_OUTDATED] if is_outdated is not None and is_outdated() else []
    if back is not None:
        found = [*found, *back.candidates(() if question.lists else question.words, question.languages)]
        degraded = list(dict.fromkeys([*degraded, *back.degraded]))
    return Looked(
        question=question,
        wanted=wanted,
        at=at,
        back=back,
        asked=asked,
        candidates=found,
        degraded=degraded,
        vectors=vectors,
    )


def _count(projects: Collection[UUID] | None) -> int | None:
    return None if projects is None else len(projects)


def _indexed(wanted: SearchRequest, back: Back | None) -> list[Source]:
    """Name what is looked for in passages: memories of the past are read as they were."""
    sources: list[Source] = wanted.sources or ["message", "memory"]
    return sources if back is None else [one for one in sources if one == "message"]


def _with_filters(call: Call, wanted: SearchRequest, question: Question) -> SearchRequest:
    """Add the filters that were typed into the question; those of the request itself go first."""
    typed = question.filters
    author = next(iter(typed.authors), None)
    return msgspec.structs.replace(
        wanted,
        author=wanted.author or (_author(call, author) if author else None),
        **typed.beside(wanted),
    )


def _author(call: Call, typed: str) -> UUID:
    return call.principal.reader_id if typed == "me" else UUID(typed)


def passage_of(one: Candidate) -> Passage:
    """Give a candidate as the ranking takes it."""
    return Passage(
        key=str(one.id),
        source=str(one.source_id),
        body=one.body,
        lexical=one.lexical,
        semantic=one.semantic,
        held=one.held,
        occurred_at=one.occurred_at,
        type=one.type,
        trust=one.trust,
        pinned=one.pinned,
        session=str(one.session_id) if one.session_id else None,
        place=one.place,
        role=one.role,
        speaker=one.speaker,
    )


def _query(
    wanted: SearchRequest,
    hashes: tuple[list[int], list[int]],
    vector: str | None,
    model: str | None,
    now: datetime,
    most: int,
) -> PassageQuery:
    return PassageQuery(
        term_keys=hashes[0],
        term_dimensions=hashes[1],
        vector=vector,
        model=model,
        candidates=most,
        projects=wanted.project_ids,
        sources=list(wanted.sources) if wanted.sources else None,
        types=[one.removeprefix("memory_") for one in wanted.types] if wanted.types else None,
        tags=wanted.tags or None,
        author=wanted.author,
        tools=wanted.tools or None,
        branch=wanted.branch,
        since=wanted.since,
        until=wanted.until,
        visibilities=wanted.visibility,
        sensitivities=wanted.sensitivity,
        at=since(now, superseded=wanted.superseded),
    )

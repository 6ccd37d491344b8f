"""Pack the few memories that matter for a task into its token budget."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from uuid import UUID

from contextfs.domain.context import store as packs
from contextfs.domain.context.model import Pack, PackCandidate
from contextfs.domain.context.pack import select
from contextfs.domain.context.record import Thing, record
from contextfs.domain.context.request import ContextItem, ContextReply, ContextRequest
from contextfs.domain.context.tokens import estimate
from contextfs.domain.projects import store as projects
from contextfs.domain.search.alike.twins import are_texts_twins
from contextfs.domain.search.fusion import Ranked
from contextfs.domain.search.model import SearchRequest
from contextfs.domain.search.store import Candidate
from contextfs.journeys.capture.clean import cleaner
from contextfs.journeys.find import standing
from contextfs.journeys.find.found import Found
from contextfs.journeys.find.index import TRUST
from contextfs.journeys.find.noted import note_question
from contextfs.journeys.find.rereading import rereading
from contextfs.journeys.find.search import look
from contextfs.journeys.find.standing import Standing
from contextfs.kit.call import Call, Outside
from contextfs.kit.overtaken import Overtaken
from contextfs.kit.ports import Row

CANDIDATES = 60
FLOOR = 0.1
"""What a memory must be worth to be packed at all: better a short pack than one filled with chance finds."""

_TOO_MUCH = "What was found ({:,}) does not fit into {:,} tokens, or matters too little."


def pack(call: Call, wanted: ContextRequest) -> ContextReply | Outside[ContextReply]:
    """Choose pinned memories, then the best by what each adds, and fence them as data with their provenance.

    NotFound when the project is not there: an empty pack would hide that.
    """
    projects.get(call.tx, wanted.project_id)
    wanted = wanted.at(call.now)
    asked = _search(wanted)
    return rereading(call, asked, look(call, asked, "hybrid"), partial(_packed, wanted))


def _packed(wanted: ContextRequest, call: Call, found: Found) -> ContextReply:
    """Pack what was found, and keep what was packed and why."""
    best = [(one, found.candidates[one.hit.key]) for one in found.ranked[:CANDIDATES]]
    stand = _standing(call, wanted, [candidate.source_id for _, candidate in best])
    over, degraded = found.overtaken | stand.overtaken, list(dict.fromkeys([*found.degraded, *stand.degraded]))
    pins = [_pin(row, over) for row in stand.pinned]
    others = [_candidate(one, candidate, stand.doubted, over) for one, candidate in best]
    candidates = {one.id: one for one in (*others, *pins)}
    things = {short(row["id"]): Thing(id=row["id"]) for row in stand.pinned} | {
        short(candidate.source_id): Thing(
            id=candidate.source_id, session_id=candidate.session_id, terms=one.explanation.terms
        )
        for one, candidate in best
    }
    pack_id = call.new_id()
    chosen = choose(pack_id, wanted, [*candidates.values()])
    task = cleaner(call, wanted.project_id).text(wanted.task)
    kept = record(pack_id, wanted, chosen, candidates, things, now=call.now, task=task, degraded=degraded)
    packs.keep(call.tx, call.principal.org_id, call.principal.reader_id, kept)
    call.note(project_id=wanted.project_id, subject=pack_id, items=len(chosen.items), tokens=chosen.tokens)
    note_question(call, wanted.task, len(found.ranked))
    return reply(pack_id, chosen, things, over, degraded, found.notes)


def choose(pack_id: UUID, wanted: ContextRequest, candidates: Sequence[PackCandidate]) -> Pack:
    """Fill a pack that can be asked about by its id."""
    return select(
        candidates,
        budget=wanted.budget,
        count=estimate,
        floor=FLOOR,
        task=wanted.task,
        name=short(pack_id),
        as_of=wanted.as_of,
        same=_say_the_same,
    )


def _say_the_same(one: PackCandidate, other: PackCandidate) -> bool:
    """Tell whether one of two is enough; what two people say is told of both."""
    is_of_one = one.speaker is None or other.speaker is None or one.speaker == other.speaker
    return is_of_one and are_texts_twins(one.text, other.text)


def _standing(call: Call, wanted: ContextRequest, found: list[UUID]) -> Standing:
    return standing.now(call, wanted, found) if wanted.as_of is None else standing.then(call, wanted, wanted.as_of)


def _search(wanted: ContextRequest) -> SearchRequest:
    return SearchRequest(
        query=wanted.task,
        project_ids=[wanted.project_id],
        sources=None if wanted.messages else ["memory"],
        types=wanted.types,
        branch=wanted.branch,
        superseded=wanted.superseded,
        as_of=wanted.as_of,
        limit=CANDIDATES,
    )


def short(one: UUID) -> str:
    """Name a thing in a pack by its last twelve digits, which are random: a whole id costs thirty tokens."""
    return one.hex[-12:]


def _candidate(
    one: Ranked, candidate: Candidate, doubted: Collection[UUID], over: Mapping[UUID, Overtaken]
) -> PackCandidate:
    return PackCandidate(
        id=short(candidate.source_id),
        type=candidate.type,
        text=candidate.body,
        source=f"session {short(candidate.session_id)}" if candidate.session_id else "",
        occurred_at=candidate.occurred_at,
        relevance=one.relevance,
        near=one.explanation.terms.get("semantic"),
        trust=candidate.trust,
        freshness=one.explanation.freshness,
        pinned=candidate.pinned,
        conflicted=candidate.source_id in doubted,
        overtaken=str(over.get(candidate.source_id, "")),
        speaker=candidate.speaker or candidate.role,
    )


def _pin(row: Row, over: Mapping[UUID, Overtaken]) -> PackCandidate:
    return PackCandidate(
        id=short(row["id"]),
        type=row["type"],
        text=row["content"],
        title=row["title"] or "",
        occurred_at=row["valid_from"] or row["created_at"],
        relevance=1.0,
        trust=TRUST[row["author_kind"]],
        pinned=True,
        conflicted=row["conflicted"],
        overtaken=str(over.get(row["id"], "")),
    )


def reply(
    pack_id: UUID | None,
    chosen: Pack,
    things: Mapping[str, Thing],
    over: Mapping[UUID, Overtaken],
    degraded: list[str],
    nothing: Sequence[str],
) -> ContextReply:
    """Say what was packed and why; `things` are given by their short ids, `nothing` tells why nothing was found."""
    left_out = sum(not decision.chosen for decision in chosen.decisions)
    reasons = {decision.id: decision for decision in chosen.decisions if decision.chosen}
    return ContextReply(
        id=pack_id,
        text=chosen.text,
        tokens=chosen.tokens,
        budget=chosen.budget,
        tokens_are="estimated",
        items=[
            ContextItem(
                id=things[item.id].id,
                short_id=item.id,
                number=chosen.numbers.get(item.id),
                session_id=things[item.id].session_id,
                type=item.type,
                title=item.title,
                source=item.source,
                occurred_at=item.occurred_at,
                relevance=round(item.relevance, 6),
                tokens=reasons[item.id].tokens,
                reason=reasons[item.id].reason,
                overtaken=over.get(things[item.id].id),
            )
            for item in chosen.items
        ],
        left_out=left_out,
        degraded=degraded,
        notes=[] if chosen.items else [_TOO_MUCH.format(left_out, chosen.budget)] if left_out else [*nothing],
    )

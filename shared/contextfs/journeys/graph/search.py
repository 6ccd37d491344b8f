"""Search over the graph: what hybrid search found, and what a walk comes to from there and from what is named.

Three round trips find: both legs, the links around where the walk begins, and the passages of what it came to.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from contextfs.domain.graph import store as graph
from contextfs.domain.graph.model import Reached, Step
from contextfs.domain.graph.stated import memory_node
from contextfs.domain.graph.walk import walk
from contextfs.domain.search import store
from contextfs.domain.search.model import PathStep, SearchHit, SearchReply, SearchRequest
from contextfs.domain.search.signals import Passage
from contextfs.domain.search.store import Candidate
from contextfs.journeys.find.found import Found, hit_of
from contextfs.journeys.find.noted import note_question
from contextfs.journeys.find.search import Looked, look, passage_of, propose, ranked, with_conflicts
from contextfs.journeys.graph.seeds import DISTINCT, FOUND, REACHED, keys_of, seeds_of
from contextfs.kit.call import Call
from contextfs.kit.errors import Invalid

_Names = Mapping[str, str]


def search(call: Call, wanted: SearchRequest) -> SearchReply:
    """Find passages by both legs and by the walk, and show by which paths it came to them."""
    if wanted.as_of is not None:
        raise Invalid("The graph is that of today: leave as_of out, or search without the graph.", where="$.as_of")
    looked = propose(call, wanted, "hybrid")
    if looked.question.lists:
        return _shown(call, look(call, wanted, "hybrid"), wanted, {}, {})
    reached = _walk(call, looked)
    more = _reached_only(call, looked, reached)
    looked = msgspec.structs.replace(looked, candidates=[*looked.candidates, *more])
    found = ranked(call, looked, [_with_walk(one, reached) for one in looked.candidates])
    shown = [found.candidates[one.hit.key] for one in found.ranked[: wanted.limit]]
    return _shown(call, found, wanted, reached, _names(call, shown, reached))


def _walk(call: Call, looked: Looked) -> dict[str, Reached]:
    """Walk from what the question names and from the best memories, in each project by itself.

    It is the same walk however much, and whatever relevance, is wanted of what is shown.
    """
    every = msgspec.structs.replace(
        looked, wanted=msgspec.structs.replace(looked.wanted, min_relevance=0.0, limit=DISTINCT)
    )
    first = ranked(call, every, [passage_of(one) for one in looked.candidates])
    best = [(first.candidates[one.hit.key], one.relevance) for one in first.ranked]
    memories = [(one, relevance) for one, relevance in best if one.source == "memory"][:FOUND]
    keys = keys_of(looked.question.text)
    around = graph.around(
        call.tx,
        keys=keys,
        memories=[one.source_id for one, _ in memories],
        projects=looked.asked.projects,
        at=call.now,
    )
    reached: dict[str, Reached] = {}
    for project_id, links in around.items():
        here = [(memory_node(one.source_id), relevance) for one, relevance in memories if one.project_id == project_id]
        reached |= walk(seeds_of(keys, here, links), links)
    return reached


def _reached_only(call: Call, looked: Looked, reached: Mapping[str, Reached]) -> list[Candidate]:
    """Read the passages of what the walk alone came to, the strongest first."""
    known = {memory_node(one.source_id) for one in looked.candidates}
    new = sorted((node for node in reached if node not in known), key=lambda node: (-reached[node].strength, node))
    if not new:
        return []
    rarities = looked.candidates[0].rarities if looked.candidates else []
    return store.of_memories(call.tx, looked.asked, [_id(node) for node in new[:REACHED]], rarities)


def _with_walk(one: Candidate, reached: Mapping[str, Reached]) -> Passage:
    """Give a candidate as it is ranked: of a memory, how strongly the walk came to it."""
    passage = passage_of(one)
    if one.source != "memory":
        return passage
    came = reached.get(memory_node(one.source_id))
    return msgspec.structs.replace(passage, graph=came.strength if came else 0.0)


def _names(call: Call, shown: Iterable[Candidate], reached: Mapping[str, Reached]) -> _Names:
    """Name the memories on the paths to what is shown."""
    nodes = {
        step.node for one in shown for path in _paths(one, reached) for step in path if step.node.startswith("memory:")
    }
    titles = graph.titles(call.tx, sorted(map(_id, nodes))) if nodes else {}
    return {memory_node(memory_id): name for memory_id, name in titles.items()}


def _shown(
    call: Call, found: Found, wanted: SearchRequest, reached: Mapping[str, Reached], names: _Names
) -> SearchReply:
    hits: list[SearchHit] = []
    for one in found.ranked[: wanted.limit]:
        candidate = found.candidates[one.hit.key]
        hit = hit_of(one, found, explain=wanted.explain)
        paths = [[_step(step, names) for step in path] for path in _paths(candidate, reached)]
        hits.append(msgspec.structs.replace(hit, paths=paths))
    note_question(call, wanted.query, len(hits))
    return SearchReply(
        hits=with_conflicts(call, hits, wanted),
        degraded=found.degraded,
        notes=found.notes,
        vectors=found.vectors,
        facets=found.facets(call.tx) if wanted.facets else None,
    )


def _paths(one: Candidate, reached: Mapping[str, Reached]) -> tuple[tuple[Step, ...], ...]:
    came = reached.get(memory_node(one.source_id)) if one.source == "memory" else None
    return came.paths if came else ()


def _step(step: Step, names: _Names) -> PathStep:
    return PathStep(node=step.node, name=names.get(step.node, "") or step.name, by=step.by)


def _id(node: str) -> UUID:
    return UUID(node.removeprefix("memory:"))

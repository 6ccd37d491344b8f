"""A server's memories as they were known at a time, as candidates of a search."""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple
from uuid import UUID

import msgspec

from contextfs.domain.memories import past as memories
from contextfs.domain.memories.model import Memory
from contextfs.domain.memories.past import Past
from contextfs.domain.memories.rules import canonical_type
from contextfs.domain.projects import store as projects
from contextfs.domain.search.model import SearchRequest
from contextfs.domain.search.store import Candidate, Seen
from contextfs.journeys.find.index import TRUST
from contextfs.journeys.find.past import BY_WORDS, MOST, TOO_MANY, Bounds, Piece, occurred, pieces, until, within
from contextfs.kit.call import Call
from contextfs.kit.ids import named
from contextfs.kit.languages import Languages
from contextfs.kit.overtaken import Overtaken


class Back(NamedTuple):
    """What a search in the past looks at."""

    said: SearchRequest | None
    """The same search, of what was said by then; None: messages are not asked for."""
    memories: list[tuple[Memory, str]]
    """Memories as they were, each with the name of its project."""
    degraded: tuple[str, ...]

    @property
    def overtaken(self) -> dict[UUID, Overtaken]:
        """What held no longer by then, by its id."""
        return {memory.id: memory.overtaken for memory, _ in self.memories if memory.overtaken is not None}

    def candidates(self, words: Sequence[str], languages: Languages) -> list[Candidate]:
        """Give the passages of the memories, with what the words of a question are worth in them."""
        found = pieces(self.memories, words, languages)
        return [_candidate(one) for one in found if one.lexical or (not words and one.ordinal == 0)]


def read(call: Call, wanted: SearchRequest) -> Back:
    """Read what was known at the time that a search asks for, within its filters."""
    as_of = wanted.as_of or call.now
    sources = wanted.sources or ["memory", "message"]
    said = msgspec.structs.replace(wanted, sources=["message"], until=until(wanted.until, as_of))
    if "memory" not in sources or wanted.tools or wanted.branch:
        return Back(said if "message" in sources else None, [], ())
    reach = Past(as_of=as_of, reader=call.principal.reader_id, projects=wanted.project_ids, author=wanted.author)
    bounds = Bounds(
        types=[canonical_type(one) for one in wanted.types] if wanted.types else None,
        tags=wanted.tags,
        since=wanted.since,
        until=wanted.until,
        visibility=wanted.visibility,
        sensitivity=wanted.sensitivity,
        superseded=wanted.superseded,
    )
    looked = list(islice(memories.known(call.tx, reach), MOST + 1))
    kept = [one for one in looked[:MOST] if within(one, bounds)]
    names = projects.names(call.tx, {one.project_id for one in kept})
    degraded = (BY_WORDS, *([TOO_MANY] if len(looked) > MOST else []))
    told = [(one, names.get(one.project_id, "")) for one in kept]
    return Back(said if "message" in sources else None, told, degraded)


def _candidate(one: Piece[Memory]) -> Candidate:
    memory = one.memory
    return Candidate(
        id=named(memory.id, "past", str(one.ordinal)),
        project_id=memory.project_id,
        source="memory",
        source_id=memory.id,
        session_id=None,
        ordinal=one.ordinal,
        starts=one.starts,
        ends=one.ends,
        context=one.context,
        body=one.body,
        type=memory.type,
        tags=memory.tags,
        tool=None,
        branch=None,
        author_id=memory.author_id,
        trust=TRUST[memory.author_kind],
        pinned=memory.pinned,
        occurred_at=occurred(memory),
        place=None,
        role=None,
        speaker=None,
        lexical=one.lexical,
        semantic=None,
        held=[],
        rarities=[],
        seen=Seen(memory.visibility, memory.sensitivity),
    )

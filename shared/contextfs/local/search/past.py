"""Search in the past of a local store: memories as they were known at a time, and what was said by then."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID

import msgspec

from contextfs.domain.memories.rules import canonical_type, said_by
from contextfs.domain.search.tokens import fingerprint
from contextfs.journeys.find.index import TRUST
from contextfs.journeys.find.past import BY_WORDS, MOST, TOO_MANY, Bounds, Piece, occurred, pieces, until, within
from contextfs.kit.languages import Languages
from contextfs.kit.overtaken import Overtaken
from contextfs.local.base import past
from contextfs.local.base.connection import Base
from contextfs.local.model import LocalMemory
from contextfs.local.search.bounds import authors, micros
from contextfs.local.search.candidates import Candidate, Proposed
from contextfs.local.search.model import Wanted


class Back(NamedTuple):
    """What a search in the past looks at."""

    said: Wanted | None
    """The same search, of what was said by then; None: messages are not asked for."""
    memories: list[LocalMemory]
    degraded: tuple[str, ...]

    @property
    def overtaken(self) -> dict[UUID, Overtaken]:
        """What held no longer by then, by its id."""
        return {one.id: one.overtaken for one in self.memories if one.overtaken is not None}

    def with_memories(self, said: Proposed, words: tuple[str, ...], project: str, languages: Languages) -> Proposed:
        """Add the passages of memories to those of what was said, with what the words are worth in them."""
        found = pieces(((one, project) for one in self.memories), words, languages)
        kept = [one for one in found if one.lexical or (not words and one.ordinal == 0)]
        made = [_candidate(one, -number) for number, one in enumerate(kept, start=1)]
        return Proposed([*said.candidates, *made], said.rarities)


def read(base: Base, wanted: Wanted, as_of: datetime, *, me: Callable[[], str]) -> Back:
    """Read what was known at a time, within the filters of a search that is understood."""
    sources = wanted.sources or ["memory", "message"]
    said = msgspec.structs.replace(wanted, sources=["message"], until=until(wanted.until, as_of))
    heard = said if "message" in sources else None
    if "memory" not in sources or wanted.tools or wanted.branch:
        return Back(heard, [], ())
    bounds = Bounds(
        types=[canonical_type(one) for one in wanted.types] if wanted.types else None,
        tags=wanted.tags,
        since=wanted.since,
        until=wanted.until,
        visibility=wanted.visibility,
        sensitivity=wanted.sensitivity,
        superseded=wanted.superseded,
    )
    names = None if wanted.author is None else authors(wanted.author, me)
    looked = list(islice(past.known(base, as_of), MOST + 1))
    kept = [one for one in looked[:MOST] if within(one, bounds) and (names is None or one.author.lower() in names)]
    return Back(heard, kept, (BY_WORDS, *([TOO_MANY] if len(looked) > MOST else [])))


def _candidate(one: Piece[LocalMemory], number: int) -> Candidate:
    """Give a passage under a number that no passage of the index has."""
    memory = one.memory
    return Candidate(
        id=number,
        source="memory",
        source_id=str(memory.id),
        session_id=None,
        starts=one.starts,
        ends=one.ends,
        type=memory.type,
        tags=msgspec.json.encode(memory.tags).decode(),
        tool=None,
        branch=None,
        trust=TRUST[said_by(memory.metadata)],
        pinned=memory.pinned,
        occurred=micros(occurred(memory)),
        place=None,
        role=None,
        speaker=None,
        fingerprint=fingerprint(one.body),
        author=memory.author,
        visibility=memory.visibility,
        sensitivity=memory.sensitivity,
        context=one.context,
        body=one.body,
        lexical=one.lexical,
        semantic=None,
        held=(),
    )

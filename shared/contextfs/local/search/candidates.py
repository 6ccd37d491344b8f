"""The candidates of a question: what the legs propose, what was said beside it, and all that ranks and shows them."""

from collections.abc import Iterator, Mapping, Sequence
from heapq import nlargest
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from contextfs.domain.search.signals import Passage
from contextfs.kit.languages import ENGLISH, Languages
from contextfs.local.base.connection import Base
from contextfs.local.search.bounds import UNBOUND, encoded, moment
from contextfs.local.search.lexical import Lexical
from contextfs.local.search.queries import SQL

if TYPE_CHECKING:
    from contextfs.local.search.semantic import Semantic


class Scope(Struct, frozen=True):
    """Where and when it is looked: the same each time that the legs are asked."""

    bounds: dict[str, Any] | None
    candidates: int
    at: int
    also: tuple[int, ...] = ()
    """Passages that are candidates whatever the legs say."""
    languages: Languages = ENGLISH
    """The languages of the words that are looked for."""


class Candidate(Struct, frozen=True):
    """A passage, with the raw scores of both legs: BM25, and cosine similarity; None: not judged."""

    id: int
    source: str
    source_id: str
    session_id: str | None
    starts: int
    ends: int
    type: str
    tags: str
    tool: str | None
    branch: str | None
    trust: float
    pinned: bool
    occurred: int
    place: int | None
    role: str | None
    speaker: str | None
    fingerprint: str
    author: str
    visibility: str | None
    """Of what was said None: who may see that, the settings and its session tell."""
    sensitivity: str | None
    context: str
    body: str
    lexical: float | None
    semantic: float | None
    held: Sequence[float]


class Proposed(Struct, frozen=True):
    """Candidates in no order, and the idf of each of the question's first words."""

    candidates: list[Candidate]
    rarities: list[float]


def propose(base: Base, words: Sequence[str], semantic: "Semantic | None", scope: Scope) -> Proposed:
    """Ask both legs, and add what was said right before and after, as far as it lies within the bounds."""
    lexical = Lexical(base, words, at=scope.at, languages=scope.languages)
    said = _by_words(base, lexical, scope)
    near = semantic.candidates(scope.bounds, scope.candidates, at=scope.at) if semantic else []
    seeds = dict.fromkeys([*said, *near])
    found = list(seeds | dict.fromkeys([*_beside(base, list(seeds), scope), *scope.also]))
    cosines = semantic.scores(found) if semantic else {}
    return Proposed(list(_read(base, found, lexical, cosines)), lexical.rarities)


def newest(base: Base, scope: Scope) -> Proposed:
    """Give the newest within the bounds, whatever they say."""
    values = UNBOUND | (scope.bounds or {}) | {"limit": scope.candidates, "at": scope.at}
    found = [one for (one,) in base.each(SQL["listed"], values)]
    return Proposed(list(_read(base, found, Lexical(base, (), at=scope.at), {})), [])


def passage(one: Candidate, graph: float | None = None) -> Passage:
    """Give a candidate as the ranking takes it; `graph` is how strongly a walk came to it."""
    return Passage(
        key=str(one.id),
        source=one.source_id,
        body=one.body,
        lexical=one.lexical,
        semantic=one.semantic,
        held=one.held,
        occurred_at=moment(one.occurred),
        type=one.type,
        trust=one.trust,
        pinned=bool(one.pinned),
        session=one.session_id,
        place=one.place,
        role=one.role,
        speaker=one.speaker,
        fingerprint=one.fingerprint,
        graph=graph,
    )


def _by_words(base: Base, lexical: Lexical, scope: Scope) -> list[int]:
    """Give the best by words; of what the word index proposes the order is made anew."""
    proposed = lexical.candidates(scope.bounds, scope.candidates)
    rows = base.each(SQL["terms"], {"ids": encoded(proposed), "at": scope.at}) if proposed else ()
    scored = [(lexical.score(terms, length) or 0.0, -one) for one, length, terms in rows]
    return [-one for _, one in nlargest(scope.candidates, scored)]


def _beside(base: Base, seeds: list[int], scope: Scope) -> list[int]:
    values = UNBOUND | (scope.bounds or {}) | {"ids": encoded(seeds), "at": scope.at}
    return [one for (one,) in base.each(SQL["beside"], values)]


def _read(base: Base, ids: list[int], lexical: Lexical, cosines: Mapping[int, float]) -> Iterator[Candidate]:
    for row in base.each(SQL["candidates"], {"ids": encoded(ids)}):
        *facets, length, terms = row
        yield Candidate(
            *facets,
            lexical=lexical.score(terms, length),
            semantic=cosines.get(row[0]),
            held=lexical.held(terms) if row[3] else (),  # only of what was said is it asked
        )

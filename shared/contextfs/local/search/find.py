"""Find passages: both legs over one snapshot, one calibrated score, small results."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from heapq import nlargest
from typing import TYPE_CHECKING, NamedTuple

from contextfs.domain.search.fusion import Ranked
from contextfs.domain.search.tokens import query_terms
from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Embedder
from contextfs.local.base.connection import Base
from contextfs.local.search.bounds import bounds, encoded, micros
from contextfs.local.search.embedder import OFF
from contextfs.local.search.lexical import Lexical
from contextfs.local.search.model import Wanted
from contextfs.local.search.queries import SQL
from contextfs.local.search.ranking import Candidate, ranked

if TYPE_CHECKING:
    from contextfs.local.search.semantic import Semantic

_MORE = 5
_LEAST_CANDIDATES = 50


class Text(NamedTuple):
    """What a passage says, and the line above it."""

    context: str
    body: str


class Found(NamedTuple):
    """Passages in their order, the best one of each memory or message, with what they say and were found by."""

    ranked: list[Ranked]
    candidates: dict[str, Candidate]
    texts: dict[str, Text]
    words: list[str]


class Question(NamedTuple):
    """A query as the legs take it."""

    words: list[str]
    vector: Sequence[float] | None
    degraded: list[str]


def by_words(wanted: Wanted, *degraded: str) -> Question:
    """Ask by words alone."""
    return Question(query_terms(wanted.query), None, [*degraded])


def question(wanted: Wanted, embedder: Callable[[], Embedder | None]) -> tuple[Question, Embedder | None]:
    """Make terms and, where meanings are compared and a model is there, a vector of a query."""
    if wanted.mode == "lexical":
        return by_words(wanted), None
    try:
        model = embedder()
        if model is None:
            return by_words(wanted, *([OFF] if wanted.mode == "semantic" else [])), None
        vector = list(next(iter(model.embed([wanted.query]))))
    except Unavailable as error:
        return by_words(wanted, error.detail), None
    return Question([] if wanted.mode == "semantic" else query_terms(wanted.query), vector, []), model


def look(base: Base, wanted: Wanted, asked: Question, semantic: "Semantic | None", *, now: datetime) -> Found:
    """Ask both legs for candidates, and rank the union of what they propose."""
    within, at = bounds(wanted), micros(now)
    count = max(wanted.limit * _MORE, _LEAST_CANDIDATES)
    lexical = Lexical(base, asked.words, at=at)
    proposed = lexical.candidates(within, count)
    near = semantic.candidates(within, count, at=at) if semantic else []
    judged = {one.id: one for one in _judged(base, [*proposed, *near], lexical, at=at)}
    said = nlargest(count, (judged[one] for one in proposed if one in judged), key=_by_words)
    kept = {one.id: one for one in (*said, *(judged[one] for one in near if one in judged))}
    if semantic:
        cosines = semantic.scores(list(kept))
        kept = {one.id: one._replace(semantic=cosines.get(one.id)) for one in kept.values()}
    order = ranked(list(kept.values()), now=now, least=wanted.min_relevance)[: wanted.limit]
    return Found(order, {str(one.id): one for one in kept.values()}, _texts(base, order), asked.words)


def _texts(base: Base, order: list[Ranked]) -> dict[str, Text]:
    ids = encoded([int(one.hit.key) for one in order])
    return {str(one): Text(context, body) for one, context, body in base.each(SQL["texts"], {"ids": ids})}


def _judged(base: Base, ids: list[int], lexical: Lexical, *, at: int) -> Iterator[Candidate]:
    """Read candidates, each with its score by words."""
    for row in base.each(SQL["candidates"], {"ids": encoded(list(dict.fromkeys(ids))), "at": at}):
        *facets, length, terms = row
        yield Candidate(*facets, lexical=lexical.score(terms, length), semantic=None)


def _by_words(one: Candidate) -> tuple[float, int]:
    return one.lexical or 0.0, -one.id

"""This product's ranking: the passages, terms, candidates and scores of the library, held in memory.

It is the reference of the server and the laptop: both must find what this finds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from heapq import nlargest

import msgspec
import numpy as np

from benchmarks.retrieval.data import ROLES, Conversation, Turn
from benchmarks.retrieval.dates import day, month_first
from benchmarks.retrieval.systems import Packed
from benchmarks.retrieval.vectors import Vectors
from contextfs.domain.context.model import PackCandidate
from contextfs.domain.context.pack import select
from contextfs.domain.context.tokens import estimate
from contextfs.domain.search.bm25 import idf, weights
from contextfs.domain.search.fusion import DEFAULT, Ranked, Weights
from contextfs.domain.search.names import named, without_names
from contextfs.domain.search.passages import chunk
from contextfs.domain.search.question import Question, understand
from contextfs.domain.search.ranking import SHOWN, candidates, rank
from contextfs.domain.search.signals import Passage
from contextfs.domain.search.tokens import dimension, terms
from contextfs.journeys.find.context import CANDIDATES as CANDIDATES_OF_A_PACK
from contextfs.journeys.find.context import FLOOR
from contextfs.journeys.find.index import MESSAGE_TRUST

AVERAGE_LENGTH = 60.0
counted = cache(estimate)
"""Tokens of a text: packs for many budgets, and by many rules, are made of the same sentences."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Stored(msgspec.Struct, frozen=True):
    """A passage as it is stored, and its BM25 weights by dimension."""

    passage: Passage
    weights: dict[int, float]


class Pure:
    """Finds candidates exactly, by words and by vectors, with their neighbours, and ranks them by the library."""

    def __init__(self, vectors: Vectors, weights: Weights = DEFAULT) -> None:
        self._vectors = vectors
        self._weights = weights
        self._last: tuple[str, list[Ranked]] | None = None

    folded = SHOWN
    """How far down what says the same is folded together."""
    proposed = candidates(CANDIDATES_OF_A_PACK)
    """How many candidates each leg proposes: as many as for a pack."""

    def load(self, conversation: Conversation) -> None:
        """Cut the turns into passages, weigh their terms, embed them."""
        self._last = None
        self._names = conversation.names
        self._stored = list(_stored(conversation))
        self._bodies = [one.passage.body for one in self._stored]
        self._postings: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        for place, one in enumerate(self._stored):
            for where, weight in one.weights.items():
                self._postings[where].append((place, weight))
        bodies = [without_names(one.passage.body, self._names) for one in self._stored]
        self._matrix = self._vectors.embed(bodies)
        self._at = {(one.passage.session, one.passage.place): place for place, one in enumerate(self._stored)}

    def search(self, question: str, most: int) -> list[str]:
        """Give the turns."""
        self._last = (question, self.ranked(question))
        return [one.hit.key.rpartition("#")[0] for one in self._last[1][:most]]

    def asked(self, question: str) -> Question:
        """Understand a question; names of who speaks mislead both legs."""
        return understood(question, self._names, self._bodies)

    def ranked(self, question: str) -> list[Ranked]:
        """Give the ranking with its explanations."""
        asked = self.asked(question)
        passages, rarities = self.found(asked)
        return rank(passages, asked, rarities, now=NOW, weights=self._weights, shown=self.folded)

    def pack(self, question: str, budget: int) -> Packed:
        """Choose as a server does, of the ranking that was made last for the same question."""
        if self._last is None or self._last[0] != question:
            self._last = (question, self.ranked(question))
        return self.packed(question, self._last[1], budget)

    def packed(self, question: str, ranked: Sequence[Ranked], budget: int) -> Packed:
        """Choose of what is ranked."""
        passages = {one.passage.key: one.passage for one in self._stored}
        found = [(passages[one.hit.key], one) for one in ranked[:CANDIDATES_OF_A_PACK]]
        pack = select(
            [_candidate(passage, one) for passage, one in found],
            budget=budget,
            count=counted,
            floor=FLOOR,
            task=question,
            name="0" * 12,
        )
        return Packed([one.id for one in pack.items], pack.text)

    def close(self) -> None:
        """Hold nothing."""

    def found(self, asked: Question, reached: Iterable[int] = ()) -> tuple[list[Passage], list[float]]:
        """Give the candidates, those that were `reached` too, and how rare the question's words are."""
        size = len(self._stored)
        postings = [self._postings.get(dimension(word), []) for word in asked.words]
        rarities = [idf(size, len(places)) if places else 0.0 for places in postings]
        lexical: defaultdict[int, float] = defaultdict(float)
        held: defaultdict[int, list[float]] = defaultdict(lambda: [0.0] * len(rarities))
        for number, (places, rarity) in enumerate(zip(postings, rarities, strict=True)):
            for place, weight in places:
                lexical[place] += rarity * weight
                held[place][number] = rarity
        semantic = self._matrix @ self._vectors.embed([asked.about])[0]
        nearest = [int(place) for place in np.argsort(-semantic, kind="stable")[: self.proposed]]
        seeds = {*nlargest(self.proposed, lexical, key=lambda place: (lexical[place], -place)), *nearest}
        return [
            msgspec.structs.replace(
                self._stored[place].passage,
                lexical=lexical[place],
                semantic=float(semantic[place]),
                held=held[place],
            )
            for place in sorted(self.with_neighbours(seeds).union(reached))
        ], rarities

    def with_neighbours(self, seeds: set[int]) -> set[int]:
        """Add what was said right before and after."""
        found = set(seeds)
        for seed in seeds:
            passage = self._stored[seed].passage
            for step in (-1, 1):
                beside = self._at.get((passage.session, (passage.place or 0) + step))
                if beside is not None:
                    found.add(beside)
        return found


def understood(question: str, names: Sequence[str], said: Sequence[str]) -> Question:
    """Understand a question; names of who speaks are left out. What was `said` tells which names are words, too."""
    asked = understand(question, today=NOW.date())
    return asked.without(named(asked.text, names, said))


def _candidate(passage: Passage, one: Ranked) -> PackCandidate:
    return PackCandidate(
        id=passage.source,
        type="message",
        text=passage.body,
        occurred_at=passage.occurred_at,
        relevance=one.relevance,
        near=one.explanation.terms.get("semantic"),
        trust=MESSAGE_TRUST[passage.role or "user"],
        freshness=one.explanation.freshness,
        speaker=passage.speaker or passage.role,
    )


def make(vectors: Vectors) -> Pure:
    """Build it."""
    return Pure(vectors)


def said_at(turns: Sequence[Turn]) -> dict[str, datetime]:
    """Give each turn its time: its date, and a second for each turn before it, so that their order is kept."""
    last = NOW - timedelta(days=365)
    american = month_first(turn.date for turn in turns)
    times: dict[str, datetime] = {}
    for number, turn in enumerate(turns):
        last = day(turn.date, month_first=american) or last
        times[turn.id] = last + timedelta(seconds=number)
    return times


def _stored(conversation: Conversation) -> list[Stored]:
    times = said_at(conversation.turns)
    places: Counter[str] = Counter()
    found: list[Stored] = []
    for turn in conversation.turns:
        speaker = None if turn.speaker in ROLES else turn.speaker
        for ordinal, piece in enumerate(chunk(turn.text)):
            words = terms(f"{speaker or ''}\n{piece.text}")
            found.append(
                Stored(
                    Passage(
                        key=f"{turn.id}#{ordinal}",
                        source=turn.id,
                        body=piece.text,
                        occurred_at=times[turn.id],
                        type="message",
                        session=turn.session,
                        place=places[turn.session],
                        role="assistant" if turn.speaker == "assistant" else "user",
                        speaker=speaker,
                    ),
                    weights(words, average_length=AVERAGE_LENGTH),
                )
            )
            places[turn.session] += 1
    return found

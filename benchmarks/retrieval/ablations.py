"""What each ingredient is worth: the product's ranking and packs without one, and with a graph by several weights.

The weights of the terms are fitted anew without one (`weights.py`); all else stays as it is shipped. A ranking is worth
the recall@10 of the evidence, a pack the share of it that stands in 1,000 tokens, and of the answers' words.
"""

import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import fmean
from types import ModuleType
from typing import Any, NamedTuple

import msgspec

from benchmarks.retrieval.data import ADVERSARIAL, Asked, Conversation, fitting
from benchmarks.retrieval.measures import pack_of
from benchmarks.retrieval.report import table
from benchmarks.retrieval.systems import pure
from benchmarks.retrieval.systems.graph import Graph
from benchmarks.retrieval.systems.pure import NOW, Pure
from benchmarks.retrieval.vectors import Vectors
from benchmarks.retrieval.weights import worths
from contextfs.domain.context import pack, sentences
from contextfs.domain.context.sentences import Sentence
from contextfs.domain.search.fusion import DEFAULT, Weights
from contextfs.domain.search.names import asked_without, named
from contextfs.domain.search.question import Question, understand
from contextfs.domain.search.ranking import candidates
from contextfs.domain.search.signals import Passage

Data = Mapping[str, Sequence[Conversation]]
Make = Callable[[Vectors], Pure]

DEPTH, BUDGET = 10, 1000
GRAPH_WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.4)


class Change(NamedTuple):
    """Constants of a module, for as long as something is measured."""

    module: ModuleType
    values: Mapping[str, Any]

    @contextmanager
    def made(self) -> Generator[None]:
        """Change them, and change them back."""
        before = {name: getattr(self.module, name) for name in self.values}
        try:
            for name, value in self.values.items():
                setattr(self.module, name, value)
            yield
        finally:
            for name, value in before.items():
                setattr(self.module, name, value)


class NamesKept(Pure):
    """Looks for the names of who speaks, too."""

    def asked(self, question: str) -> Question:
        """Leave them in."""
        return understand(question, today=NOW.date())


class AskingKept(Pure):
    """Looks for words of asking, too."""

    def asked(self, question: str) -> Question:
        """Leave them in."""
        about = asked_without(question, named(question, self._names))
        return msgspec.structs.replace(super().asked(question), about=about)


class Alone(Pure):
    """Ranks what the legs propose, and nothing that was said beside it."""

    def with_neighbours(self, seeds: set[int]) -> set[int]:
        """Add none."""
        return seeds


class Narrow(Pure):
    """Has each leg propose as many candidates as for a search of ten."""

    proposed = candidates(DEPTH)


class Unfolded(Pure):
    """Shows what says the same as often as it was said."""

    folded = 0


class WordsAlone(Pure):
    """Compares no meanings."""

    def found(self, asked: Question, reached: Iterable[int] = ()) -> tuple[list[Passage], list[float]]:
        """Take what meaning says away."""
        passages, rarities = super().found(asked, reached)
        return [msgspec.structs.replace(one, semantic=None) for one in passages], rarities


def rankings() -> dict[str, Make]:
    """Give each ranking by what it goes without; the first one goes without nothing."""
    flat = msgspec.structs.replace(DEFAULT, freshness=0.0, trust=0.0)
    return {
        "all": Pure,
        "without exact": _weighing(msgspec.structs.replace(DEFAULT, exact=0.0)),
        "without freshness and trust": _weighing(flat),
        "without what was wished": _weighing(msgspec.structs.replace(DEFAULT, wished=1.0)),
        "words alone": WordsAlone,
        "without neighbours as candidates": Alone,
        "80 candidates of each leg": Narrow,
        "names of speakers looked for": NamesKept,
        "words of asking looked for": AskingKept,
        "what says the same shown twice": Unfolded,
    }


def walks() -> dict[str, Make]:
    """Give the ranking without a walk over the graph, then with one, by how much it counts."""
    weighed = {weight: msgspec.structs.replace(DEFAULT, graph=weight) for weight in GRAPH_WEIGHTS}
    return {
        "no walk": Pure,
        **{f"a walk counts {weight:g}": _walking(one) for weight, one in weighed.items()},
    }


def packings() -> dict[str, Change]:
    """Give each way to pack by what it goes without; the first one goes without nothing."""
    return {
        "all": Change(pack, {}),
        "whole messages, never cut": Change(pack, {"sentences": _whole}),
        "the first sentences of a message": Change(sentences, {"_teller": _telling_nothing}),
        "length is free": Change(pack, {"THRIFT": 0.0}),
        "repetition is free": Change(pack, {"REPETITION": 0.0}),
        "without trust and freshness": Change(pack, {"DISTRUST": 1.0, "STALENESS": 1.0}),
        "the chance falls half as steeply": Change(pack, {"STEEPNESS": pack.STEEPNESS / 2}),
        "without a floor": Change(pure, {"FLOOR": 0.0}),
        "also where nothing comes near": Change(pack, {"UNKNOWN": 0.0}),
        "half as many candidates": Change(pure, {"CANDIDATES_OF_A_PACK": pure.CANDIDATES_OF_A_PACK // 2}),
    }


def ablations(data: Data, vectors: Vectors) -> Iterator[str]:
    """Give tables of Markdown, as they are measured: the ranking's terms, its other parts, packs, and a walk.

    None where every data set is held out, or has only questions that nothing answers.
    """
    data = {
        name: found
        for name, found in fitting(data).items()
        if any(asked.category != ADVERSARIAL for one in found for asked in one.questions)
    }
    if not data:
        return
    yield from worths(data, vectors)
    yield table(["recall@10", *data], _recalls(rankings(), data, vectors))
    yield table(["recall@10", *data], _recalls(walks(), data, vectors))
    wide = [f"{name}, {what}" for name in data for what in ("evidence", "answers")]
    yield table(["pack 1000", *wide], _packs(data, vectors))


def _weighing(weights: Weights) -> Make:
    return lambda vectors: Pure(vectors, weights)


def _walking(weights: Weights) -> Make:
    return lambda vectors: Graph(vectors, weights)


def _whole(text: str, task: str, *, is_models: bool = False) -> list[Sentence]:  # noqa: ARG001 - as `sentences` is called
    return [Sentence(0, text, 1.0)]


def _telling_nothing(task: str) -> Callable[[str], float]:  # noqa: ARG001 - as `_teller` is called
    return lambda _: 1.0


def _recalls(variants: Mapping[str, Make], data: Data, vectors: Vectors) -> list[list[str]]:
    found: dict[str, list[float]] = {}
    for name, make in variants.items():
        started = time.perf_counter()
        asked = [_questions(make, conversations, vectors) for conversations in data.values()]
        found[name] = [fmean(_recall(ours, one) for ours, _, one in questions) for questions in asked]
        sys.stderr.write(f"{name}: {time.perf_counter() - started:.1f} s\n")
    return _rows(found)


def _recall(ours: Pure, asked: Asked) -> float:
    wanted = set(asked.evidence)
    return len(wanted.intersection(ours.search(asked.q, DEPTH))) / len(wanted)


def _packs(data: Data, vectors: Vectors) -> list[list[str]]:
    """Rank each question once, and pack it in every way."""
    found: dict[str, list[float]] = {name: [] for name in packings()}
    for conversations in data.values():
        started = time.perf_counter()
        scores: dict[str, list[tuple[float, float]]] = {name: [] for name in packings()}
        for ours, conversation, asked in _questions(Pure, conversations, vectors):
            texts = {turn.id: turn.text for turn in conversation.turns if turn.id in asked.evidence}
            ranked = ours.ranked(asked.q)
            for name, change in packings().items():
                with change.made():
                    made = ours.packed(asked.q, ranked, BUDGET)
                scores[name].append(pack_of(made.turns, made.text, texts, str(asked.answer or "")))
        sys.stderr.write(f"packs: {time.perf_counter() - started:.1f} s\n")
        for name, pairs in scores.items():
            found[name] += [fmean(held for held, _ in pairs), fmean(words for _, words in pairs)]
    return _rows(found)


def _questions(
    make: Make, conversations: Sequence[Conversation], vectors: Vectors
) -> Iterator[tuple[Pure, Conversation, Asked]]:
    for conversation in conversations:
        ours = make(vectors)
        ours.load(conversation)
        yield from ((ours, conversation, asked) for asked in conversation.questions if asked.category != ADVERSARIAL)


def _rows(found: Mapping[str, Sequence[float]]) -> list[list[str]]:
    """Write the first row as it is, and the others as what they differ by."""
    (first, whole), *others = found.items()
    told = [[name, *(f"{one - all_:+.3f}" for one, all_ in zip(them, whole, strict=True))] for name, them in others]
    return [[first, *(f"{one:.3f}" for one in whole)], *told]

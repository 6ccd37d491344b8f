"""Run systems over conversations, one after the other, and measure every answer."""

import sys
import time
from collections.abc import Iterator, Sequence

import msgspec

from benchmarks.retrieval.data import Asked, Conversation
from benchmarks.retrieval.measures import PACKS, Score, pack_of, score_of, tokens_of
from benchmarks.retrieval.systems import TABLE, Packs, System, make, missing
from benchmarks.retrieval.systems.pure import understood
from benchmarks.retrieval.vectors import Vectors

DEEP = 100
"""Turns that a system is asked for: enough to fill the largest budget."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What one system did, and why it did not do the rest."""

    system: str
    scores: list[Score] = []
    absent: str = ""


def run(data: dict[str, list[Conversation]], systems: Sequence[str], vectors: Vectors) -> Iterator[Run]:
    """Measure each system on the same questions; one that is not installed, or fails, says so and nothing else."""
    for name in systems:
        yield _one(name, data, vectors)


def _one(name: str, data: dict[str, list[Conversation]], vectors: Vectors) -> Run:
    lacking = missing(name)
    if lacking:
        return Run(system=name, absent=f"not installed ({lacking}): pip install {TABLE[name].install}".rstrip(": "))
    try:
        system = make(name, vectors)
    except Exception as error:  # noqa: BLE001 - a rival may fail in any way; that is a result
        return Run(system=name, absent=f"did not start: {_told(error)}")
    scores: list[Score] = []
    at = ""
    try:
        for dataset, conversations in data.items():
            for conversation in conversations:
                at = f"{dataset} {conversation.conv_id}"
                scores += _conversation(system, f"{name} {at}", dataset, conversation, vectors)
    except Exception as error:  # noqa: BLE001 - as above
        return Run(system=name, scores=scores, absent=f"failed at {at}, after {len(scores)} questions: {_told(error)}")
    finally:
        system.close()
    return Run(system=name, scores=scores)


def _told(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def _conversation(system: System, told: str, dataset: str, conversation: Conversation, vectors: Vectors) -> list[Score]:
    began = time.perf_counter()
    system.load(conversation)
    loaded = time.perf_counter()
    sessions = {turn.id: turn.session for turn in conversation.turns}
    texts = {turn.id: turn.text for turn in conversation.turns}
    tokens = tokens_of({turn.id: f"{turn.speaker}: {turn.text}" for turn in conversation.turns})
    vectors.embed(_forms(conversation))
    scores: list[Score] = []
    for asked in conversation.questions:
        started, embedding = time.perf_counter(), vectors.seconds
        found = system.search(asked.q, DEEP)
        milliseconds = (time.perf_counter() - started - (vectors.seconds - embedding)) * 1000
        measured = score_of(found, asked.evidence, sessions=sessions, tokens=tokens)
        packed, answered = _packs(system, asked, texts)
        scores.append(
            msgspec.convert(
                {
                    **measured,
                    "dataset": dataset,
                    "conversation": conversation.conv_id,
                    "qid": asked.qid,
                    "category": asked.category,
                    "packed": packed,
                    "answered": answered,
                    "milliseconds": milliseconds,
                },
                Score,
            )
        )
    sys.stderr.write(
        f"{told}: {len(conversation.turns)} turns in {loaded - began:.1f} s, "
        f"{len(scores)} questions in {time.perf_counter() - loaded:.1f} s\n"
    )
    return scores


def _forms(conversation: Conversation) -> list[str]:
    """Give the texts that are embedded of questions: many at once take a fraction of what one after the other takes."""
    questions = [asked.q for asked in conversation.questions]
    said = [turn.text for turn in conversation.turns]
    return [*questions, *(understood(one, conversation.names, said).about for one in questions)]


def _packs(system: System, asked: Asked, texts: dict[str, str]) -> tuple[dict[int, float], dict[int, float]]:
    if not isinstance(system, Packs):
        return {}, {}
    evidence = {one: texts.get(one, "") for one in asked.evidence}
    made = {budget: system.pack(asked.q, budget) for budget in PACKS}
    scores = {budget: pack_of(one.turns, one.text, evidence, str(asked.answer or "")) for budget, one in made.items()}
    return {budget: held for budget, (held, _) in scores.items()}, {
        budget: words for budget, (_, words) in scores.items()
    }

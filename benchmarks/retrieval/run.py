"""Run systems over conversations, one after the other, and measure every answer."""

import sys
import time
from collections.abc import Sequence

import msgspec

from benchmarks.retrieval.data import Asked, Conversation
from benchmarks.retrieval.measures import PACKS, Score, pack_of, score_of, tokens_of
from benchmarks.retrieval.systems import TABLE, Packs, System, make, missing
from benchmarks.retrieval.vectors import Vectors

DEEP = 100
"""Turns that a system is asked for: enough to fill the largest budget."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What one system did, or why it did nothing."""

    system: str
    scores: list[Score] = []
    absent: str = ""


def run(data: dict[str, list[Conversation]], systems: Sequence[str], vectors: Vectors) -> list[Run]:
    """Measure each system on the same questions; one that is not installed, or fails, says so and nothing else."""
    return [_one(name, data, vectors) for name in systems]


def _one(name: str, data: dict[str, list[Conversation]], vectors: Vectors) -> Run:
    lacking = missing(name)
    if lacking:
        return Run(system=name, absent=f"not installed ({lacking}): pip install {TABLE[name].install}".rstrip(": "))
    try:
        system = make(name, vectors)
    except Exception as error:  # noqa: BLE001 - a rival may fail in any way; that is a result
        return Run(system=name, absent=f"did not start: {type(error).__name__}: {error}"[:200])
    scores: list[Score] = []
    try:
        for dataset, conversations in data.items():
            for conversation in conversations:
                scores += _conversation(system, dataset, conversation)
                sys.stderr.write(f"{name} {dataset} {conversation.conv_id}\n")
    except Exception as error:  # noqa: BLE001 - as above
        return Run(system=name, scores=scores, absent=f"failed: {type(error).__name__}: {error}"[:200])
    finally:
        system.close()
    return Run(system=name, scores=scores)


def _conversation(system: System, dataset: str, conversation: Conversation) -> list[Score]:
    system.load(conversation)
    sessions = {turn.id: turn.session for turn in conversation.turns}
    texts = {turn.id: turn.text for turn in conversation.turns}
    tokens = tokens_of({turn.id: f"{turn.speaker}: {turn.text}" for turn in conversation.turns})
    scores: list[Score] = []
    for asked in conversation.questions:
        started = time.perf_counter()
        found = system.search(asked.q, DEEP)
        milliseconds = (time.perf_counter() - started) * 1000
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
    return scores


def _packs(system: System, asked: Asked, texts: dict[str, str]) -> tuple[dict[int, float], dict[int, float]]:
    if not isinstance(system, Packs):
        return {}, {}
    evidence = {one: texts.get(one, "") for one in asked.evidence}
    made = {budget: system.pack(asked.q, budget) for budget in PACKS}
    scores = {budget: pack_of(one.turns, one.text, evidence, str(asked.answer or "")) for budget, one in made.items()}
    return {budget: held for budget, (held, _) in scores.items()}, {
        budget: words for budget, (_, words) in scores.items()
    }

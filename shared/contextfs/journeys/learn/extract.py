"""From the turns of a session to what is worth remembering of it; pure, and without a language model."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from contextfs.journeys.learn.candidates import Candidate, fingerprint
from contextfs.journeys.learn.commands import runs
from contextfs.journeys.learn.decisions import decisions
from contextfs.journeys.learn.episodes import episode
from contextfs.journeys.learn.facts import facts
from contextfs.journeys.learn.fixes import fixes
from contextfs.journeys.learn.gate import lasting, said
from contextfs.journeys.learn.preferences import preferences
from contextfs.journeys.learn.procedures import procedures
from contextfs.journeys.learn.turns import Turn

MOST = 40
_AGAIN = 0.05


def extract(turns: Sequence[Turn], root: str = "") -> list[Candidate]:
    """Give at most 40 candidates, the surest first; equal ones are one, with all their proofs.

    `root` is the folder that the session was held in, where it is known: files are told below it.
    """
    return sorted(_once(lasting(_proposed(turns, root), turns)), key=lambda c: -c.confidence)[:MOST]


def _proposed(turns: Sequence[Turn], root: str) -> Iterator[Candidate]:
    heard = said(turns)
    ran = list(runs(turns))
    yield from preferences(heard)
    yield from decisions(heard)
    yield from fixes(heard, turns, ran)
    yield from procedures(heard, turns, ran)
    yield from facts(heard)
    yield from episode(turns, ran, heard, root)


def _once(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Merge candidates of the same words; of several kinds the surest wins, then the one that was proposed first."""
    kept: dict[str, Candidate] = {}
    for one in candidates:
        mark = fingerprint(one.content)
        kept[mark] = _merged(kept[mark], one) if mark in kept else one
    return list(kept.values())


def _merged(first: Candidate, second: Candidate) -> Candidate:
    best = second if second.confidence > first.confidence else first
    new_proof = set(second.message_ids) - set(first.message_ids)
    ids = tuple(dict.fromkeys((*first.message_ids, *second.message_ids)))
    confidence = min(0.99, best.confidence + (_AGAIN if new_proof else 0))
    return msgspec.structs.replace(best, message_ids=ids, confidence=confidence)

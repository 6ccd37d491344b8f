"""Relations that a text states in plain words between two entities: precise rules, that rather find too little.

Each is a verb between two mentions of one sentence, with at most a few small words beside it: `AuthService uses Redis`,
`pnpm instead of npm`, `replaced X with Y`, `closes #12`.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from contextfs.domain.graph.entities import Found, located
from contextfs.domain.graph.model import Edge, Relation
from contextfs.kit.pattern import pattern

_SMALL = r"(?:\s+(?:the|a|an|our|its|now|still|only|also|version|of|on|in|to|for|\w+ly))*\s*"
_AUX = r"(?:now |still |also |always |only )?"


class _Between(NamedTuple):
    words: re.Pattern[str]
    relation: Relation
    is_turned: bool = False
    """The second one is the subject."""


def _between(words: str) -> re.Pattern[str]:
    return pattern(rf"[`'\"(),]*\s+{_AUX}(?:{words}){_SMALL}[`'\"(]*", re.IGNORECASE)


_BETWEEN = (
    _Between(
        _between(r"depends? on|requires?|needs|imports|relies on|is built on|are built on|runs on|builds on"),
        "depends_on",
    ),
    _Between(_between(r"uses|use|is using|talks to|calls|reads from|writes to|stores \w+ in|goes through"), "uses"),
    _Between(_between(r"instead of|rather than|replaces|replaced|supersedes|in place of|over"), "replaces"),
    _Between(
        _between(r"is replaced by|was replaced by|were replaced by|gave way to|became"), "replaces", is_turned=True
    ),
    _Between(_between(r"fixes|fixed|resolves|resolved|closes|closed|works around|solves|cures"), "fixes"),
    _Between(
        _between(r"is fixed by|was fixed by|was caused and fixed by|is solved by|was solved by"),
        "fixes",
        is_turned=True,
    ),
)
_BEFORE = (
    _Between(pattern(r"\b(?:replaced?|swap(?:ped)?)\s+[`'\"]*$", re.IGNORECASE), "replaces", is_turned=True),
    _Between(
        pattern(r"\b(?:migrated?|moved?|switch(?:ed)?)(?: \w+)? from\s+[`'\"]*$", re.IGNORECASE),
        "replaces",
        is_turned=True,
    ),
)
_WITH = pattern(r"[`'\"]*\s+(?:with|by|for|to)\s+[`'\"]*", re.IGNORECASE)
_CLOSES = pattern(r"\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?)[: ]+[`'\"]*$", re.IGNORECASE)
_NOT = pattern(
    r"\b(?:not|never|no longer|don't|doesn't|didn't|isn't|wasn't|without|stop(?:ped)?)\b|n\u2019t\b", re.IGNORECASE
)
_SENTENCE = pattern(r"[.!?](?=\s)|\n")


def relations(text: str) -> Iterator[Edge]:
    """Yield what a text states between two entities, each once; nothing that it denies."""
    found = located(text)
    seen: set[Edge] = set()
    for left, right in pairwise(found):
        edge = _edge(text, left, right)
        if edge is not None and edge.source != edge.target and edge not in seen:
            seen.add(edge)
            yield edge


def closed(text: str) -> list[str]:
    """Give the issues that a text says it closes, by the words that trackers know: `fixes #12`, `Closes SHOP-7`."""
    found = [
        one.mention.entity
        for one in located(text)
        if one.mention.kind == "issue" and _CLOSES.search(text, max(0, one.start - 16), one.start)
    ]
    return list(dict.fromkeys(found))


def first_sentence(text: str) -> str:
    """Give a text's first sentence."""
    end = _SENTENCE.search(text.strip())
    return text.strip()[: end.start()] if end else text.strip()


def _edge(text: str, left: Found, right: Found) -> Edge | None:
    between = text[left.end : right.start]
    if _SENTENCE.search(between) or _NOT.search(text, _sentence_start(text, left.start), right.start):
        return None
    rule = _rule(text, left, between)
    if rule is None:
        return None
    source, target = (right, left) if rule.is_turned else (left, right)
    return Edge(source=source.mention.entity, relation=rule.relation, target=target.mention.entity)


def _rule(text: str, left: Found, between: str) -> _Between | None:
    for rule in _BEFORE:
        if _WITH.fullmatch(between) and rule.words.search(text, max(0, left.start - 40), left.start):
            return rule
    return next((rule for rule in _BETWEEN if rule.words.fullmatch(between)), None)


def _sentence_start(text: str, at: int) -> int:
    starts = [match.end() for match in _SENTENCE.finditer(text, 0, at)]
    return starts[-1] if starts else 0

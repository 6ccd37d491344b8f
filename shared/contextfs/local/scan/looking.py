"""Looks through many values at once, and tells of each that holds a secret what it holds and how it is without."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from contextfs.domain.redaction.model import Finding, Policy
from contextfs.domain.redaction.rules import redact_json
from contextfs.domain.redaction.sieve import gather, suspects

T = TypeVar("T")


class Hit(NamedTuple):
    """A value that holds secrets: what was found in it, and how it is without them."""

    thing: Any
    findings: tuple[Finding, ...]
    cleaned: Any


def hits(things: Sequence[tuple[T, Any]], policy: Policy) -> Iterator[Hit]:
    """Look through JSON values, each with the thing that it is of."""
    texts: dict[str, Any] = {}
    named = [gather(value, texts, policy.wanted) for _, value in things]
    places = suspects([*texts], policy.wanted)
    bad = {text for place, text in enumerate(texts) if place in places}
    for (thing, value), is_named in zip(things, named, strict=True):
        if is_named or (bad and _holds(value, bad, policy)):
            done = redact_json(value, key=policy.key, wanted=policy.wanted)
            if done.findings:
                yield Hit(thing, done.findings, done.value)


def _holds(value: Any, bad: set[str], policy: Policy) -> bool:
    texts: dict[str, Any] = {}
    gather(value, texts, policy.wanted)
    return not bad.isdisjoint(texts)

"""The nouns of redaction: how it is done, what was found, and the text that is safe to keep."""

from typing import Any, Final, NamedTuple

import msgspec

from contextfs.kit.personal import PERSONAL, USUAL, Personal

VERSION: Final = 4
"""Grows when the rules find more: what was looked through with fewer is due to be looked through again."""


class Policy(NamedTuple):
    """How texts are cleaned: the key of the fingerprints, and which classes are replaced beside secrets."""

    key: bytes
    personal: frozenset[Personal] = USUAL

    @property
    def edition(self) -> int:
        """Name the rules and the classes: what was looked through under another one is due to be looked through."""
        return VERSION << len(PERSONAL) | sum(1 << place for place, one in enumerate(PERSONAL) if one in self.personal)


class Span(NamedTuple):
    """A stretch of UTF-8 bytes that must go; the smaller `rank` names an overlap."""

    start: int
    end: int
    kind: str
    rank: int


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One secret that was replaced; it never carries the secret itself."""

    kind: str
    fingerprint: str
    length: int
    """Characters that were replaced."""
    where: str = ""
    """The place in a JSON value (`$.env.TOKEN`); empty for plain text."""

    def marker(self) -> str:
        """Write what stands in the text in the secret's place."""
        return f"[redacted:{self.kind}:{self.fingerprint}]"


class Redacted(msgspec.Struct, frozen=True, kw_only=True):
    """A text that may be stored, and what was taken out of it, in order of appearance."""

    text: str
    findings: tuple[Finding, ...] = ()


class RedactedJson(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON value that may be stored, and what was taken out of it."""

    value: Any
    findings: tuple[Finding, ...] = ()

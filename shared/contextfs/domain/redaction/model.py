"""The nouns of redaction: how it is done, what was found, and the text that is safe to keep."""

from typing import Any, Final, NamedTuple

import msgspec

from contextfs.kit.fields import Moment
from contextfs.kit.pattern import pattern
from contextfs.kit.personal import PERSONAL, USUAL
from contextfs.kit.redaction_rule import RedactionRule, Rules, Wanted

VERSION: Final = 13
"""Grows when the rules find more: what was looked through with fewer is due to be looked through again."""
MARKER: Final = pattern(rb"\[redacted:[a-z0-9-]{1,32}:[0-9a-f]{8}\]")
"""What stands in the place of what was replaced."""


class Policy(NamedTuple):
    """How texts are cleaned: the key of the fingerprints, and the classes and rules of one's own beside secrets."""

    key: bytes
    wanted: frozenset[Wanted] = USUAL

    @property
    def edition(self) -> int:
        """Name rules and classes, in 63 bits: what was looked through under another one is due to be looked through."""
        known = VERSION << len(PERSONAL) | sum(1 << place for place, one in enumerate(PERSONAL) if one in self.wanted)
        from zlib import crc32  # noqa: PLC0415 - asked for by what looks back

        own = sorted(msgspec.json.encode(one) for one in self.wanted if isinstance(one, RedactionRule))
        return known << 32 | crc32(b"\n".join(own)) if own else known


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


class OwnRules(msgspec.Struct, frozen=True, kw_only=True):
    """An organization's own rules: what is taken out of all that it stores, beside secrets and personal data."""

    rules: Rules
    updated_at: Moment | None = None


class OwnRulesChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organization's new rules. What is stored already stays as it is."""

    rules: Rules

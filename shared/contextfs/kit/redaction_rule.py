"""A rule of redaction that people write themselves: what has to go beside what the product knows."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Final, Self

import msgspec
from msgspec import Meta

from contextfs.kit import forms
from contextfs.kit.personal import Personal

if TYPE_CHECKING:
    from contextfs.kit.ports import Row

RuleName = Annotated[
    str,
    Meta(
        max_length=32,
        pattern=forms.RULE,
        description="What stands in the place of what was replaced: small letters, digits, and hyphens between.",
    ),
]
Pattern = Annotated[str, Meta(min_length=1, max_length=1000)]
Keyword = Annotated[str, Meta(min_length=2, max_length=100)]


class RedactionRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What matches `pattern` is replaced by `[redacted:<name>:<fingerprint>]`; with a group `value`, only the group.

    Patterns are regular expressions in RE2's syntax, over the lines of a text. With `keywords`, the rule runs only if
    one of these words is in the text, or in the name that a JSON object gives it, in small or large letters. A value
    that a pattern of `allow` matches completely stays.
    """

    name: RuleName
    pattern: Pattern
    keywords: Annotated[tuple[Keyword, ...], Meta(max_length=50)] = ()
    allow: Annotated[tuple[Pattern, ...], Meta(max_length=50)] = ()


Rules = Annotated[
    list[RedactionRule],
    Meta(max_length=100, description="What is replaced beside secrets and classes of personal data."),
]
Wanted = Personal | RedactionRule
"""What is taken out beside secrets: a class of what tells who somebody is, or a rule of one's own."""


class Choice(msgspec.Struct, frozen=True):
    """What is taken out of what a project stores beside secrets: classes as it chose (None: it did not), and rules."""

    personal: frozenset[Personal] | None
    rules: tuple[RedactionRule, ...]

    @classmethod
    def of(cls, row: "Row | None") -> Self:
        """Read the columns `personal` and `rules`."""
        if row is None:
            return cls(None, ())
        chosen, rules = row["personal"], row["rules"]
        return cls(
            None if chosen is None else frozenset(chosen), msgspec.convert(rules or (), tuple[RedactionRule, ...])
        )

    def wanted(self, usual: Collection[Personal]) -> frozenset[Wanted]:
        """Give what is taken out; `usual` are the classes where the project chose none."""
        return frozenset[Wanted]((*(usual if self.personal is None else self.personal), *self.rules))


UNCHOSEN: Final = Choice(None, ())
"""What a project leaves to the installation, whose organization has no rules."""

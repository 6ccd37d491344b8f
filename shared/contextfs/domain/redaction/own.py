"""What people say themselves has to go: rules with a name and a pattern, in a store's settings or an organization's.

Patterns are run by RE2 (https://github.com/google/re2/wiki/Syntax), in whose time nothing but the length of a text
counts: whatever a person writes, it cannot hang what it is asked of. Many short matches of one that looks far ahead
could; so each is looked for within a window. Loaded only where there is a rule.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, Final, NamedTuple

from contextfs.domain.redaction.model import MARKER, Span
from contextfs.kit.errors import Invalid
from contextfs.kit.pattern import pattern
from contextfs.kit.redaction_rule import RedactionRule

LONGEST: Final = 512
"""Bytes of a match that is found whole wherever it stands; what is longer may be replaced in parts."""
_RANK: Final = 1
_WINDOW: Final = 2 * LONGEST
_GROUP: Final = "value"
_BY_LINE: Final = "(?m)"
_ENDS_OF_TEXT: Final = pattern(r"(?:^|[^\\])(?:\\\\)*\\([AzC])")
_OFF: Final = pattern(r"\(\?[a-zA-Z]*-[a-zA-Z]*m")
_SAMPLES: Final = (b"", b"a 1-", b"\n", b"-1")
_SYNTAX: Final = "write it as RE2 reads it, without lookaround and back-references"


class _Compiled(NamedTuple):
    """A rule as it is run: `group` is the number of what is replaced, `spoken` finds its keywords."""

    shape: Any
    group: int
    spoken: Any | None
    allowed: tuple[Any, ...]


def checked(rules: Sequence[RedactionRule], where: str = "$") -> None:
    """Pass over rules that can be run; Invalid says of the first other one what is wrong, and how it is mended."""
    names: set[str] = set()
    for place, rule in enumerate(rules):
        wrong = "its name is that of a rule before it: give it another one" if rule.name in names else _wrong(rule)
        if wrong:
            raise Invalid(f"The rule {rule.name} cannot be taken: {wrong}.", where=f"{where}[{place}]")
        names.add(rule.name)


def own(data: bytes, rules: Iterable[RedactionRule], called: bytes = b"") -> Iterator[Span]:
    """Find what the rules say has to go, between the markers that stand there already."""
    stretches = [one for one in _between(data) if one[0] < one[1]]
    for rule in rules:
        run = _compiled(rule)
        if run.spoken and not _is_spoken_of(run.spoken, data, stretches, called):
            continue
        for start, end in stretches:
            for match in _matches(run.shape, data, start, end):
                begins, ends = match.span(run.group)
                if begins < ends and not any(one.fullmatch(data[begins:ends]) for one in run.allowed):
                    yield Span(begins, ends, rule.name, _RANK)


def _between(data: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    for marker in MARKER.finditer(data):
        yield at, marker.start()
        at = marker.end()
    yield at, len(data)


def _is_spoken_of(spoken: Any, data: bytes, stretches: Sequence[tuple[int, int]], called: bytes) -> bool:
    return bool(called and spoken.search(called)) or any(spoken.search(data, *one) for one in stretches)


def _matches(shape: Any, data: bytes, at: int, end: int) -> Iterator[Any]:
    """Give the matches of a pattern one behind the other, in time that grows with the text alone."""
    match = shape.search(data, at, end)
    at = match.start() if match else end
    while at < end:
        until = min(at + _WINDOW, end)
        match = shape.search(data, at, until)
        if match and match.end() == until < end and match.start() > at:
            match = shape.search(data, match.start(), min(match.start() + _WINDOW, end))
        if match:
            yield match
        at = max(match.end(), at + 1) if match else until if until == end else until - LONGEST


@lru_cache(maxsize=1000)
def _compiled(rule: RedactionRule) -> _Compiled:
    shape = compiled(rule.pattern)
    spoken = compiled(f"(?i:{'|'.join(map(_escaped, rule.keywords))})") if rule.keywords else None
    return _Compiled(shape, shape.groupindex.get(_GROUP, 0), spoken, tuple(compiled(one) for one in rule.allow))


def _escaped(word: str) -> str:
    return "".join(one if one.isalnum() else f"\\x{{{ord(one):x}}}" for one in word)


def _engine() -> Any:
    return import_module("re2")  # by its name, for it has no types


def compiled(text: str) -> Any:
    """Compile a pattern as rules are run; an error of RE2 when it is none."""
    re2 = _engine()
    options = re2.Options()
    options.log_errors = False
    return re2.compile(f"{_BY_LINE}{text}", options)


def _wrong(rule: RedactionRule) -> str | None:
    for text in (rule.pattern, *rule.allow):
        try:
            compiled(text)
        except _engine().error as error:
            told = error.args[0].decode("utf-8", "replace") if error.args else "too large"
            return f"{text!r} is no pattern ({told.replace(_BY_LINE, '')}): {_SYNTAX}"
        if _ENDS_OF_TEXT.search(text) or _OFF.search(text):
            return rf"{text!r} asks for the ends of the whole text, or for bytes: ^ and $ are those of a line"
    return _too_much(compiled(rule.pattern))


def _too_much(shape: Any) -> str | None:
    """Tell of a pattern that is content with nothing, or with any one letter: hardly anything would be left."""
    is_empty = any(match.start() == match.end() for text in _SAMPLES if (match := shape.search(text)))
    if is_empty or any(shape.fullmatch(bytes([one])) for one in range(32, 127)):
        return "its pattern matches a single letter, or nothing: say more of what has to go, as in [0-9]{6}"
    return None

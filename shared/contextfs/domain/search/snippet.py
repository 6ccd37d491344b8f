"""The few words of a text that show why it was found."""

from collections import Counter
from collections.abc import Collection

import msgspec

from contextfs.domain.search.tokens import pieces
from contextfs.kit.errors import Invalid
from contextfs.kit.languages import ENGLISH, Languages
from contextfs.kit.pattern import pattern

_ELLIPSIS = "…"
_NARROWEST = 20
_LABEL = pattern(r"\A\w+: ")
_MARKS = pattern(r"[`*]")
_OPENING, _MOST_TOLD = 40, 40
"""Characters that a title has at least, words at the most."""


class _Match(msgspec.Struct, frozen=True):
    start: int
    end: int
    term: str


def snippet(
    text: str,
    query_terms: Collection[str],
    *,
    width: int = 200,
    told: str = "",
    languages: Languages = ENGLISH,
) -> str:
    """Give at most `width` characters of one line around the stretch that holds the most of the query's terms.

    `query_terms` are terms as `tokens.query_terms` gives them, in these `languages`. Without a match it is the text's
    beginning. Cuts fall between words and are marked by an ellipsis. What stands beside it is `told`: where a text of
    several lines begins with that, what follows is shown. Invalid when `width` is below 20.
    """
    if width < _NARROWEST:
        raise Invalid(f"a snippet of {width} characters shows nothing: give at least {_NARROWEST}")
    line = " ".join(_untold(text, told).split())
    if len(line) <= width:
        return line
    start, end = _densest(_matches(line, frozenset(query_terms), languages), width - 2)
    return _cut(line, start, end, width)


def _untold(text: str, told: str) -> str:
    """Give what a text of several lines says behind that beginning of its first line which is told, its label aside."""
    first, _, others = text.strip().partition("\n")
    words, known = _LABEL.sub("", first).split(), _plain(told)
    opening = range(min(len(words), _MOST_TOLD), 0, -1)
    count = next((n for n in opening if _plain(" ".join(words[:n])).rstrip(".:;,") in known), 0)
    if not others.strip() or (count < len(words) and len(" ".join(words[:count])) < _OPENING):
        return text
    left = " ".join(words[count:])
    return f"{_ELLIPSIS}{left}\n{others}" if left else others


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", text).split())


def _matches(line: str, wanted: frozenset[str], languages: Languages) -> list[_Match]:
    initials = None if languages else {term[0] for term in wanted if term}
    return [
        _Match(start, end, term)
        for start, end, terms in pieces(line, languages, initials=initials)
        if (term := next((term for term in terms if term in wanted), None)) is not None
    ]


def _densest(matches: list[_Match], room: int) -> tuple[int, int]:
    """Give the stretch within `room` with the most distinct terms, then the most matches, then the earliest."""
    best, best_worth = (0, 0), (0, 0)
    seen: Counter[str] = Counter()
    first = 0
    for match in matches:
        seen[match.term] += 1
        while match.end - matches[first].start > room and matches[first] is not match:
            seen[matches[first].term] -= 1
            seen += Counter()
            first += 1
        worth = (len(seen), seen.total())
        if worth > best_worth:
            best, best_worth = (matches[first].start, match.end), worth
    return best


def _cut(line: str, start: int, end: int, width: int) -> str:
    """Widen the stretch evenly to `width`, then draw its ends back to the nearest spaces."""
    room = width - 2
    spare = max(0, room - (end - start))
    low = max(0, min(start - spare // 2, len(line) - room))
    high = min(len(line), low + room)
    if low > 0:
        space = line.find(" ", low - 1, max(low, start))
        low = space + 1 if space >= 0 else low
    if high < len(line):
        space = line.rfind(" ", min(high, end), high + 1)
        high = space if space > low else high
    return (_ELLIPSIS if low else "") + line[low:high].strip() + (_ELLIPSIS if high < len(line) else "")

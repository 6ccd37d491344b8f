"""A word of a question that stands nowhere, and the one that was likely meant: near in letters, held by what was found.

Most misspelled words have one letter too many, too few or wrong, or two that changed places (F. J. Damerau, "A
technique for computer detection and correction of spelling errors", 1964); the first letter is seldom the wrong one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from contextfs.domain.search.question import Question, understand
from contextfs.domain.search.tokens import are_small, query_terms, terms
from contextfs.kit.pattern import pattern

_SHORTEST = 4
_CHANGED = 6
"""From this length on a letter may be a wrong one: shorter words that differ in one letter are mostly both words."""
_LONG = 8
"""From this length on two mistakes may be in a word."""
_LONGEST = 40
_MOST = 8
"""So many words are looked at: a question of more that nobody ever said is no question with a slip in it."""
_TYPED = pattern(r"(?<![\w./\\:@'\u2019-])[^\W\d_]+(?![\w/\\@]|[.:'\u2019-]\w)")


def corrections(question: Question, rarities: Sequence[float], said: Iterable[str]) -> dict[str, str]:
    """Give for words of a question, as they are typed, those that were likely meant; none for what any passage holds.

    `rarities` are those of `question.words`, 0 for what no passage holds; `said` are the texts that were found. Names
    with a capital, identifiers, and what is quoted are left as they are.
    """
    unheld = {word for word, rarity in zip(question.words, rarities, strict=False) if not rarity}
    typed = (
        [word for word in _words(question) if unheld.issuperset(query_terms(word, question.languages))][:_MOST]
        if unheld
        else []
    )
    if not typed:
        return {}
    text = "\n".join(said).lower()
    meant = {word: _meant(word.lower(), text) for word in typed}
    return {word: one for word, one in meant.items() if one}


def spelled(question: Question, corrected: Mapping[str, str], *, today: date) -> Question:
    """Give the same question with the words that were likely meant."""
    text = _TYPED.sub(lambda match: corrected.get(match.group(), match.group()), question.text)
    return msgspec.structs.replace(
        understand(text, today=today, languages=question.languages), filters=question.filters
    )


def told(corrected: Mapping[str, str]) -> list[str]:
    """Say what was looked for instead of what."""
    return [
        f"\u201c{word}\u201d was not found: \u201c{meant}\u201d was searched instead."
        for word, meant in corrected.items()
    ]


def distance(one: str, other: str, *, most: int) -> int:
    """Count the letters to add, drop, change, or swap with the next one, until two words are the same.

    This is the optimal string alignment. Words whose lengths are more than `most` apart give `most + 1`.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = [*range(len(other) + 1)]
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, beside in enumerate(other, start=1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != beside))
            if before and column > 1 and letter == other[column - 2] and one[row - 2] == beside:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]


def _words(question: Question) -> list[str]:
    """Give the words that may be misspelled, each once, in their order: those of asking are not looked for."""
    kept = " ".join([*question.phrases, *question.identifiers])
    about = {*_TYPED.findall(question.about)}
    found: list[str] = []
    for match in _TYPED.finditer(question.text):
        word = match.group()
        small = word[1:].islower() and (word[0].islower() or not match.start())
        if small and word in about and word not in kept and _SHORTEST <= len(word) <= _LONGEST:
            found.append(word)
    return [word for word in dict.fromkeys(found) if len(query_terms(word)) == 1]


def _meant(word: str, text: str) -> str | None:
    """Give the nearest word of a text, of equally near ones that which it has most often; both in small letters.

    None where that is a small word: what says something is not given up for what says little.
    """
    most = 2 if len(word) >= _LONG else 1
    first, rest = re.escape(word[0]), len(word) - 1
    alike = re.compile(rf"{first}(?<!\w{first})[^\W\d_]{{{rest - most},{rest + most}}}(?!\w)")
    near = [
        (apart, -count, other)
        for other, count in Counter(alike.findall(text)).items()
        if (len(word) >= _CHANGED or len(word) != len(other) or sorted(word) == sorted(other))
        and (apart := distance(word, other, most=most)) <= most
    ]
    nearest = min(near)[2] if near else None
    return nearest if nearest and not are_small(terms(nearest)) else None

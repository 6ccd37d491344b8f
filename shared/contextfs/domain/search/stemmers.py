"""Stems of other languages than English, by the algorithms of the Snowball project (snowballstem.org).

A stemmer reads the words of its script alone, with their accents. It is loaded when a word of its language is first
stemmed; it has a state, so each word gets one of its own.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, Final

from contextfs.kit.languages import NAMES, Languages

_LONGEST_WORD: Final = 40

_SCRIPTS: Final = (
    ("A", "latin"), ("[", ""), ("a", "latin"), ("{", ""), ("\u00aa", "latin"), ("\u02b0", ""), ("\u0370", "greek"),
    ("\u0400", "cyrillic"), ("\u0530", "armenian"), ("\u0590", "hebrew"), ("\u0600", "arabic"), ("\u0700", ""),
    ("\u0900", "devanagari"), ("\u0980", ""), ("\u0b80", "tamil"), ("\u0c00", ""), ("\u1e00", "latin"),
    ("\u1f00", "greek"), ("\u2000", ""),
)  # fmt: skip
"""Where in Unicode a script begins, in order; what is none of these has no name."""
_STARTS: Final = [start for start, _ in _SCRIPTS]

_WRITTEN: Final = {
    "ar": {"arabic"}, "el": {"greek"}, "fa": {"arabic"}, "hi": {"devanagari"}, "hy": {"armenian"},
    "ne": {"devanagari"}, "ru": {"cyrillic"}, "sr": {"cyrillic", "latin"}, "ta": {"tamil"}, "yi": {"hebrew"},
}  # fmt: skip
"""In which scripts languages are written; those that are not named, in Latin letters."""
_LATIN: Final = {"latin"}


def stems(word: str, languages: Languages) -> tuple[tuple[str, str], ...]:
    """Give a lower-case word's stems as (code, stem), one for each of the languages that its script writes.

    The word is in NFKC with its accents; one of more than 40 letters has none. Total: any word has an answer.
    """
    if len(word) > _LONGEST_WORD:
        return ()
    return tuple((code, _stemmer(code)().stemWord(word)) for code in _of_script(word, languages))


def is_covered(word: str, languages: Languages) -> bool:
    """Tell whether one of the languages is written in the script of a word."""
    return any(True for _ in _of_script(word, languages))


@lru_cache(maxsize=1 << 15)
def share(term: str, languages: Languages) -> float:
    """Give what a term counts: those that a word has in several languages count as one together.

    `term` is the English one, or has its language's code before a colon. An identifier as a whole has no others.
    """
    code, _, rest = term.partition(":")
    word = rest if code in languages and rest else term
    if word.isascii() and not word.isalnum():
        return 1.0
    return 1.0 / (1 + sum(1 for _ in _of_script(word, languages)))


def length(terms: Sequence[str], languages: Languages) -> int:
    """Count what a text's terms amount to: as many as they would be in English alone."""
    return round(sum(share(term, languages) for term in terms)) if languages else len(terms)


def _of_script(word: str, languages: Languages) -> Iterator[str]:
    script = _SCRIPTS[bisect_right(_STARTS, word[:1]) - 1][1] if word >= "A" else ""
    return (code for code in languages if script in _WRITTEN.get(code, _LATIN))


@cache
def _stemmer(code: str) -> Callable[[], Any]:
    name = NAMES[code]
    return getattr(import_module(f"snowballstemmer.{name.lower()}_stemmer"), f"{name}Stemmer")

"""Words of a text as search sees them: prose is stemmed, code keeps each identifier whole and in its parts.

The same terms feed the server's BM25 vectors, the laptop's index, the query and the snippet, so that all agree.
Changing what `terms`, `term_key` or `dimension` give makes stored passages stale: they must be rebuilt.

Where other languages are set, a word has a term in each of them beside the English one, as `de:haus` for "Häuser". They
add, and take nothing away: what English alone finds is found in any setting, and in passages of an earlier one.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from uuid import UUID

from contextfs.domain.search.stemmers import is_covered, stems
from contextfs.domain.search.stems import stem
from contextfs.domain.search.stop_words import STOP_WORDS
from contextfs.kit.digest import blake2b
from contextfs.kit.languages import ENGLISH, Languages
from contextfs.kit.pattern import pattern

DIMENSIONS = 999_999_999
"""Dimensions that a term may fall on, counted from 1: one below pgvector's limit for `sparsevec`."""

_LONGEST_TERM = 128
_LONGEST_WORD = 40
_REMEMBERED = 40

# Scripts that put no spaces between words: Thai to Khmer, kana, Han, hangul.
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
# Signs that belong to a letter and that `\w` leaves out: loose accents, Hebrew, Arabic and Indic vowels.
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_FOLDED_SIGNS = pattern("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+")
_FOLDED_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"},
)

_CHUNK = pattern(rf"(?<!\w)[A-Za-z](?:\+\+|\#)(?!\w)|[\w{_SIGNS}]+(?:[./\\:@'\u2019-]{{1,3}}[\w{_SIGNS}]+)*")
_PLAIN_CHUNK = pattern(r"(?<!\w)[A-Za-z](?:\+\+|\#)(?!\w)|\w+(?:[./\\:@'-]{1,3}\w+)*")
"""The same, of ASCII alone: it takes a fifth of the time to compile."""
_RUN = pattern(rf"([{_SPACELESS}]+)")
_LETTERS = pattern(r"[^\W\d_]+")
_CLITIC = pattern(r"['\u2019](?:s|ll|ve|re|d|m)$|['\u2019](?=t$)", re.IGNORECASE)
_LEVELS = (pattern(r"[/\\:@]+"), pattern(r"[.'\u2019-]+"), pattern(r"_+"))
_HUMPS = pattern(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PARTS = pattern(rf"(?:[^\W_]|[{_SIGNS}])+")
_OPERATORS = pattern(r"[<>=+%&]+|!=|!(?=\w)|(?<!\w)-(?=\d)")


def terms(text: str, languages: Languages = ENGLISH) -> list[str]:
    """Give the terms of a text in order, repeats kept; total: any text has an answer, without letters it is empty.

    Text is NFKC, accents are folded, letters lower-cased. `AuthError` gives `autherror`, `auth`, `error`;
    `src/auth/login_page.py` gives itself, `src`, `auth`, `login_page.py`, `login_page`, `login`, `page`, `py`.
    English words are stemmed; scripts without spaces give pairs of characters. The terms in other `languages` come
    behind all of these, in order too.
    """
    found: list[str] = []
    plain = folded(text)
    for chunk in _chunks_of(plain).findall(plain):
        found += _known(chunk) if len(chunk) <= _REMEMBERED else _expand(chunk)
    return [*found, *_others(text, languages)] if languages else found


def folded(text: str) -> str:
    """Give a text in NFKC with its accents folded (`é` is `e`, `ß` is `ss`); case stays as it is."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text).translate(_FOLDED_LETTERS)
    return unicodedata.normalize("NFKC", _FOLDED_SIGNS.sub("", apart))


def query_terms(text: str, languages: Languages = ENGLISH) -> list[str]:
    """Give the distinct terms of a query without stop words, or with them when nothing else was said."""
    distinct = list(dict.fromkeys(terms(text, languages)))
    small = _small(languages)
    return [term for term in distinct if term not in small] or distinct


def ends_otherwise(text: str, languages: Languages = ENGLISH) -> bool:
    """Tell whether a text has a word that shows to be of a language whose endings are not known: Russian, Arabic, …

    What is written in plain Latin letters does not show it, and scripts without spaces need no endings.
    """
    return not text.isascii() and any(
        not part.isascii() and part.isalpha() and not is_covered(part, languages)
        for part in _LETTERS.findall(_RUN.sub(" ", text))
    )


def are_small(some: Collection[str], languages: Languages = ENGLISH) -> bool:
    """Tell whether terms are stop words alone, or none."""
    return _small(languages).issuperset(some)


@cache
def _small(languages: Languages) -> frozenset[str]:
    words = " ".join(STOP_WORDS.get(code, "") for code in ("en", *languages))
    return frozenset(terms(words, languages))


def pieces(
    text: str, languages: Languages = ENGLISH, *, initials: Collection[str] | None = None
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Give (start, end, terms) for each stretch of the text that yields terms, with positions in `text` as it is.

    With `initials`, plain words that begin with none of these letters are passed over: a stem begins as its word does.
    """
    for match in _chunks_of(text).finditer(text):
        for start, end in _stretches(match.group(), match.start()):
            piece = text[start:end]
            if initials is not None and _begins_otherwise(piece, initials):
                continue
            is_known = not languages and piece.isascii() and len(piece) <= _REMEMBERED
            found = _known(piece) if is_known else tuple(terms(piece, languages))
            if found:
                yield start, end, found


def fingerprint(text: str) -> str:
    """Give 32 hex digits that texts share when they differ only in case, accents, endings, spaces or punctuation.

    Order counts, and so do stop words and operators: "not", `!=` and a minus make another text.
    """
    said = "\n".join([*terms(text), *_OPERATORS.findall(text)]) or text
    return blake2b(_bytes(said), digest_size=16, person=b"ctxfs-print").hexdigest()


def term_key(scope: UUID, term: str) -> int:
    """Hash a term within one tenant to 1..2^31-1, for a `terms int[]` column (BLAKE2b keyed by the scope's bytes).

    The salt keeps one tenant's posting lists apart from another's in a shared GIN index.
    """
    digest = blake2b(_bytes(term), digest_size=4, key=scope.bytes, person=b"ctxfs-key").digest()
    return int.from_bytes(digest, "big") & 0x7FFFFFFF or 1


def dimension(term: str) -> int:
    """Hash a term to 1..DIMENSIONS, its place in a sparse vector of BM25 weights (BLAKE2b, without salt)."""
    digest = blake2b(_bytes(term), digest_size=8, person=b"ctxfs-dim").digest()
    return int.from_bytes(digest, "big") % DIMENSIONS + 1


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _begins_otherwise(piece: str, initials: Collection[str]) -> bool:
    """Tell whether a piece is one plain word, of one term, that begins with none of some letters."""
    return piece[1:].islower() and piece.isalpha() and piece.isascii() and piece[0].lower() not in initials


def _chunks_of(text: str) -> re.Pattern[str]:
    return _PLAIN_CHUNK if text.isascii() else _CHUNK


def _stretches(chunk: str, offset: int) -> Iterator[tuple[int, int]]:
    """Cut a chunk of the text into what may be shown alone: pairs in spaceless scripts, else the whole."""
    if chunk.isascii():
        yield offset, offset + len(chunk)
        return
    for run in _RUN.split(chunk):
        if _RUN.match(run):
            yield from ((offset + i, offset + min(i + 2, len(run))) for i in range(max(1, len(run) - 1)))
        elif run:
            yield offset, offset + len(run)
        offset += len(run)


@lru_cache(maxsize=1 << 15)
def _known(chunk: str) -> tuple[str, ...]:
    """Remember the answers for short chunks: a few words make up most of what people and programs write."""
    return tuple(_expand(chunk))


def _expand(chunk: str) -> list[str]:
    """Give the terms of one chunk that has no white space in it."""
    if chunk[-1] in "+#":
        return [chunk.casefold()]
    if chunk.isascii():
        if chunk.isalnum():
            return _word(chunk)
        return _identifier(_CLITIC.sub("", chunk), 0)
    found: list[str] = []
    for run in _RUN.split(chunk):
        if _RUN.match(run):
            found += [run[i : i + 2] for i in range(max(1, len(run) - 1))]
        else:
            found += _identifier(_CLITIC.sub("", run), 0)
    return found


def _identifier(piece: str, level: int) -> list[str]:
    """Split at paths, then dots and hyphens, then underscores, then capitals; keep each whole beside its parts."""
    if level == len(_LEVELS):
        return _word(piece)
    parts = [part for part in _LEVELS[level].split(piece) if part]
    if len(parts) <= 1:
        return [term for part in parts for term in _identifier(part, level + 1)]
    whole = piece.casefold()
    found = [whole] if len(whole) <= _LONGEST_TERM else []
    for part in parts:
        if len(part) > 1 or not part.isascii():
            found += _identifier(part, level + 1)
    return found


def _word(word: str) -> list[str]:
    """Give a word's stem and, of `parseHTML2`, its humps; very long words (keys, digests, data) stay opaque."""
    whole = word.casefold()
    if len(word) > _LONGEST_WORD or not word.isascii():
        return [whole[:_LONGEST_TERM]]
    if word.isalpha() and (word.islower() or word[1:].islower() or word.isupper()):
        return [stem(whole)]
    humps = [hump for hump in _HUMPS.findall(word) if len(hump) > 1]
    if humps == [word]:
        return [stem(whole)]
    return [stem(whole), *(stem(hump.casefold()) for hump in humps)]


def _others(text: str, languages: Languages) -> Iterator[str]:
    """Give the terms in other languages than English: of each word, with its accents, and of its humps."""
    for chunk in _PARTS.findall(unicodedata.normalize("NFKC", text)):
        yield from _known_others(chunk, languages)


@lru_cache(maxsize=1 << 15)
def _known_others(word: str, languages: Languages) -> tuple[str, ...]:
    if len(word) > _LONGEST_WORD:
        return ()
    words = [word]
    if word.isascii() and not (word.islower() or word[1:].islower() or word.isupper()):
        humps = [hump for hump in _HUMPS.findall(word) if len(hump) > 1]
        words += [] if humps == [word] else humps
    found = (one for each in words if len(each) > 1 for one in stems(each.casefold(), languages))
    return tuple(f"{code}:{folded(one).casefold()}" for code, one in found)

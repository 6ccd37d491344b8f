"""WordPiece, as the uncased BERT models do it: text to the numbers of its word pieces.

The steps are those of BERT (Devlin et al. 2018) and of its usual tokenizer: control characters are dropped, every CJK
character and every punctuation mark is a word, accents and case are lost, and each word is cut from its front into
the longest pieces that the vocabulary knows. A word with a part that it does not know is one `[UNK]` as a whole.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

LONGEST_WORD = 100  # characters; a longer one is unknown without a look
LOOKED_AT = 25_600  # characters of a text: at the limit of 256 pieces, more only matters behind 100 characters a piece

_CJK = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)
_DROPPED = ("Cc", "Cf", "Co", "Cs")  # but not Cn: what this Python does not know yet is a word, an unknown one
_KEPT_SPELLINGS = 20_000
_KEPT_WORDS = 16_384


class WordPiece:
    """Cuts texts by one vocabulary, whose order gives the numbers. Threads may share it."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        """Take the vocabulary; it must hold `[CLS]`, `[SEP]` and `[UNK]`."""
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self._longest = max(map(len, vocabulary))
        self._first, self._last, self._unknown = (self._numbers[piece] for piece in ("[CLS]", "[SEP]", "[UNK]"))
        self._spellings = _Spellings()
        self._pieces = lru_cache(maxsize=_KEPT_WORDS)(self._cut)

    def __call__(self, text: str, limit: int) -> list[int]:
        """Give `[CLS]`, the pieces of the text, `[SEP]`: at most `limit` numbers, the end of a longer text is lost."""
        numbers = [self._first]
        for word in self.words(text):
            numbers += (self._unknown,) if len(word) > LONGEST_WORD else self._pieces(word)
            if len(numbers) >= limit:
                break
        return [*numbers[: limit - 1], self._last]

    def words(self, text: str) -> Iterator[str]:
        """Give the words of the text's first `LOOKED_AT` characters, in lower case and without accents."""
        return iter(text[:LOOKED_AT].translate(self._spellings).split())

    def _cut(self, word: str) -> tuple[int, ...]:
        numbers: list[int] = []
        start = 0
        while start < len(word):
            for end in range(min(len(word), start + self._longest), start, -1):
                number = self._numbers.get(word[start:end] if start == 0 else f"##{word[start:end]}")
                if number is not None:
                    break
            else:
                return (self._unknown,)
            numbers.append(number)
            start = end
        return tuple(numbers)


class _Spellings(dict[int, str]):
    """How each character is spelled before words are cut, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        spelling = _spelled(chr(code))
        if len(self) < _KEPT_SPELLINGS:  # a text that walks through all of Unicode must not stay in memory
            self[code] = spelling
        return spelling


def _spelled(char: str) -> str:
    kind = unicodedata.category(char)
    if char in "\t\n\r" or kind.startswith("Z"):
        return " "
    if kind in _DROPPED or char == "\N{REPLACEMENT CHARACTER}":
        return ""
    if any(low <= ord(char) <= high for low, high in _CJK):
        return f" {unicodedata.normalize('NFD', char)} "
    parts = (part for part in unicodedata.normalize("NFD", char) if unicodedata.category(part) != "Mn")
    return "".join(f" {part} " if _is_punctuation(part) else part.lower() for part in parts)


def _is_punctuation(char: str) -> bool:
    # BERT counts all ASCII marks, `$` and `+` too, which Unicode calls symbols.
    return unicodedata.category(char).startswith("P") or (char.isascii() and char.isprintable() and not char.isalnum())

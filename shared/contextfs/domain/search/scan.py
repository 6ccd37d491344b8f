"""BM25 over texts that no index holds: the same scores, at the price of reading them all."""

from collections import Counter
from collections.abc import Sequence

from contextfs.domain.search.bm25 import AVERAGE_LENGTH, idf, weight
from contextfs.domain.search.stemmers import length, share
from contextfs.kit.languages import ENGLISH, Languages


def scores(texts: Sequence[Sequence[str]], words: Sequence[str], languages: Languages = ENGLISH) -> list[float | None]:
    """Score texts, given as their terms, by the words of a question; None for all where none of them occurs."""
    counted = [Counter(text) for text in texts]
    held = {word: sum(word in said for said in counted) for word in words}
    rarities = {word: share(word, languages) * idf(len(texts), count) for word, count in held.items() if count}
    if not rarities:
        return [None] * len(texts)
    return [
        sum(
            rarity * weight(said[word], length=length(text, languages), average_length=AVERAGE_LENGTH)
            for word, rarity in rarities.items()
            if word in said
        )
        for text, said in zip(texts, counted, strict=True)
    ]

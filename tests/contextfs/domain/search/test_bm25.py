"""BM25 by sparse vectors against BM25 by its formula."""

from collections import Counter
from math import inf, log, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.bm25 import CEILING, idf, rarities, sparsevec_text, weights
from contextfs.domain.search.tokens import DIMENSIONS, dimension
from contextfs.kit.errors import Invalid

WORD = st.sampled_from([f"w{i}" for i in range(30)])
CORPUS = st.lists(st.lists(WORD, min_size=1, max_size=40), min_size=1, max_size=12)
QUERY = st.lists(WORD, min_size=1, max_size=6)


def oracle(corpus: list[list[str]], query: list[str]) -> list[float]:
    """Score every document by the formula, without a vector."""
    n, average = len(corpus), sum(map(len, corpus)) / len(corpus)

    def score(document: list[str]) -> float:
        total = 0.0
        for term in set(query):
            df = sum(term in other for other in corpus)
            tf = document.count(term)
            rarity = log(1 + (n - df + 0.5) / (df + 0.5))
            total += rarity * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * len(document) / average))
        return total

    return [score(document) for document in corpus]


def product(one: dict[int, float], other: dict[int, float]) -> float:
    return sum(weight * other.get(place, 0.0) for place, weight in one.items())


def parsed(text: str) -> dict[int, float]:
    """Read pgvector's text form."""
    body, _, size = text.partition("}/")
    assert (body[0], size) == ("{", "1000000000")
    return {
        int(place): float(weight) for place, _, weight in (one.partition(":") for one in body[1:].split(",") if one)
    }


@given(CORPUS, QUERY)
def test_the_inner_product_is_bm25(corpus: list[list[str]], query: list[str]) -> None:
    average = sum(map(len, corpus)) / len(corpus)
    dfs = Counter(term for document in corpus for term in set(document))
    asked = parsed(sparsevec_text(rarities(query, n=len(corpus), dfs=dfs)))

    found = [product(asked, parsed(sparsevec_text(weights(one, average_length=average)))) for one in corpus]

    assert found == pytest.approx(oracle(corpus, query), abs=1e-3)


def test_the_best_ten_are_those_of_the_oracle() -> None:
    corpus = [[f"w{(i * j * j) % 37}" for j in range(1, 5 + i % 17)] for i in range(200)]
    query = ["w1", "w4", "w9", "w33"]
    average = sum(map(len, corpus)) / len(corpus)
    asked = rarities(query, n=200, dfs=Counter(term for document in corpus for term in set(document)))
    scores = [product(asked, parsed(sparsevec_text(weights(one, average_length=average)))) for one in corpus]
    truth = oracle(corpus, query)

    found = sorted(range(200), key=lambda i: (-round(scores[i], 3), i))[:10]

    assert sorted(range(200), key=lambda i: (-round(truth[i], 3), i))[:10] == found


@given(st.lists(WORD, min_size=1, max_size=200), st.floats(min_value=1, max_value=1000))
def test_a_weight_stays_below_its_ceiling(document: list[str], average: float) -> None:
    assert all(0 < weight < CEILING for weight in weights(document, average_length=average).values())


def test_terms_on_one_dimension_add_up() -> None:
    alone = sum(weights(["word79759", "unrelated"], average_length=2).values())

    assert {647314224: pytest.approx(alone)} == weights(["word79759", "word81008"], average_length=2)


@pytest.mark.parametrize("average", [0, -1, nan, inf])
def test_an_average_that_cannot_be_is_refused(average: float) -> None:
    with pytest.raises(Invalid):
        weights(["a"], average_length=average)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_rarity_is_above_zero_even_when_counts_lag(n: int, df: int) -> None:
    assert idf(n, df) > 0


def test_rarer_terms_weigh_more() -> None:
    assert idf(100, 1) > idf(100, 2) > idf(100, 99)


def test_the_text_form() -> None:
    assert "{1:0.5,7:2,999999999:0.00001}/1000000000" == sparsevec_text({7: 2.0, 999_999_999: 0.00001, 1: 0.5, 3: 0.0})
    assert DIMENSIONS == 999_999_999


def test_the_text_form_of_nothing() -> None:
    assert "{}/1000000000" == sparsevec_text({})


def test_the_text_form_keeps_the_heaviest_that_fit() -> None:
    kept = parsed(sparsevec_text({place: 1 + place / 1000 for place in range(1, 16_003)}))

    assert (16_000, 3) == (len(kept), min(kept))


def test_an_unknown_term_is_the_rarest() -> None:
    assert {dimension("a"): idf(9, 0)} == rarities(["a", "a"], n=9, dfs={})

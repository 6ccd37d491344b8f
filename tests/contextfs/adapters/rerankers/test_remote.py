"""What a reranker somewhere else says is believed as far as it is sane."""

from collections.abc import Sequence
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.adapters.rerankers.remote import Endpoint, RemoteReranker, Scored
from contextfs.kit.errors import Unavailable


class Says(Endpoint):
    """Gives these scores, or fails where there are none; counts how often it is asked."""

    def __init__(self, *scores: float) -> None:
        self.scores = list(scores)
        self.asked = 0

    def ask(self, question: str, texts: Sequence[str]) -> list[Scored]:  # noqa: ARG002 - it says what it says
        """Give the scores, last first."""
        self.asked += 1
        if not self.scores:
            raise Unavailable("The reranker does not answer.")
        return [Scored(number, score) for number, score in enumerate(self.scores)][::-1]


@given(st.lists(st.floats(0, 1), min_size=1))
def test_what_lies_between_0_and_1_is_taken_as_it_is(scores: list[float]) -> None:
    assert scores == RemoteReranker("m", Says(*scores)).rerank("q", ["t"] * len(scores))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1).filter(lambda scores: min(scores) < 0 or max(scores) > 1))
def test_logits_become_relevances_in_the_same_order(scores: list[float]) -> None:
    found = RemoteReranker("m", Says(*scores)).rerank("q", ["t"] * len(scores))
    in_order = [relevance for _, relevance in sorted(zip(scores, found, strict=True))]

    assert in_order == sorted(found)
    assert all(0 <= relevance <= 1 for relevance in found)


@pytest.mark.parametrize("wrong", [nan, inf, -inf])
def test_what_is_no_number_is_refused(wrong: float) -> None:
    with pytest.raises(Unavailable, match="one relevance for each of 2"):
        RemoteReranker("m", Says(0.5, wrong)).rerank("q", ["a", "b"])


def test_nothing_to_read_asks_nobody() -> None:
    model = Says(0.5)

    assert ([], 0) == (RemoteReranker("m", model).rerank("q", []), model.asked)


def test_who_did_not_answer_is_left_alone_for_a_while() -> None:
    now = [100.0]
    model = Says()
    reranker = RemoteReranker("m", model, clock=lambda: now[0])
    told: list[str] = []
    for seconds in (0, 14, 2):
        now[0] += seconds
        with pytest.raises(Unavailable) as refused:
            reranker.rerank("q", ["a"])
        told.append(refused.value.detail)

    assert ["does not", "did not", "does not"] == [" ".join(one.split(" ans")[0].split()[-2:]) for one in told]
    assert 2 == model.asked

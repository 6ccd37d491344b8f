"""What is believed of an embedder somewhere else, and when it is asked again."""

from collections.abc import Callable, Sequence
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.adapters.embedders.remote import Numbers, RemoteEmbedder, TryAgain
from contextfs.kit.errors import Unavailable


class Endpoint:
    """Answers as a test says, one after the other, the last again and again; an error is raised."""

    def __init__(self, *answers: Callable[[Sequence[str]], Sequence[Numbers]] | Exception, most: int = 64) -> None:
        self.most_texts = most
        self.answers = list(answers)
        self.asked: list[list[str]] = []
        self.questions = 0

    def ask(self, texts: Sequence[str], *, question: bool) -> Sequence[Numbers]:
        """Answer."""
        self.asked.append(list(texts))
        self.questions += question
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(texts)


def lengths(texts: Sequence[str]) -> Sequence[Numbers]:
    return [[float(len(text)), 1.0] for text in texts]


def embedder(endpoint: Endpoint, slept: list[float] | None = None, dimensions: int | None = None) -> RemoteEmbedder:
    waits: list[float] = [] if slept is None else slept
    return RemoteEmbedder("openai:m", endpoint, dimensions=dimensions, sleep=waits.append, clock=lambda: 0.0)


def test_texts_go_in_batches_and_vectors_come_back_in_order_at_unit_length() -> None:
    endpoint = Endpoint(lengths, most=2)

    vectors = list(embedder(endpoint).embed(["", "bb", "ccc"]))

    assert [[".", "bb"], ["ccc"]] == endpoint.asked
    assert [round(one[0] / one[1]) for one in vectors] == [1, 2, 3]
    assert [round(sum(n * n for n in one), 9) for one in vectors] == [1.0] * 3


def test_who_is_busy_is_asked_again_after_as_long_as_it_wants() -> None:
    slept: list[float] = []
    endpoint = Endpoint(TryAgain("busy"), TryAgain("busy", 4), lengths)

    vectors = list(embedder(endpoint, slept).embed(["a"]))

    assert len(vectors) == 1
    assert slept == [0.5, 4]


@pytest.mark.parametrize(("seconds", "times"), [(0.0, 3), (60.0, 1)])
def test_who_stays_busy_or_wants_long_is_left_alone(seconds: float, times: int) -> None:
    endpoint = Endpoint(TryAgain("busy", seconds))

    with pytest.raises(Unavailable, match="busy"):
        list(embedder(endpoint).embed(["a"]))

    assert len(endpoint.asked) == times


def test_who_refuses_is_not_asked_again() -> None:
    endpoint = Endpoint(Unavailable("no"))

    with pytest.raises(Unavailable, match="no"):
        list(embedder(endpoint).embed(["a"]))

    assert len(endpoint.asked) == 1


GARBAGE: list[tuple[list[list[float]], str]] = [
    ([[nan, 1.0]], "points nowhere"),
    ([[inf, 1.0]], "points nowhere"),
    ([[0.0, 0.0]], "points nowhere"),
    ([[]], "points nowhere"),
    ([[1.0]], "1 dimensions instead of 2"),
    ([], "0 vectors for 1 texts"),
    ([[1.0, 0.0], [0.0, 1.0]], "2 vectors for 1 texts"),
]


@pytest.mark.parametrize(("vectors", "told"), GARBAGE)
def test_garbage_is_refused(vectors: Sequence[Numbers], told: str) -> None:
    endpoint = Endpoint(lambda _: vectors)

    with pytest.raises(Unavailable, match=told):
        list(embedder(endpoint, dimensions=2).embed(["a"]))


def test_the_first_answer_tells_the_dimensions_and_they_stay() -> None:
    endpoint = Endpoint(lambda _: [[1.0, 0.0, 0.0]], lambda _: [[1.0, 0.0]])
    found = embedder(endpoint)

    assert found.dimensions == 3
    with pytest.raises(Unavailable, match="2 dimensions instead of 3"):
        list(found.embed(["a"]))


def test_a_question_is_asked_once_and_then_none_for_a_moment() -> None:
    now = [0.0]
    endpoint = Endpoint(TryAgain("busy"), lengths)
    found = RemoteEmbedder("openai:m", endpoint, clock=lambda: now[0])

    with pytest.raises(Unavailable, match="busy"):
        found.question("a")
    with pytest.raises(Unavailable, match="a moment ago"):
        found.question("a")
    asked = len(endpoint.asked)
    now[0] = 20.0
    vector = found.question("a")

    assert asked == 1
    assert endpoint.questions == 2
    assert len(vector) == 2


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=0, max_size=4))
def test_what_is_believed_has_unit_length(vector: list[float]) -> None:
    try:
        (found,) = embedder(Endpoint(lambda _: [vector])).embed(["a"])
    except Unavailable:
        return

    assert abs(sum(number * number for number in found) - 1) < 1e-6

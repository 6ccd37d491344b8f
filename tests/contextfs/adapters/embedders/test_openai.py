"""An embedding model at an endpoint that speaks OpenAI's embeddings API."""

from collections.abc import Iterator
from typing import Any

import pytest

from contextfs.adapters.embedders.openai import OpenAIEndpoint
from contextfs.adapters.embedders.remote import Numbers, TryAgain
from contextfs.kit.errors import Unavailable
from tests.completions import Upstream, listening


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """Give an endpoint."""
    with listening() as found:
        yield found


def ask(upstream: Upstream, *texts: str, **wanted: Any) -> list[Numbers]:
    return list(OpenAIEndpoint("m", url=upstream.url, key="k", **wanted).ask(texts, question=False))


def test_vectors_come_in_the_order_of_the_texts(upstream: Upstream) -> None:
    items = [{"index": 1, "embedding": [0.5, 2]}, {"index": 0, "embedding": [1.0, 0.0]}]
    upstream.answers.append((200, {"data": items, "usage": {"prompt_tokens": 2}}))

    vectors = ask(upstream, "a", "b", dimensions=2)

    assert vectors == [[1.0, 0.0], [0.5, 2.0]]
    assert upstream.keys == ["Bearer k"]
    assert upstream.asked == [
        {"path": "/v1/embeddings", "model": "m", "encoding_format": "float", "dimensions": 2, "input": ["a", "b"]}
    ]


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Unavailable), (401, Unavailable), (429, TryAgain), (500, TryAgain), (503, TryAgain)]
)
def test_a_refusal_is_told_without_what_the_endpoint_says(
    upstream: Upstream, status: int, kind: type[Exception]
) -> None:
    upstream.fails(status)

    with pytest.raises(kind) as refused:
        ask(upstream, "a")

    assert str(status) in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "body", ["<html>", [], {"data": [{"index": 0, "embedding": ["NaN"]}]}, '{"data":[{"index":0,"embedding":[NaN]}]}']
)
def test_what_holds_no_vectors_is_refused(upstream: Upstream, body: Any) -> None:
    upstream.answers.append((200, body))

    with pytest.raises(Unavailable, match="something else"):
        ask(upstream, "a")


def test_an_endpoint_that_does_not_answer_in_time_is_not_waited_for(upstream: Upstream) -> None:
    upstream.answers.append((200, {"data": []}))
    upstream.pause = 0.5

    with pytest.raises(TryAgain, match="does not answer"):
        ask(upstream, "a", seconds=0.05)


def test_an_endpoint_that_is_not_there_is_told() -> None:
    with pytest.raises(TryAgain, match="does not answer"):
        OpenAIEndpoint("m", url="http://127.0.0.1:9/v1").ask(["a"], question=True)

"""Rerankers of each vendor, by the vendors' own clients where there are some, at a server that answers as they do."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from google.oauth2.credentials import Credentials

from contextfs.adapters.clouds.aws.reranker import BedrockReranker
from contextfs.adapters.clouds.gcp.reranker import VertexReranker
from contextfs.adapters.rerankers.cohere import CohereEndpoint
from contextfs.adapters.rerankers.remote import RemoteReranker
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.ports import Reranker
from tests.contextfs.adapters.clouds.answering import answering

Model = Callable[[str], Reranker]
Answer = Callable[[Sequence[float]], Any]


def vertex(url: str) -> Reranker:
    model = VertexReranker("semantic-ranker-default@latest", project="p", url=url, credentials=Credentials("token"))
    return RemoteReranker("vertex:m", model)


def amazon(url: str) -> Reranker:
    return RemoteReranker("bedrock:m", BedrockReranker("amazon.rerank-v1:0", region="us-west-2", url=url))


def cohere_on_bedrock(url: str) -> Reranker:
    return RemoteReranker("bedrock:m", BedrockReranker("cohere.rerank-v3-5:0", region="us-west-2", url=url))


def cohere(url: str) -> Reranker:
    return RemoteReranker("cohere:m", CohereEndpoint("m", url=url, key="k"))


def by_vertex(scores: Sequence[float]) -> Any:
    best = sorted(enumerate(scores), key=lambda one: -one[1])
    return {"records": [{"id": str(index)} | ({"score": score} if score else {}) for index, score in best]}


def by_cohere(scores: Sequence[float]) -> Any:
    best = sorted(enumerate(scores), key=lambda one: -one[1])
    return {"id": "x", "results": [{"index": index, "relevance_score": score} for index, score in best]}


MODELS = [(vertex, by_vertex), (amazon, by_cohere), (cohere_on_bedrock, by_cohere), (cohere, by_cohere)]
each = pytest.mark.parametrize(("model", "answer"), MODELS, ids=["vertex", "amazon", "cohere-bedrock", "cohere"])


NO_RELEVANCES: list[Any] = [[], "text", {}, {"results": [{}]}, {"records": [{"id": "x"}]}]


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give keys to sign with; nobody looks at them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@each
def test_relevances_come_in_the_order_of_the_texts(model: Model, answer: Answer) -> None:
    with answering(200, answer([0.25, 0.0, 0.875])) as (url, asked):
        found = model(url).rerank("which port?", ["a", "b", "c"])

    ((_, body),) = asked

    assert [0.25, 0.0, 0.875] == found
    assert "which port?" == body["query"]
    assert ["a", "b", "c"] == [one if isinstance(one, str) else one["content"] for one in _texts(body)]


def _texts(body: Any) -> Any:
    return body["records"] if "records" in body else body["documents"]


@each
@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
def test_a_refusal_is_told_without_its_text(model: Model, answer: Answer, status: int) -> None:
    with (
        answering(status, {"message": "sk-secret that was sent"}) as (url, asked),
        pytest.raises(Unavailable, match=r"The reranker (refuses|does not answer)") as refused,
    ):
        model(url).rerank("q", ["a"])

    assert 1 == len(asked)
    assert "secret" not in str(refused.value)


@each
@pytest.mark.parametrize("told", NO_RELEVANCES, ids=str)
def test_what_holds_no_relevances_is_refused(model: Model, answer: Answer, told: Any) -> None:
    with answering(200, told) as (url, _), pytest.raises(Unavailable, match="something else than relevances"):
        model(url).rerank("q", ["a"])


@each
def test_one_text_that_is_not_judged_is_told(model: Model, answer: Answer) -> None:
    with answering(200, answer([0.5])) as (url, _), pytest.raises(Unavailable, match="one relevance for each of 2"):
        model(url).rerank("q", ["a", "b"])


@each
def test_who_is_not_there_is_told(model: Model, answer: Answer) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        model("http://127.0.0.1:9").rerank("q", ["a"])


def test_a_model_of_another_vendor_is_refused() -> None:
    with pytest.raises(Invalid, match="neither Amazon's"):
        BedrockReranker("anthropic.claude", region="us-west-2")


def test_without_a_place_to_ask_it_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "GOOGLE_CLOUD_PROJECT", "GOOGLE_APPLICATION_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")

    with pytest.raises(Invalid, match="set AWS_REGION"):
        BedrockReranker("amazon.rerank-v1:0")
    with pytest.raises(Invalid, match="needs GOOGLE_CLOUD_PROJECT"):
        VertexReranker("semantic-ranker-default@latest")

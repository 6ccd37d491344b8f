"""The embedders of the clouds, by the vendors' own clients, at a server that answers as each vendor does."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from google.oauth2.credentials import Credentials

from contextfs.adapters.clouds.aws.embedder import BedrockEndpoint
from contextfs.adapters.clouds.gcp.embedder import VertexEndpoint
from contextfs.adapters.embedders.remote import Endpoint, TryAgain
from contextfs.kit.errors import Invalid, Unavailable
from tests.contextfs.adapters.clouds.answering import answering

Model = Callable[[str], Endpoint]


def vertex(url: str) -> Endpoint:
    return VertexEndpoint(
        "text-embedding-005", dimensions=2, project="p", location="l", url=url, credentials=Credentials("token")
    )


def titan(url: str) -> Endpoint:
    return BedrockEndpoint("amazon.titan-embed-text-v2:0", dimensions=2, region="us-east-1", url=url)


def cohere(url: str) -> Endpoint:
    return BedrockEndpoint("us.cohere.embed-v4:0", dimensions=2, region="us-east-1", url=url)


def by_vertex(vectors: Sequence[Any]) -> Any:
    statistics = {"truncated": False, "token_count": 3}
    return {"predictions": [{"embeddings": {"values": one, "statistics": statistics}} for one in vectors]}


def by_titan(vectors: Sequence[Any]) -> Any:
    return {"embedding": vectors[0], "inputTextTokenCount": 3}


def by_cohere(vectors: Sequence[Any]) -> Any:
    return {"embeddings": {"float": list(vectors)}, "response_type": "embeddings_by_type"}


VENDORS = pytest.mark.parametrize(
    ("model", "answer"),
    [(vertex, by_vertex), (titan, by_titan), (cohere, by_cohere)],
    ids=["vertex", "titan", "cohere"],
)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the clients credentials that open nothing."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@VENDORS
def test_it_gives_a_vector_for_each_text(model: Model, answer: Callable[[Sequence[Any]], Any]) -> None:
    texts = ["Text."] if answer is by_titan else ["Text.", "More."]
    with answering(200, answer([[1.0, 0.5]] * len(texts))) as (url, asked):
        vectors = model(url).ask(texts, question=False)

    ((path, body),) = asked

    assert [list(one) for one in vectors] == [[1.0, 0.5]] * len(texts)
    assert "embed" in path
    assert all(text in json.dumps(body) for text in texts)
    assert "2" in json.dumps(body)


@pytest.mark.parametrize(("model", "answer"), [(vertex, by_vertex), (cohere, by_cohere)], ids=["vertex", "cohere"])
def test_a_question_is_told_as_one(model: Model, answer: Callable[[Sequence[Any]], Any]) -> None:
    with answering(200, answer([[1.0, 0.5]])) as (url, asked):
        model(url).ask(["Text?"], question=True)

    assert "query" in json.dumps(asked[0][1]).lower()


@VENDORS
@pytest.mark.parametrize(("status", "kind"), [(400, Unavailable), (403, Unavailable), (429, TryAgain), (503, TryAgain)])
def test_a_refusal_is_told_once_and_without_its_text(
    model: Model, answer: Callable[[Sequence[Any]], Any], status: int, kind: type[Exception]
) -> None:
    code = {429: "ThrottlingException", 503: "ServiceUnavailableException"}.get(status, "Refused")
    told = {"error": {"code": status, "message": "secret"}, "message": "secret", "__type": code}
    with answering(status, told) as (url, asked), pytest.raises(kind) as refused:
        model(url).ask(["Text."], question=False)

    assert "secret" not in str(refused.value)
    assert len(asked) == 1


@pytest.mark.parametrize("model", [titan, cohere])
@pytest.mark.parametrize("told", [{}, [], {"embedding": "no", "embeddings": {"float": "no"}}])
def test_what_holds_no_vectors_is_refused(model: Model, told: Any) -> None:
    with answering(200, told) as (url, _), pytest.raises(Unavailable, match="something else"):
        model(url).ask(["Text."], question=False)


@VENDORS
def test_who_is_not_there_is_told(model: Model, answer: Callable[[Sequence[Any]], Any]) -> None:
    with pytest.raises(TryAgain, match="does not answer"):
        model("http://127.0.0.1:9").ask(["Text."], question=False)


def test_a_model_whose_form_is_not_known_is_refused() -> None:
    with pytest.raises(Invalid, match="neither Titan's"):
        BedrockEndpoint("meta.llama", region="us-east-1")


def test_without_a_place_to_ask_it_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "GOOGLE_CLOUD_PROJECT", "GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))

    with pytest.raises(Invalid, match="AWS_REGION"):
        BedrockEndpoint("amazon.titan-embed-text-v2:0")
    with pytest.raises(Invalid, match="GOOGLE_CLOUD_PROJECT"):
        VertexEndpoint("text-embedding-005")

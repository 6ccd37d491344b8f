"""The language models of the clouds, by the vendors' own clients, at a server that answers as each vendor does."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from google.oauth2.credentials import Credentials

from contextfs.adapters.clouds.aws.language_model import BedrockLanguageModel
from contextfs.adapters.clouds.gcp.language_model import VertexLanguageModel
from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Completion, LanguageModel
from tests.contextfs.adapters.clouds.answering import answering

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"memories": {"type": "array", "items": {"type": "string"}}}}
Model = Callable[[str], LanguageModel]


def vertex(url: str) -> LanguageModel:
    return VertexLanguageModel("gemini", project="p", location="l", url=url, credentials=Credentials("token"))


def bedrock(url: str) -> LanguageModel:
    return BedrockLanguageModel("nova", region="us-east-1", url=url)


def by_vertex(text: str) -> Any:
    usage = {"promptTokenCount": 7, "candidatesTokenCount": 3, "thoughtsTokenCount": 2}
    parts = [{"text": "Let me think.", "thought": True}, {"text": text}]
    return {"candidates": [{"content": {"role": "model", "parts": parts}}], "usageMetadata": usage}


def by_bedrock(text: str) -> Any:
    part = {"toolUse": {"toolUseId": "t", "name": "answer", "input": json.loads(text)}} if text else {"text": "No."}
    return {
        "output": {"message": {"role": "assistant", "content": [part]}},
        "stopReason": "tool_use",
        "usage": {"inputTokens": 7, "outputTokens": 5, "totalTokens": 12},
        "metrics": {"latencyMs": 1},
    }


VENDORS = pytest.mark.parametrize(("model", "answer"), [(vertex, by_vertex), (bedrock, by_bedrock)])


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the clients credentials that open nothing."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@VENDORS
def test_it_answers_by_the_schema_and_counts_what_was_thought(model: Model, answer: Callable[[str], Any]) -> None:
    with answering(200, answer('{"memories": ["a"]}')) as (url, asked):
        completion = model(url).complete("Do.", "Text.", SCHEMA, most_tokens=50)

    ((path, body),) = asked
    told = json.dumps(body)

    assert completion == Completion({"memories": ["a"]}, 7, 5)
    assert ("gemini" in path, "nova" in path) in {(True, False), (False, True)}
    assert all(part in told for part in ('"Do."', '"Text."', '"memories"', "50"))


@VENDORS
def test_an_answer_of_another_form_is_none_and_still_counted(model: Model, answer: Callable[[str], Any]) -> None:
    with answering(200, answer("")) as (url, _):
        completion = model(url).complete("Do.", "Text.", SCHEMA, most_tokens=50)

    assert completion == Completion(None, 7, 5)


@VENDORS
@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_a_refusal_is_told_once_and_without_its_text(model: Model, answer: Callable[[str], Any], status: int) -> None:
    told = {"error": {"code": status, "message": "secret"}, "message": "secret", "__type": "Refused"} | answer("")
    with answering(status, told) as (url, asked), pytest.raises(Unavailable) as refused:
        model(url).complete("Do.", "Text.", SCHEMA, most_tokens=50)

    assert "secret" not in refused.value.detail
    assert len(asked) == 1


@VENDORS
def test_who_is_not_there_is_told(model: Model, answer: Callable[[str], Any]) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        model("http://127.0.0.1:9").complete("Do.", "Text.", SCHEMA, most_tokens=50)

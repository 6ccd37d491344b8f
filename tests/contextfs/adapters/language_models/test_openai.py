"""A language model at an endpoint that speaks OpenAI's chat completions."""

from collections.abc import Iterator
from typing import Any

import pytest

from contextfs.adapters.language_models.openai import OpenAILanguageModel
from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Completion
from tests.completions import Upstream, listening

SCHEMA: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """Give an endpoint."""
    with listening() as found:
        yield found


def ask(upstream: Upstream, **wanted: Any) -> Completion:
    model = OpenAILanguageModel("m", url=upstream.url, key="k", **wanted)
    return model.complete("Do.", "Text.", SCHEMA, most_tokens=50)


def test_it_asks_for_json_by_the_schema(upstream: Upstream) -> None:
    upstream.says({"memories": []}, input_tokens=7, output_tokens=3)

    answer = ask(upstream)

    assert answer == Completion({"memories": []}, 7, 3)
    assert upstream.keys == ["Bearer k"]
    assert upstream.asked == [
        {
            "path": "/v1/chat/completions",
            "model": "m",
            "messages": [{"role": "system", "content": "Do."}, {"role": "user", "content": "Text."}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
            },
            "max_tokens": 50,
        }
    ]


def test_an_answer_that_is_no_json_is_none_and_still_counted(upstream: Upstream) -> None:
    upstream.says('{"memories": [', input_tokens=7, output_tokens=50)

    assert ask(upstream) == Completion(None, 7, 50)


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
def test_a_refusal_is_told_without_what_the_endpoint_says(upstream: Upstream, status: int) -> None:
    upstream.fails(status)

    with pytest.raises(Unavailable) as refused:
        ask(upstream)

    assert str(status) in refused.value.detail
    assert "secret" not in refused.value.detail


@pytest.mark.parametrize("body", ["<html>", {"choices": []}, {"usage": {}}, []])
def test_what_is_no_completion_is_refused(upstream: Upstream, body: Any) -> None:
    upstream.answers.append((200, body))

    with pytest.raises(Unavailable, match="something else"):
        ask(upstream)


def test_an_endpoint_that_does_not_answer_in_time_is_not_waited_for(upstream: Upstream) -> None:
    upstream.says({})
    upstream.pause = 0.5

    with pytest.raises(Unavailable, match="does not answer"):
        ask(upstream, seconds=0.05)


def test_an_endpoint_that_is_not_there_is_told() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        OpenAILanguageModel("m", url="http://127.0.0.1:9/v1").complete("", "", SCHEMA, most_tokens=1)

"""A language model at any endpoint that speaks OpenAI's chat completions, with structured outputs.

The format is that of https://platform.openai.com/docs/api-reference/chat; vLLM, Ollama, llama.cpp and the gateways of
most vendors speak it too. It does not try again: whoever asks does.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

import httpx2
import msgspec
from msgspec import Meta

from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Completion

OPENAI: Final = "https://api.openai.com/v1"

_SECONDS = 40.0
_Count = Annotated[int, Meta(ge=0)]


class _Message(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Message


class _Usage(msgspec.Struct):
    prompt_tokens: _Count = 0
    completion_tokens: _Count = 0


class _Reply(msgspec.Struct):
    choices: Annotated[list[_Choice], Meta(min_length=1)]
    usage: _Usage | None = None


class OpenAILanguageModel:
    """Asks one model of one endpoint."""

    def __init__(self, name: str, *, url: str = OPENAI, key: str | None = None, seconds: float = _SECONDS) -> None:
        self._name = name
        self._limit = "max_completion_tokens" if url == OPENAI else "max_tokens"
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._client = httpx2.Client(base_url=url.rstrip("/"), headers=headers, timeout=seconds)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    def complete(self, instructions: str, text: str, schema: Mapping[str, Any], *, most_tokens: int) -> Completion:
        """Answer by a JSON Schema; an answer that is no JSON is given as None. Unavailable when no answer comes."""
        body = {
            "model": self._name,
            "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": text}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": schema},
            },
            self._limit: most_tokens,
        }
        reply = self._ask(body)
        usage = reply.usage or _Usage()
        return Completion(_json(reply.choices[0].message.content), usage.prompt_tokens, usage.completion_tokens)

    def _ask(self, body: Mapping[str, Any]) -> _Reply:
        """Send a request; what the endpoint says of an error is not passed on: it may quote what it was sent."""
        try:
            response = self._client.post("/chat/completions", json=body)
        except httpx2.HTTPError as error:
            raise Unavailable(f"The language model does not answer ({type(error).__name__}).") from None
        if response.status_code != HTTPStatus.OK:
            raise Unavailable(f"The language model refuses with the status {response.status_code}.")
        try:
            return msgspec.json.decode(response.content, type=_Reply)
        except msgspec.DecodeError:
            raise Unavailable("The language model's endpoint answers with something else than a completion.") from None


def _json(content: str | None) -> Any:
    try:
        return msgspec.json.decode(content or "")
    except msgspec.DecodeError:
        return None

"""An embedding model at any endpoint that speaks OpenAI's embeddings API.

The format is that of https://platform.openai.com/docs/api-reference/embeddings; vLLM, Ollama, llama.cpp and the
gateways of most vendors speak it too.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Final

import httpx2
import msgspec
from msgspec import Meta

from contextfs.adapters.embedders.remote import Numbers, TryAgain
from contextfs.kit.errors import Unavailable

OPENAI: Final = "https://api.openai.com/v1"

_SECONDS, _QUESTION_SECONDS = 12.0, 5.0
_BUSY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS})


class _Item(msgspec.Struct):
    index: Annotated[int, Meta(ge=0)]
    embedding: list[float]


class _Reply(msgspec.Struct):
    data: list[_Item]


class OpenAIEndpoint:
    """Asks one model; `dimensions` asks for shorter vectors where the model can give them."""

    most_texts = 64

    def __init__(
        self,
        name: str,
        *,
        url: str = OPENAI,
        key: str | None = None,
        dimensions: int | None = None,
        seconds: float = _SECONDS,
        question_seconds: float = _QUESTION_SECONDS,
    ) -> None:
        self._body = {"model": name, "encoding_format": "float"} | ({"dimensions": dimensions} if dimensions else {})
        self._seconds, self._question_seconds = seconds, question_seconds
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._client = httpx2.Client(base_url=url.rstrip("/"), headers=headers)

    def ask(self, texts: Sequence[str], *, question: bool) -> Sequence[Numbers]:
        """Give a vector for each text."""
        seconds = self._question_seconds if question else self._seconds
        try:
            response = self._client.post("/embeddings", json=self._body | {"input": list(texts)}, timeout=seconds)
        except httpx2.HTTPError as error:
            raise TryAgain(f"The embedder does not answer ({type(error).__name__}).") from None
        told = f"The embedder refuses with the status {response.status_code}."
        if response.status_code in _BUSY or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise TryAgain(told, _seconds(response.headers.get("retry-after")))
        if response.status_code != HTTPStatus.OK:
            raise Unavailable(told)
        try:
            reply = msgspec.json.decode(response.content, type=_Reply)
        except msgspec.DecodeError:
            raise Unavailable("The embedder's endpoint answers with something else than vectors.") from None
        return [item.embedding for item in sorted(reply.data, key=lambda item: item.index)]


def _seconds(retry_after: str | None) -> float:
    """Read the header Retry-After; a date, which is rare, counts as none."""
    try:
        return max(0.0, float(retry_after or 0))
    except ValueError:
        return 0.0

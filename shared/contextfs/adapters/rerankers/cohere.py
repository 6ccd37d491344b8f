"""A reranker at any endpoint that speaks Cohere's rerank API.

The format is that of https://docs.cohere.com/reference/rerank; Jina, vLLM, llama.cpp, LiteLLM and
Infinity speak it too.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import httpx2

from contextfs.adapters.rerankers.remote import SECONDS, Scored, request, results
from contextfs.kit.errors import Unavailable

COHERE: Final = "https://api.cohere.com/v2"


class CohereEndpoint:
    """Asks one model."""

    def __init__(self, name: str, *, url: str = COHERE, key: str | None = None, seconds: float = SECONDS) -> None:
        self._name = name
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._client = httpx2.Client(base_url=url.rstrip("/"), headers=headers, timeout=seconds)

    def ask(self, question: str, texts: Sequence[str]) -> list[Scored]:
        """Give a score for each text."""
        try:
            response = self._client.post("/rerank", json={"model": self._name, **request(question, texts)})
        except httpx2.HTTPError as error:
            raise Unavailable(f"The reranker does not answer ({type(error).__name__}).") from None
        if response.status_code != HTTPStatus.OK:
            raise Unavailable(f"The reranker refuses with the status {response.status_code}.")
        return results(response.content)

"""An embedding model of Vertex AI, by Google's Gen AI SDK."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import httpx2
from google import genai
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.genai import errors, types

from contextfs.adapters.embedders.remote import Numbers, TryAgain
from contextfs.kit.errors import Invalid, Unavailable

_MILLISECONDS, _QUESTION_MILLISECONDS = 12_000, 5_000
_MOST_TEXTS = 16
"""A request may hold 20,000 tokens; a passage has 1,000 at the most, in scripts where each letter is one."""


class VertexEndpoint:
    """Asks one model. Project and location are the process's own (GOOGLE_CLOUD_PROJECT, …_LOCATION) unless given.

    Invalid where there is no project, or nothing to sign in with.
    """

    def __init__(
        self,
        name: str,
        *,
        dimensions: int | None = None,
        project: str | None = None,
        location: str | None = None,
        url: str | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self._name, self._dimensions, self._url = name, dimensions, url
        self.most_texts = 1 if name.startswith("gemini-") else _MOST_TEXTS  # Gemini's take one text in a request
        options = types.HttpOptions(base_url=url)
        try:
            self._client: Any = genai.Client(
                vertexai=True, project=project, location=location, credentials=credentials, http_options=options
            )
        except (ValueError, GoogleAuthError):
            raise Invalid(f"The embedder vertex:{name} needs GOOGLE_CLOUD_PROJECT and credentials.") from None

    def ask(self, texts: Sequence[str], *, question: bool) -> Sequence[Numbers]:
        """Give a vector for each text."""
        config = types.EmbedContentConfig(
            task_type="RETRIEVAL_QUERY" if question else "RETRIEVAL_DOCUMENT",
            output_dimensionality=self._dimensions,
            http_options=types.HttpOptions(timeout=_QUESTION_MILLISECONDS if question else _MILLISECONDS),
        )
        try:
            answer = self._client.models.embed_content(model=self._name, contents=list(texts), config=config)
        except errors.APIError as error:
            told = f"The embedder refuses with the status {error.code}."
            if error.code == HTTPStatus.TOO_MANY_REQUESTS or error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise TryAgain(told) from None
            raise Unavailable(told) from None
        except (httpx2.HTTPError, GoogleAuthError) as error:
            raise TryAgain(f"The embedder does not answer ({type(error).__name__}).") from None
        found: Sequence[types.ContentEmbedding] = answer.embeddings or []
        return [one.values or [] for one in found]

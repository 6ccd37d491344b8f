"""A reranker of Vertex AI Search, by its ranking API.

The format is that of https://cloud.google.com/generative-ai-app-builder/docs/ranking.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

import google.auth
import msgspec
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from requests import RequestException

from contextfs.adapters.rerankers.remote import ELSE, SECONDS, Scored
from contextfs.kit.errors import Invalid, Unavailable

GOOGLE: Final = "https://discoveryengine.googleapis.com"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"


class _Record(msgspec.Struct):
    id: str
    score: float = 0.0
    """Left out where it is zero, as Google's JSON does."""


class _Reply(msgspec.Struct):
    records: list[_Record]


class VertexReranker:
    """Asks one model, for the process's own project unless another is given."""

    def __init__(
        self, name: str, *, project: str | None = None, url: str | None = None, credentials: Credentials | None = None
    ) -> None:
        """Sign in; Invalid where there is no project, or nothing to sign in with."""
        sdk: Any = google.auth
        try:
            found, own = (credentials, project) if credentials else sdk.default(scopes=[_SCOPE])
        except GoogleAuthError:
            found, own = None, None
        project = project or own
        if found is None or project is None:
            raise Invalid(f"The reranker vertex:{name} needs GOOGLE_CLOUD_PROJECT and credentials.")
        configs = f"projects/{project}/locations/global/rankingConfigs"
        self._url = f"{(url or GOOGLE).rstrip('/')}/v1/{configs}/default_ranking_config:rank"
        self._name = name
        self._session: Any = AuthorizedSession(found)

    def ask(self, question: str, texts: Sequence[str]) -> list[Scored]:
        """Give a score for each text."""
        body = {
            "model": self._name,
            "query": question,
            "records": [{"id": str(index), "content": text} for index, text in enumerate(texts)],
            "topN": len(texts),
            "ignoreRecordDetailsInResponse": True,
        }
        try:
            response = self._session.post(self._url, json=body, timeout=SECONDS)
        except (RequestException, GoogleAuthError) as error:
            raise Unavailable(f"The reranker does not answer ({type(error).__name__}).") from None
        if response.status_code != HTTPStatus.OK:
            raise Unavailable(f"The reranker refuses with the status {response.status_code}.")
        try:
            reply = msgspec.json.decode(response.content, type=_Reply)
            return [Scored(int(one.id), one.score) for one in reply.records]
        except (msgspec.DecodeError, ValueError):
            raise Unavailable(ELSE) from None

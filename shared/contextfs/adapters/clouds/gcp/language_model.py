"""A language model of Vertex AI, by Google's Gen AI SDK, with a response schema. It does not try again."""

from collections.abc import Mapping
from typing import Any

import httpx2
import msgspec
from google import genai
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.genai import errors, types

from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Completion

_MILLISECONDS = 40_000
_NOT_COUNTED = types.GenerateContentResponseUsageMetadata()


class VertexLanguageModel:
    """Asks one model. Project and location are the process's own (GOOGLE_CLOUD_PROJECT, …_LOCATION) unless given."""

    def __init__(
        self,
        name: str,
        *,
        project: str | None = None,
        location: str | None = None,
        url: str | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self._name = name
        options = types.HttpOptions(base_url=url, timeout=_MILLISECONDS)
        self._client: Any = genai.Client(
            vertexai=True, project=project, location=location, credentials=credentials, http_options=options
        )

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    def complete(self, instructions: str, text: str, schema: Mapping[str, Any], *, most_tokens: int) -> Completion:
        """Answer by a JSON Schema; an answer that is no JSON is given as None. Unavailable when no answer comes."""
        config = types.GenerateContentConfig(
            system_instruction=instructions,
            response_mime_type="application/json",
            response_json_schema=dict(schema),
            max_output_tokens=most_tokens,
        )
        try:
            answer = self._client.models.generate_content(model=self._name, contents=text, config=config)
        except errors.APIError as error:
            raise Unavailable(f"The language model refuses with the status {error.code}.") from None
        except (httpx2.HTTPError, GoogleAuthError) as error:
            raise Unavailable(f"The language model does not answer ({type(error).__name__}).") from None
        used: types.GenerateContentResponseUsageMetadata = answer.usage_metadata or _NOT_COUNTED
        out = (used.candidates_token_count or 0) + (used.thoughts_token_count or 0)
        return Completion(_json(answer), used.prompt_token_count or 0, out)


def _json(answer: types.GenerateContentResponse) -> Any:
    parts = answer.candidates[0].content.parts if answer.candidates and answer.candidates[0].content else None
    text = "".join(part.text or "" for part in parts or [] if not part.thought)
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None

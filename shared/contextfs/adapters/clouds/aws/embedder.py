"""An embedding model of Bedrock: Amazon's Titan and Cohere's, each by its own form of request."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs] - it has none

from contextfs.adapters.embedders.remote import Numbers, TryAgain
from contextfs.kit.errors import Invalid, Unavailable

_SECONDS, _QUESTION_SECONDS = 12, 5
_BUSY = frozenset(
    {
        *("ThrottlingException", "ServiceUnavailableException", "ModelTimeoutException", "ModelNotReadyException"),
        *("InternalServerException", "ServiceQuotaExceededException"),
    }
)


class BedrockEndpoint:
    """Asks one model, or one inference profile, in the region of the process."""

    def __init__(
        self, name: str, *, dimensions: int | None = None, region: str | None = None, url: str | None = None
    ) -> None:
        """Choose the form of the request by the model's name; Invalid for a model of another vendor."""
        if "titan-embed" not in name and "cohere.embed" not in name:
            raise Invalid(f"The embedder bedrock:{name} is neither Titan's (titan-embed) nor Cohere's (cohere.embed).")
        self._name, self._dimensions = name, dimensions
        self._titan = "titan-embed" in name
        self.most_texts = 1 if self._titan else 64
        try:
            self._clients = {False: _client(_SECONDS, region, url), True: _client(_QUESTION_SECONDS, region, url)}
        except (BotoCoreError, ValueError) as error:
            raise Invalid(
                f"The embedder bedrock:{name} needs a region: set AWS_REGION ({type(error).__name__})."
            ) from None

    def ask(self, texts: Sequence[str], *, question: bool) -> Sequence[Numbers]:
        """Give a vector for each text."""
        body = self._for_titan(texts[0]) if self._titan else self._for_cohere(texts, question=question)
        try:
            answer = self._clients[question].invoke_model(modelId=self._name, body=json.dumps(body))
            reply = json.loads(answer["body"].read())
        except ClientError as error:
            told: Any = error
            kind = told.response.get("Error", {}).get("Code", "unknown")
            if kind in _BUSY:
                raise TryAgain(f"The embedder refuses ({kind}).") from None
            raise Unavailable(f"The embedder refuses ({kind}).") from None
        except BotoCoreError as error:
            raise TryAgain(f"The embedder does not answer ({type(error).__name__}).") from None
        except ValueError:
            raise Unavailable(_ELSE) from None
        return _vectors(reply, titan=self._titan)

    def _for_titan(self, text: str) -> Mapping[str, Any]:
        return {"inputText": text} | ({"dimensions": self._dimensions} if self._dimensions else {})

    def _for_cohere(self, texts: Sequence[str], *, question: bool) -> Mapping[str, Any]:
        kind = "search_query" if question else "search_document"
        body: dict[str, Any] = {"texts": list(texts), "input_type": kind, "embedding_types": ["float"]}
        return body | ({"output_dimension": self._dimensions} if self._dimensions else {})


_ELSE = "The embedder's endpoint answers with something else than vectors."


def _client(seconds: int, region: str | None, url: str | None) -> Any:
    config = Config(connect_timeout=5, read_timeout=seconds, retries={"total_max_attempts": 1})
    sdk: Any = boto3
    return sdk.client("bedrock-runtime", region_name=region, endpoint_url=url, config=config)


def _vectors(reply: Any, *, titan: bool) -> Sequence[Numbers]:
    try:
        found = [reply["embedding"]] if titan else reply["embeddings"]["float"]
        return [[float(number) for number in vector] for vector in found]
    except (KeyError, TypeError, ValueError):
        raise Unavailable(_ELSE) from None

"""A reranker of Bedrock: Amazon's and Cohere's, which take the same form of request."""

import json
from collections.abc import Sequence
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs] - it has none

from contextfs.adapters.rerankers.remote import SECONDS, Scored, request, results
from contextfs.kit.errors import Invalid, Unavailable


class BedrockReranker:
    """Asks one model, or one inference profile, in the region of the process."""

    def __init__(self, name: str, *, region: str | None = None, url: str | None = None) -> None:
        """Choose the form of the request by the model's name; Invalid for a model of another vendor."""
        if "amazon.rerank" not in name and "cohere.rerank" not in name:
            raise Invalid(
                f"The reranker bedrock:{name} is neither Amazon's (amazon.rerank) nor Cohere's (cohere.rerank)."
            )
        self._name = name
        self._version = {"api_version": 2} if "cohere.rerank" in name else {}
        config = Config(connect_timeout=SECONDS, read_timeout=SECONDS, retries={"total_max_attempts": 1})
        sdk: Any = boto3
        try:
            self._client = sdk.client("bedrock-runtime", region_name=region, endpoint_url=url, config=config)
        except (BotoCoreError, ValueError) as error:
            told = f"The reranker bedrock:{name} needs a region: set AWS_REGION ({type(error).__name__})."
            raise Invalid(told) from None

    def ask(self, question: str, texts: Sequence[str]) -> list[Scored]:
        """Give a score for each text."""
        body = json.dumps({**request(question, texts), **self._version})
        try:
            return results(self._client.invoke_model(modelId=self._name, body=body)["body"].read())
        except ClientError as error:
            told: Any = error
            kind = told.response.get("Error", {}).get("Code", "unknown")
            raise Unavailable(f"The reranker refuses ({kind}).") from None
        except BotoCoreError as error:
            raise Unavailable(f"The reranker does not answer ({type(error).__name__}).") from None

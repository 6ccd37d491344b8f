"""A language model of Bedrock, by its Converse API: the answer is the input of a tool that must be used.

It does not try again.
"""

from collections.abc import Mapping
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs] - it has none

from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Completion

_SECONDS = 40
_TOOL = "answer"


class BedrockLanguageModel:
    """Asks one model, or one inference profile, in the region of the process."""

    def __init__(self, name: str, *, region: str | None = None, url: str | None = None) -> None:
        self._name = name
        config = Config(connect_timeout=5, read_timeout=_SECONDS, retries={"total_max_attempts": 1})
        sdk: Any = boto3
        self._client = sdk.client("bedrock-runtime", region_name=region, endpoint_url=url, config=config)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    def complete(self, instructions: str, text: str, schema: Mapping[str, Any], *, most_tokens: int) -> Completion:
        """Answer by a JSON Schema; an answer without the tool is given as None. Unavailable when no answer comes."""
        tool = {"name": _TOOL, "description": "Give the answer.", "inputSchema": {"json": dict(schema)}}
        try:
            answer = self._client.converse(
                modelId=self._name,
                system=[{"text": instructions}],
                messages=[{"role": "user", "content": [{"text": text}]}],
                inferenceConfig={"maxTokens": most_tokens},
                toolConfig={"tools": [{"toolSpec": tool}], "toolChoice": {"tool": {"name": _TOOL}}},
            )
        except ClientError as error:
            told: Any = error
            kind = told.response.get("Error", {}).get("Code", "unknown")
            raise Unavailable(f"The language model refuses ({kind}).") from None
        except BotoCoreError as error:
            raise Unavailable(f"The language model does not answer ({type(error).__name__}).") from None
        parts = answer["output"]["message"]["content"]
        value = next((part["toolUse"]["input"] for part in parts if "toolUse" in part), None)
        return Completion(value, answer["usage"]["inputTokens"], answer["usage"]["outputTokens"])

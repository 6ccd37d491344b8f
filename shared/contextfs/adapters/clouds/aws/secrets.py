"""The Secrets port over Secrets Manager."""

from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.exceptions import (  # pyright: ignore[reportMissingTypeStubs] - it has none
    BotoCoreError,
    ClientError,
    ParamValidationError,
)

from contextfs.adapters.clouds.aws.secret_answers import refused, text
from contextfs.kit.errors import Unavailable

_PATIENCE = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "max_attempts": 4})


class SecretsManager:
    """Reads secrets by their names or ARNs, in the version that is current. It does not keep what it read."""

    def __init__(self, *, region: str | None) -> None:
        self._region = region
        self._client: Any = None

    def read(self, name: str) -> str:
        """Give the text of a secret."""
        sdk: Any = boto3
        try:
            self._client = self._client or sdk.client("secretsmanager", region_name=self._region, config=_PATIENCE)
            return text(name, self._client.get_secret_value(SecretId=name))
        except ClientError as error:
            response: dict[str, Any] = error.response
            raise refused(name, response.get("Error", {}).get("Code", "")) from None
        except ParamValidationError:
            raise refused(name, "ValidationException") from None
        except BotoCoreError as error:
            raise Unavailable(f"Secrets Manager does not answer ({type(error).__name__})") from error

    def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            self._client.close()

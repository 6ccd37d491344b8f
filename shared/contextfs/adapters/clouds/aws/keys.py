"""The Secrets port over AWS KMS: a secret is written down encrypted, and AWS opens it."""

from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs] - it has none

from contextfs.adapters.clouds import wrapped
from contextfs.kit.errors import Unavailable

_PASSING = {"ThrottlingException", "KMSInternalException", "DependencyTimeoutException", "KeyUnavailableException"}
_PATIENCE = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "max_attempts": 4})


class AwsKms:
    """Opens `arn:aws:kms:…:key/…:CIPHERTEXT`, by that key and no other, and does not keep it."""

    def __init__(self, *, region: str | None) -> None:
        self._region = region
        self._client: Any = None

    def read(self, name: str) -> str:
        """Give the text of an encrypted secret."""
        key, ciphertext = wrapped.read(name)
        sdk: Any = boto3
        try:
            self._client = self._client or sdk.client("kms", region_name=self._region, config=_PATIENCE)
            return wrapped.text(key, self._client.decrypt(KeyId=key, CiphertextBlob=ciphertext)["Plaintext"])
        except ClientError as error:
            response: dict[str, Any] = error.response
            code = response.get("Error", {}).get("Code", "")
            if code in _PASSING:
                raise Unavailable(f"AWS KMS does not answer ({code})") from error
            raise wrapped.shut(key, code) from None
        except BotoCoreError as error:
            raise Unavailable(f"AWS KMS does not answer ({type(error).__name__})") from error

    def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            self._client.close()

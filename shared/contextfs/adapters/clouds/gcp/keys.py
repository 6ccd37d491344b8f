"""The Secrets port over Cloud KMS: a secret is written down encrypted, and Google opens it."""

from typing import Any

from google.api_core.exceptions import ClientError, GoogleAPIError, TooManyRequests
from google.auth.exceptions import GoogleAuthError
from google.cloud.kms_v1 import KeyManagementServiceClient  # pyright: ignore[reportMissingTypeStubs] - it has none

from contextfs.adapters.clouds import wrapped
from contextfs.kit.errors import Unavailable

_SECONDS = 10.0


class CloudKms:
    """Opens `projects/…/cryptoKeys/…:CIPHERTEXT`, whichever version of the key shut it, and does not keep it."""

    def __init__(self, *, client: Any = None) -> None:
        self._client: Any = client

    def read(self, name: str) -> str:
        """Give the text of an encrypted secret."""
        key, ciphertext = wrapped.read(name)
        try:
            self._client = self._client or KeyManagementServiceClient()
            asked = {"name": key, "ciphertext": ciphertext}
            return wrapped.text(key, self._client.decrypt(request=asked, timeout=_SECONDS).plaintext)
        except (GoogleAPIError, GoogleAuthError) as error:
            if isinstance(error, ClientError) and not isinstance(error, TooManyRequests):
                raise wrapped.shut(key, type(error).__name__) from None
            raise Unavailable(f"Cloud KMS does not answer ({type(error).__name__})") from error

    def close(self) -> None:
        """Give the connection back."""
        if self._client is not None:
            self._client.transport.close()

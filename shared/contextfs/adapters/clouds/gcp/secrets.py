"""The Secrets port over Secret Manager."""

import re
from typing import Any

from google.api_core.exceptions import GoogleAPIError, InvalidArgument, PermissionDenied
from google.api_core.exceptions import NotFound as Absent
from google.auth.exceptions import GoogleAuthError
from google.cloud.secretmanager_v1 import (  # pyright: ignore[reportMissingTypeStubs] - it has none
    SecretManagerServiceClient,
)

from contextfs.kit.errors import Invalid, NotFound, Unavailable

_NAME = re.compile(r"projects/[^/]+(/locations/[^/]+)?/secrets/[^/]+(/versions/[^/]+)?")
_SECONDS = 10.0


class SecretManager:
    """Reads secrets by their whole names, `projects/…/secrets/…`: the latest version, or `…/versions/7`.

    It does not keep what it read. The client tries again by itself.
    """

    def __init__(self, *, client: Any = None) -> None:
        self._client: Any = client

    def read(self, name: str) -> str:
        """Give the text of a secret."""
        named = _NAME.fullmatch(name)
        if named is None:
            raise Invalid(f"{name!r} is not a secret of Secret Manager: write projects/PROJECT/secrets/NAME")
        version = name if named[2] else f"{name}/versions/latest"
        try:
            self._client = self._client or SecretManagerServiceClient()
            return self._client.access_secret_version(name=version, timeout=_SECONDS).payload.data.decode()
        except (Absent, PermissionDenied, InvalidArgument) as error:
            raise NotFound(f"{version} is not there, or may not be read ({type(error).__name__})") from None
        except ValueError:
            raise NotFound(f"{version} is not text in UTF-8") from None
        except (GoogleAPIError, GoogleAuthError) as error:
            raise Unavailable(f"Secret Manager does not answer ({type(error).__name__})") from error

    def close(self) -> None:
        """Give the connection back."""
        if self._client is not None:
            self._client.transport.close()

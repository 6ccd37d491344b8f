"""The Logins port over IAM database authentication of Cloud SQL and AlloyDB: an access token is the password.

The token can log in to databases, and do nothing else: it has the scopes that Google's connectors ask for, no others.
"""

import threading
from typing import Any

import google.auth  # pyright: ignore[reportMissingTypeStubs] - it has none
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request

from contextfs.kit.errors import Unavailable

SCOPES = ("https://www.googleapis.com/auth/sqlservice.login", "https://www.googleapis.com/auth/alloydb.login")
_sdk: Any = google.auth


class GoogleLogins:
    """Gives the token of this process's own account, and another one before it ends."""

    def __init__(self, *, credentials: Any = None) -> None:
        self._credentials: Any = credentials
        self._lock = threading.Lock()

    def password(self, host: str, port: int, user: str) -> str:
        """Give a token; Unavailable while Google gives none."""
        del host, port, user  # it is the account's, wherever it logs in
        try:
            with self._lock:
                if self._credentials is None:
                    self._credentials, _ = _sdk.default(scopes=SCOPES)
                if not self._credentials.valid:
                    self._credentials.refresh(Request())
                return self._credentials.token
        except GoogleAuthError as error:
            detail = f"Google gives no token to log in to the database by: {type(error).__name__}."
            raise Unavailable(detail) from error

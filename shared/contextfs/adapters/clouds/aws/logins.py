"""The Logins port over IAM database authentication of RDS, Aurora and RDS Proxy: a signed request is the password."""

from collections.abc import Mapping
from typing import Any

from contextfs.adapters.clouds.aws.signing import Signer, by_variables
from contextfs.kit.clock import Clock
from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Logins

_SECONDS = 900
"""How long a token is good, as AWS's library has it; a session that began goes on."""
_OF_HTTPS = 443


class SignedLogins:
    """Signs by keys that come as variables, as on Lambda: there is nothing to load, and nobody is asked."""

    def __init__(self, signer: Signer, clock: Clock) -> None:
        self._signer = signer
        self._clock = clock

    def password(self, host: str, port: int, user: str) -> str:
        """Give a token."""
        place = f"{host.lower()}:{port}"
        asked = {"Action": "connect", "DBUser": user}
        signed = host.lower() if port == _OF_HTTPS else place  # as every client of HTTPS names a host
        return f"{place}/?{self._signer.query(signed, asked, _SECONDS, self._clock())}"


class LibraryLogins:
    """Has AWS's client library find the keys, wherever it runs, and sign."""

    def __init__(self, *, region: str | None) -> None:
        self._region = region
        self._client: Any = None

    def password(self, host: str, port: int, user: str) -> str:
        """Give a token; Unavailable while there are no keys to sign by."""
        import boto3  # pyright: ignore[reportMissingTypeStubs] # noqa: PLC0415 - Lambda starts without it
        from botocore.exceptions import BotoCoreError  # pyright: ignore[reportMissingTypeStubs] # noqa: PLC0415

        sdk: Any = boto3
        try:
            self._client = self._client or sdk.client("rds", region_name=self._region)
            return self._client.generate_db_auth_token(DBHostname=host.lower(), Port=port, DBUsername=user)
        except BotoCoreError as error:
            raise Unavailable(f"AWS gives no keys to log in to the database by: {type(error).__name__}.") from error


def logins(environment: Mapping[str, str], clock: Clock) -> Logins:
    """Choose between the two."""
    signer = by_variables(environment, "rds-db")
    region = environment.get("AWS_REGION") or environment.get("CONTEXTFS_REGION")
    return SignedLogins(signer, clock) if signer else LibraryLogins(region=region)

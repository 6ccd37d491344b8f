"""The Secrets port over Secrets Manager for a start on Lambda, with nothing to load but the standard library.

Lambda hands over no secret by reference, so each cold start reads some; AWS's own client library takes four times as
long to load, half as long as a whole door (`python -m benchmarks imports`). Keys come as variables there, and nowhere
else: whatever finds its keys in another way takes `secrets.py`.
"""

import json
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from contextfs.adapters.clouds.aws.secret_answers import refused, text
from contextfs.adapters.clouds.aws.signing import Signer
from contextfs.kit.clock import Clock
from contextfs.kit.errors import Unavailable

_PAUSES = (0.1, 0.5, 2.0, None)
_SECONDS = 5.0
SERVICE = "secretsmanager"


class SecretsAtStart:
    """Reads secrets by their names or ARNs, one after the other on one connection. It does not keep what it read."""

    def __init__(self, signer: Signer, environment: Mapping[str, str], clock: Clock) -> None:
        self._signer = signer
        self._connection = connection(environment, signer.region)
        self._clock = clock

    def read(self, name: str) -> str:
        """Give the text of a secret."""
        status, told = self._ask({"SecretId": name})
        if status == 200:
            return text(name, told)
        raise refused(name, str(told.get("__type", status)).rpartition("#")[2])

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _ask(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Send a request, some times if need be; gives the status and the answer."""
        for pause in _PAUSES:
            try:
                status, told = self._try(json.dumps(asked).encode())
            except (OSError, HTTPException, ValueError) as error:
                self._connection.close()  # the next one connects anew
                if pause is None:
                    raise Unavailable(f"Secrets Manager does not answer ({type(error).__name__})") from error
            else:
                if pause is None or (status < 500 and told.get("__type") != "ThrottlingException"):
                    return status, told
            time.sleep(pause)
        raise AssertionError

    def _try(self, body: bytes) -> tuple[int, dict[str, Any]]:
        said = {
            "content-type": "application/x-amz-json-1.1",
            "host": _host(self._connection),
            "x-amz-target": f"{SERVICE}.GetSecretValue",
        }
        self._connection.request("POST", "/", body, self._signer.headers(said, body, self._clock()))
        with self._connection.getresponse() as response:
            return response.status, json.loads(response.read())


def connection(environment: Mapping[str, str], region: str) -> HTTPConnection:
    """Make the connection, which opens when it is used; AWS's own variables may send it elsewhere."""
    given = environment.get("AWS_ENDPOINT_URL_SECRETS_MANAGER") or environment.get("AWS_ENDPOINT_URL")
    if given and given.startswith("http://"):
        return HTTPConnection(urlsplit(given).netloc, timeout=_SECONDS)
    china = ".cn" if region.startswith("cn-") else ""
    host = urlsplit(given).netloc if given else f"{SERVICE}.{region}.amazonaws.com{china}"
    return HTTPSConnection(host, timeout=_SECONDS)


def _host(connection: HTTPConnection) -> str:
    default = connection.default_port
    return connection.host if connection.port == default else f"{connection.host}:{connection.port}"

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
from contextfs.kit.errors import Invalid, Unavailable

_PAUSES = (0.1, 0.5, 2.0, None)
_SECONDS = 5.0
_SERVICE = "secretsmanager"
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


class SecretsAtStart:
    """Reads secrets by their names or ARNs, one after the other on one connection. It does not keep what it read."""

    def __init__(self, environment: Mapping[str, str], clock: Clock) -> None:
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
        if not suits(environment) or not region:
            raise Invalid("the variables AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not all there")
        access, secret = (environment[name] for name in _KEYS)
        self._signer = Signer(access, secret, environment.get("AWS_SESSION_TOKEN"), region, _SERVICE)
        self._connection = connection(environment, region)
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
            "x-amz-target": f"{_SERVICE}.GetSecretValue",
        }
        self._connection.request("POST", "/", body, self._signer.headers(said, body, self._clock()))
        with self._connection.getresponse() as response:
            return response.status, json.loads(response.read())


def suits(environment: Mapping[str, str]) -> bool:
    """Tell whether keys come as variables, as on Lambda."""
    return all(environment.get(name) for name in _KEYS)


def connection(environment: Mapping[str, str], region: str) -> HTTPConnection:
    """Make the connection, which opens when it is used; AWS's own variables may send it elsewhere."""
    given = environment.get("AWS_ENDPOINT_URL_SECRETS_MANAGER") or environment.get("AWS_ENDPOINT_URL")
    if given and given.startswith("http://"):
        return HTTPConnection(urlsplit(given).netloc, timeout=_SECONDS)
    china = ".cn" if region.startswith("cn-") else ""
    host = urlsplit(given).netloc if given else f"{_SERVICE}.{region}.amazonaws.com{china}"
    return HTTPSConnection(host, timeout=_SECONDS)


def _host(connection: HTTPConnection) -> str:
    default = connection.default_port
    return connection.host if connection.port == default else f"{connection.host}:{connection.port}"

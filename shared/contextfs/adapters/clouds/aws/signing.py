"""Signature Version 4: how a request to AWS says who sends it (pure, standard library alone).

As AWS describes it ("Create a signed AWS API request"): by headers of a POST to `/`, or by the query of a GET of `/`.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from typing import NamedTuple
from urllib.parse import quote

_ALGORITHM = "AWS4-HMAC-SHA256"
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


class Signer(NamedTuple):
    """Who signs, for which service of which region. A session token comes with keys that last for hours."""

    access_key: str
    secret_key: str
    session_token: str | None
    region: str
    service: str

    def headers(self, said: Mapping[str, str], body: bytes, now: datetime) -> dict[str, str]:
        """Give all headers of a request: what it says, among it `host`, with its time and its signature."""
        moment = _moment(now)
        token = {"x-amz-security-token": self.session_token} if self.session_token else {}
        headers = {**{name.lower(): value for name, value in said.items()}, "x-amz-date": moment, **token}
        names = ";".join(sorted(headers))
        canonical = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in sorted(headers))
        request = f"POST\n/\n\n{canonical}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        by = f"Credential={self.access_key}/{self._scope(moment)}, SignedHeaders={names}"
        return {**headers, "authorization": f"{_ALGORITHM} {by}, Signature={self._sign(request, moment)}"}

    def query(self, host: str, asked: Mapping[str, str], seconds: int, now: datetime) -> str:
        """Give the query by which a request to a host is good for some seconds."""
        moment = _moment(now)
        token = {"X-Amz-Security-Token": self.session_token} if self.session_token else {}
        said = {
            **asked,
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": f"{self.access_key}/{self._scope(moment)}",
            "X-Amz-Date": moment,
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": "host",
            **token,
        }
        query = "&".join(f"{name}={quote(said[name], safe='-_.~')}" for name in sorted(said))
        request = f"GET\n/\n{query}\nhost:{host}\n\nhost\n{hashlib.sha256(b'').hexdigest()}"
        return f"{query}&X-Amz-Signature={self._sign(request, moment)}"

    def _scope(self, moment: str) -> str:
        return f"{moment[:8]}/{self.region}/{self.service}/aws4_request"

    def _sign(self, request: str, moment: str) -> str:
        scope = self._scope(moment)
        told = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        return _mac(reduce(_mac, scope.split("/"), f"AWS4{self.secret_key}".encode()), told).hex()


def by_variables(environment: Mapping[str, str], service: str) -> Signer | None:
    """Give who signs where keys come as variables, as on Lambda; None where they have to be found in another way."""
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if not region or not all(environment.get(name) for name in _KEYS):
        return None
    access, secret = (environment[name] for name in _KEYS)
    return Signer(access, secret, environment.get("AWS_SESSION_TOKEN"), region, service)


def _moment(now: datetime) -> str:
    return now.strftime("%Y%m%dT%H%M%SZ")


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()

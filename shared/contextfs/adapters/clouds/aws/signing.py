"""Signature Version 4: how a request to AWS says who sends it (pure, standard library alone).

As AWS describes it ("Create a signed AWS API request"), for one POST to `/` without a query.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from typing import NamedTuple

_ALGORITHM = "AWS4-HMAC-SHA256"


class Signer(NamedTuple):
    """Who signs, for which service of which region. A session token comes with keys that last for hours."""

    access_key: str
    secret_key: str
    session_token: str | None
    region: str
    service: str

    def headers(self, said: Mapping[str, str], body: bytes, now: datetime) -> dict[str, str]:
        """Give all headers of a request: what it says, among it `host`, with its time and its signature."""
        moment = now.strftime("%Y%m%dT%H%M%SZ")
        token = {"x-amz-security-token": self.session_token} if self.session_token else {}
        headers = {**{name.lower(): value for name, value in said.items()}, "x-amz-date": moment, **token}
        names = ";".join(sorted(headers))
        canonical = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
        request = f"POST\n/\n\n{canonical}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{moment[:8]}/{self.region}/{self.service}/aws4_request"
        told = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = reduce(_mac, scope.split("/"), f"AWS4{self.secret_key}".encode())
        signature = _mac(key, told).hex()
        by = f"Credential={self.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return {**headers, "authorization": f"{_ALGORITHM} {by}"}


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()

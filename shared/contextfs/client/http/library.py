"""A line by the library for HTTP, with encryption, proxies and whatever else is between two machines."""

import httpx2

from contextfs.client.http.line import CONNECT_SECONDS, Answer, Broken, Headers
from contextfs.client.login.address import Address

_HOPELESS = (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError)
_GENTLE_WORDS: dict[type[httpx2.RequestError], str] = {
    httpx2.ConnectError: "no connection",
    httpx2.ConnectTimeout: "no connection in time",
    httpx2.ReadTimeout: "no answer in time",
    httpx2.WriteTimeout: "the request could not be sent in time",
    httpx2.PoolTimeout: "too many calls at once",
}


class Library:
    """Sends requests by httpx2, whose connections it keeps."""

    def __init__(self, address: Address, headers: Headers, *, timeout: float) -> None:
        self._http = httpx2.Client(
            base_url=address.url,
            headers=dict(headers),
            timeout=httpx2.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)),
            trust_env=not address.is_loopback,
            # Without encryption there is nothing to verify, and loading the certificates costs a quarter of a second.
            verify=address.is_secure,
        )

    def send(self, method: str, target: str, content: bytes | None, headers: Headers) -> Answer:
        """Send a request; see `Line`."""
        try:
            response = self._http.request(method, target, content=content, headers=dict(headers))
        except httpx2.RequestError as error:
            why = _GENTLE_WORDS.get(type(error)) or str(error) or type(error).__name__
            may_help = isinstance(error, httpx2.TransportError) and not isinstance(error, _HOPELESS)
            raise Broken(why, may_help=may_help) from error
        head = response.headers
        return Answer(response.status_code, head.get("content-type", ""), head.get("retry-after"), response.content)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

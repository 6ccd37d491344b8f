"""The server itself: its health, and its description of the API."""

from typing import Any

import msgspec

from contextfs.client.http.transport import Transport


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The health of the service: `ok` or `degraded`; `checks` describes each part in a word or a sentence."""

    status: str
    checks: dict[str, str]


class System:
    """Shows the state of the server; needs no valid key."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def health(self) -> Health:
        """Return the health of the service, part by part."""
        return self._transport.call("GET", "/health", Health)

    def live(self) -> Health:
        """Check that the process runs."""
        return self._transport.call("GET", "/health/live", Health)

    def ready(self) -> Health:
        """Check that calls can be answered. Unavailable if not."""
        return self._transport.call("GET", "/health/ready", Health)

    def openapi(self) -> dict[str, Any]:
        """Read the server's description of its API (OpenAPI 3.1)."""
        return self._transport.call("GET", "/v1/openapi.json", dict[str, Any])

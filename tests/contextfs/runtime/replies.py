"""The same requests for every host, and replies as one can compare them."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.conftest import Tenant

MIB = 1024 * 1024
_TOLD = ("content-type", "etag", "cache-control", "www-authenticate", "retry-after", "x-request-id")


@dataclass(frozen=True)
class Ask:
    """A request; `{project}` and `{key}` in it stand for a tenant's own."""

    method: str = "POST"
    path: str = "/v1/memories"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])

    def of(self, tenant: Tenant) -> "Ask":
        """Fill in what is the tenant's."""
        headers = {name: value.replace("{key}", tenant.key) for name, value in self.headers.items()}
        return Ask(self.method, self.path, self.body.replace(b"{project}", str(tenant.project_id).encode()), headers)


@dataclass(frozen=True)
class Reply:
    """A response of any host: header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def seen(self) -> tuple[int, dict[str, str], Any]:
        """Give what must not differ between hosts: status, telling headers, and the body's shape."""
        told = {name: self.headers[name] for name in _TOLD if name in self.headers}
        if "etag" in told:
            told["etag"] = "some"
        return self.status, told, _shape(json.loads(self.body)) if self.body else None


KEY = {"authorization": "Bearer {key}", "x-request-id": "the-same"}
JSON = {**KEY, "content-type": "application/json"}
MEMORY = b'{"project_id": "{project}", "content": "Deploys go out on Tuesdays.", "tags": ["ops"]}'

CREATES = {
    "created": Ask(body=MEMORY, headers=JSON),
    "wrong parameter": Ask(path="/v1/memories?wait=stored", body=MEMORY, headers=JSON),
    "no key": Ask(body=MEMORY, headers={"content-type": "application/json", "x-request-id": "the-same"}),
    "wrong key": Ask(body=MEMORY, headers={**JSON, "authorization": "Bearer ctxk_wrong"}),
    "wrong path": Ask(path="/v1/nothing", body=MEMORY, headers=JSON),
    "too large": Ask(body=MEMORY + b" " * MIB, headers=JSON),
    "no JSON by its type": Ask(body=MEMORY, headers={**KEY, "content-type": "text/plain"}),
    "no JSON": Ask(body=b"{", headers=JSON),
    "wrong value": Ask(body=MEMORY.replace(b'"ops"', b"7"), headers=JSON),
    "unknown project": Ask(body=MEMORY.replace(b"{project}", b"0" * 8 + b"-0000-7000-8000-" + b"0" * 12), headers=JSON),
}
"""What can be asked of the one route that creates memories."""


def asked_of_the_gateway(tenant: Tenant, ask: Ask) -> Reply:
    """Send the same request to the local gateway."""
    response = tenant.http.request(ask.method, ask.path, content=ask.body, headers=ask.headers)
    return Reply(response.status_code, dict(response.headers), response.content)


def _shape(value: Any) -> Any:
    """Keep names and types: ids and times differ from call to call. Problems are compared as they are."""
    if isinstance(value, dict):
        if "detail" in value:
            return value  # pyright: ignore[reportUnknownVariableType] - any JSON
        return {name: _shape(item) for name, item in value.items()}  # pyright: ignore[reportUnknownVariableType] - any JSON
    return type(value).__name__  # pyright: ignore[reportUnknownArgumentType] - any JSON

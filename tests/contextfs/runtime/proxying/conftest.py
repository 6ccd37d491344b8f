"""A gateway that passes requests on to a provider's model, both on ports of this machine."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import anthropic
import openai
import psycopg
import pytest

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.clients.proxy.model import Model
from tests.conftest import Tenant
from tests.contextfs.client.serving import serving_app

KEY = "sk-live-4f9c1d7e2b8a46c09d53e1f7a2b6c8d0"
"""The key that the model knows, and nobody of us may keep."""


@dataclass
class Server:
    """The address below which requests are passed on."""

    url: str
    clients: ExitStack = field(default_factory=ExitStack)

    def openai(self, tenant: Tenant, **headers: str) -> openai.OpenAI:
        """Give a client of OpenAI's library, as a tenant has it."""
        mine = {"X-ContextFS-Key": tenant.key, **headers}
        made = openai.OpenAI(
            base_url=f"{self.url}/v1/proxy/openai/v1", api_key=KEY, max_retries=0, default_headers=mine
        )
        return self.clients.enter_context(made)

    def anthropic(self, tenant: Tenant) -> anthropic.Anthropic:
        """Give a client of Anthropic's library, as a tenant has it."""
        made = anthropic.Anthropic(
            base_url=f"{self.url}/v1/proxy/anthropic",
            api_key=KEY,
            max_retries=0,
            default_headers={"X-ContextFS-Key": tenant.key},
        )
        return self.clients.enter_context(made)


def said(tenant: Tenant, *, messages: int = 0) -> list[list[tuple[str, str]]]:
    """Give who said what in each conversation of a tenant, the oldest first, as soon as so much was said.

    A library does not wait for the end of a reply, which waits for the store.
    """
    deadline = time.monotonic() + 60
    while sum(map(len, found := _said(tenant))) < messages and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def _said(tenant: Tenant) -> list[list[tuple[str, str]]]:
    sessions: list[dict[str, Any]] = tenant.call("GET", "/v1/sessions").json()["items"]
    lists = [tenant.call("GET", f"/v1/sessions/{one['id']}/messages").json()["items"] for one in reversed(sessions)]
    return [[(one["role"], one["content"]) for one in some] for some in lists]


@pytest.fixture
def colleague(tenant: Tenant, database_url: str) -> Tenant:
    """Give another person of the tenant's project, with a key of their own."""
    key = tenant.call("POST", "/v1/api-keys", {"name": "theirs", "role": "member"}).json()["secret"]
    theirs = replace(tenant, key=key, user_id=uuid4())
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into contextfs.memberships (org_id, user_id, email, role, created_at, updated_at)"
            " values (%s, %s, %s, 'member', now(), now())",
            [tenant.org_id, theirs.user_id, f"{theirs.user_id}@example.test"],
        )
        connection.execute(
            "update contextfs.api_keys set user_id = %s where org_id = %s and hint = %s",
            [theirs.user_id, tenant.org_id, key[-4:]],
        )
    return theirs


@pytest.fixture
def model() -> Model:
    """Give a provider's model."""
    return Model()


@pytest.fixture
def server(wiring: Wiring, model: Model) -> Iterator[Server]:
    """Give a gateway in front of it."""
    with serving_app(model.app()) as url:
        upstreams = {"openai": url, "anthropic": url, "gone": "http://127.0.0.1:9"}
        with passing_on(wiring, upstreams) as made:
            yield made


@contextmanager
def passing_on(
    wiring: Wiring, upstreams: dict[str, str], *, grace: int | None = None, on_stop: Callable[[], None] = lambda: None
) -> Generator[Server]:
    """Serve a gateway in front of some models; `on_stop` runs when all it held open is closed."""
    door = replace(wiring.door, services=replace(wiring.services, upstreams=upstreams))
    with serving_app(gateway(door, routes(), on_stop=on_stop), lifespan="on", grace=grace) as address:
        made = Server(address)
        with made.clients:
            yield made

"""Who waits for a provider or a DNS holds no connection: in the meantime everybody else is answered."""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, settings_for
from tests.functions.auth.provider import Claims, Provider
from tests.functions.conftest import Rows
from tests.functions.sso.nameserver import Dns

pytestmark = pytest.mark.usefixtures("patient_web")
SSO = "/v1/admin/sso"


class Slow(Provider):
    """A provider that answers when a test says so."""

    def __init__(self) -> None:
        self.arrived, self.held = Event(), Event()
        super().__init__()

    def discovery(self) -> Claims:
        """Give what it publishes, late."""
        self.arrived.set()
        self.held.wait(20)
        return super().discovery()


class SlowDns(Dns):
    """A DNS server that answers when a test says so."""

    def __init__(self) -> None:
        self.arrived, self.held = Event(), Event()
        super().__init__()

    def answer(self, asked: Any) -> Any:
        """Answer, late."""
        self.arrived.set()
        self.held.wait(20)
        return super().answer(asked)


@pytest.fixture
def slow() -> Iterator[Slow]:
    """Give a provider that answers when a test says so."""
    made = Slow()
    yield made
    made.held.set()
    made.close()


@pytest.fixture
def slow_dns() -> Iterator[SlowDns]:
    """Give a DNS server that answers when a test says so."""
    made = SlowDns()
    yield made
    made.held.set()
    made.close()


@contextmanager
def alone(database_url: str, tenant: Tenant, **settings: Any) -> Generator[Tenant]:
    """Give the tenant before a process whose pool has one connection."""
    own = msgspec.structs.replace(settings_for(database_url), sso_loopback=True, pool_size=1, **settings)
    wired = Wiring(own)
    with TestClient(gateway(wired.door, routes())) as http:
        yield replace(tenant, http=http)
    wired.close()


def wanted(provider: Provider, **more: Any) -> Any:
    known = {"provider": "generic", "metadata_url": provider.issuer, "client_id": provider.client_id}
    return {"enabled": True, **known, **more}


def meanwhile(one: Tenant, call: Callable[[], Any], slow: Slow | SlowDns, also: Callable[[], Any]) -> tuple[Any, Any]:
    """Make a call that waits for somebody outside, and another one before it is answered; gives both replies."""
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(call)
        assert slow.arrived.wait(20)
        other = pool.submit(also).result(20)
        assert not waiting.done()
        slow.held.set()
        return waiting.result(20), other


def test_a_provider_that_is_set(database_url: str, tenant: Tenant, slow: Slow, rows: Rows) -> None:
    with alone(database_url, tenant) as one:
        put, made = meanwhile(
            one,
            lambda: one.call("PUT", SSO, wanted(slow), idempotency_key="once"),
            slow,
            lambda: one.call("POST", "/v1/projects", {"name": "meanwhile"}),
        )
        again = one.call("PUT", SSO, wanted(slow), idempotency_key="once")

    assert (put.status_code, made.status_code) == (200, 201)
    assert again.json() == put.json()
    assert len(rows.audited(tenant, "sso.updated")) == 1


def test_a_provider_that_is_tried(database_url: str, tenant: Tenant, slow: Slow, rows: Rows) -> None:
    with alone(database_url, tenant) as one:
        one.call("PUT", SSO, wanted(slow, enabled=False))
        tried, made = meanwhile(
            one,
            lambda: one.call("POST", f"{SSO}/test"),
            slow,
            lambda: one.call("POST", "/v1/projects", {"name": "meanwhile"}),
        )

    assert (tried.json()["works"], made.status_code) == (True, 201)
    assert len(rows.audited(tenant, "sso.tested")) == 1


def test_a_domain_that_is_looked_for(database_url: str, tenant: Tenant, slow_dns: SlowDns, rows: Rows) -> None:
    place = f"127.0.0.1:{slow_dns.server.server_address[1]}"
    with alone(database_url, tenant, dns_server=place) as one:
        record = one.call("POST", f"{SSO}/domains", {"domain": "acme.example"}).json()["record"]
        slow_dns.records["acme.example"] = [record]
        looked, made = meanwhile(
            one,
            lambda: one.call("POST", f"{SSO}/domains/acme.example/check"),
            slow_dns,
            lambda: one.call("POST", "/v1/projects", {"name": "meanwhile"}),
        )

    assert (looked.json()["verified_at"] is not None, made.status_code) == (True, 201)
    assert [row["details"] for row in rows.audited(tenant, "sso_domain.checked")] == [{"verified": True}]


def test_what_somebody_else_set_meanwhile_is_not_written_over(database_url: str, tenant: Tenant, slow: Slow) -> None:
    with alone(database_url, tenant) as one:
        put, other = meanwhile(
            one,
            lambda: one.call("PUT", SSO, wanted(slow)),
            slow,
            lambda: one.call("PUT", SSO, wanted(slow, enabled=False, client_id="another")),
        )
        kept = one.call("GET", SSO).json()

    assert (put.status_code, other.status_code) == (409, 200)
    assert (kept["client_id"], kept["enabled"]) == ("another", False)


def test_a_domain_that_is_given_up_meanwhile_is_not_proven(
    database_url: str, tenant: Tenant, slow_dns: SlowDns, rows: Rows
) -> None:
    place = f"127.0.0.1:{slow_dns.server.server_address[1]}"
    with alone(database_url, tenant, dns_server=place) as one:
        one.call("POST", f"{SSO}/domains", {"domain": "acme.example"})
        looked, gone = meanwhile(
            one,
            lambda: one.call("POST", f"{SSO}/domains/acme.example/check"),
            slow_dns,
            lambda: one.call("DELETE", f"{SSO}/domains/acme.example"),
        )

    assert (looked.status_code, gone.status_code) == (404, 204)
    assert rows.audited(tenant, "sso_domain.checked") == []

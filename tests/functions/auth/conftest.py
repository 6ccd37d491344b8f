"""Browsers, a clock that tests set, and an identity provider."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from contextfs.kit.clock import system_clock
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, settings_for
from tests.functions.auth.browser import Browser, NewBrowser
from tests.functions.auth.provider import Provider
from tests.functions.conftest import Rows


class Time:
    """The time, moved on by tests."""

    def __init__(self) -> None:
        self.passed = timedelta(0)


@pytest.fixture
def time() -> Time:
    """Give the time that has passed."""
    return Time()


@pytest.fixture
def clocked(database_url: str, time: Time) -> Iterator[Wiring]:
    """Give a process's parts whose clock a test moves."""
    settings = msgspec.structs.replace(settings_for(database_url), sso_loopback=True)
    wired = Wiring(settings, clock=lambda: system_clock() + time.passed)
    yield wired
    wired.close()


@pytest.fixture
def new_browser(clocked: Wiring) -> NewBrowser:
    """Give a function that opens a browser without cookies."""
    return lambda: Browser(clocked)


@pytest.fixture
def browser(new_browser: NewBrowser) -> Browser:
    """Give a browser without cookies."""
    return new_browser()


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Give an identity provider that listens."""
    made = Provider()
    yield made
    made.close()


SetUp = Callable[..., Any]


@pytest.fixture
def set_up(clocked: Wiring, provider: Provider, rows: Rows) -> SetUp:
    """Give a function that lets a tenant sign in by the provider, with `acme.example` proven to be its own."""

    def change(tenant: Tenant, **wanted: Any) -> Any:
        body = {
            "enabled": True,
            "provider": "generic",
            "metadata_url": provider.issuer,
            "client_id": provider.client_id,
            "client_secret": provider.secret,
            "auto_provision": True,
            **wanted,
        }
        rows.connection.execute(
            "insert into contextfs.sso_domains (org_id, domain, proof, created_at, verified_at)"
            " values (%s, 'acme.example', 'p', now(), now()) on conflict do nothing",
            [tenant.org_id],
        )
        with TestClient(gateway(clocked.door, routes())) as http:
            return http.put("/v1/admin/sso", json=body, headers={"authorization": f"Bearer {tenant.key}"})

    return change

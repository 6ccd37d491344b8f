"""A device that logs in is patient with a server that says: later."""

import httpx2
import pytest

from contextfs.client import ContextFS, Unavailable
from contextfs.client.login import brought, device
from contextfs.kit.errors import NotAuthenticated
from tests.conftest import Tenant
from tests.contextfs.client.flaky import Fault, flaky

BUSY: Fault = "answer 429"
LATER: tuple[Fault, ...] = (BUSY, "answer 503")


def test_a_device_that_is_told_to_come_later_comes_later(api_url: str, tenant: Tenant) -> None:
    with flaky(api_url, *LATER) as proxy, httpx2.Client(timeout=60) as http:
        shown = device.begin(http, proxy.url, "laptop")
        proxy.faults += LATER
        with ContextFS(api_url, tenant.key) as person:
            person.auth.decide(shown.user_code, allow=True)
        granted = device.wait(http, proxy.url, shown, sleep=lambda _: None)

    assert granted.key.startswith("ctxk_")
    assert len(proxy.requests) == 6


def test_a_server_that_only_says_later_ends_no_login(api_url: str, tenant: Tenant) -> None:
    with flaky(api_url) as proxy, httpx2.Client(timeout=60) as http:
        shown = device.begin(http, proxy.url, "laptop")
        with ContextFS(api_url, tenant.key) as person:
            person.auth.decide(shown.user_code, allow=True)
        proxy.faults.extend((BUSY,) * 6)
        granted = device.wait(http, proxy.url, shown, sleep=lambda _: None)

    assert granted.key.startswith("ctxk_")


def test_a_server_that_has_no_room_is_told_as_that(api_url: str) -> None:
    with (
        flaky(api_url, *((BUSY,) * 9)) as proxy,
        httpx2.Client(timeout=60) as http,
        pytest.raises(Unavailable, match=r"lets nobody in just now \(429\): try again in a minute"),
    ):
        device.begin(http, proxy.url, "laptop")


def test_a_refusal_is_not_asked_again(api_url: str, tenant: Tenant) -> None:
    with flaky(api_url) as proxy, httpx2.Client(timeout=60) as http:
        shown = device.begin(http, proxy.url, "laptop")
        with ContextFS(api_url, tenant.key) as person:
            person.auth.decide(shown.user_code, allow=False)
        with pytest.raises(NotAuthenticated, match=r"^It was refused in the browser"):
            device.wait(http, proxy.url, shown, sleep=lambda _: None)

    assert len(proxy.requests) == 2


def test_who_brings_a_token_is_patient_too(api_url: str) -> None:
    with flaky(api_url, *LATER) as proxy, httpx2.Client(timeout=60) as http:
        brought.service_of(http, proxy.url)

    assert len(proxy.requests) == 3

"""GET /v1/auth/sign-in: which service people sign in by, for who asks before they are anybody."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from contextfs.runtime.wiring import Wiring
from tests.contextfs.adapters.clouds import sign_in_services
from tests.functions.auth.browser import Browser


@pytest.mark.parametrize("cloud", ["local", "gcp", "aws"])
def test_it_tells_what_a_token_has_to_say(cloud: str, clocked: Wiring) -> None:
    """A program asks for a token by what is told here: so it names what the tokens of the service name."""
    with getattr(sign_in_services, cloud)() as twin:
        services = replace(clocked.services, sign_in=lambda: twin.service)
        stands: Any = SimpleNamespace(door=replace(clocked.door, services=services), services=services)
        reply = Browser(stands).get("/v1/auth/sign-in")
        usual = twin.usual

    told = reply.json()
    assert reply.status_code == 200
    assert (told["service"]["issuer"], told["service"]["client_id"]) == (usual["iss"], usual["aud"])
    assert told["exchange"] == f"{clocked.services.public_url}/v1/auth/exchange"


def test_it_tells_the_tenant_of_a_project(clocked: Wiring) -> None:
    with sign_in_services.gcp("staff-1") as twin:
        services = replace(clocked.services, sign_in=lambda: twin.service)
        stands: Any = SimpleNamespace(door=replace(clocked.door, services=services), services=services)
        service = Browser(stands).get("/v1/auth/sign-in").json()["service"]

    assert (service["kind"], service["tenant"]) == ("identity-platform", "staff-1")


def test_a_server_without_a_service_tells_the_other_ways(browser: Browser) -> None:
    told = browser.get("/v1/auth/sign-in").json()

    assert (told["service"], told["exchange"]) == (None, None)
    assert told["login"].endswith("/v1/auth/login")
    assert told["device"].endswith("/oauth/device_authorization")

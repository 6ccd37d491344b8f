"""A sign-in by a certified provider, from the settings to the login: `make provider` runs it."""

import html
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin

import httpx2
import msgspec
import pytest

from contextfs.runtime.wiring import Wiring, sign_in_service
from tests.conftest import Tenant
from tests.contextfs.runtime.processes import free_port
from tests.functions.auth.browser import Browser, NewBrowser
from tests.functions.auth.conftest import SetUp

FOLDER = os.environ.get("CONTEXTFS_OIDC_PROVIDER", "")
BACK = "http://127.0.0.1:8420/v1/auth/callback"
SERVICE_BACK = "http://127.0.0.1:8420/oauth/service/callback"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not FOLDER, reason="`make provider` gets oidc-provider from npm")]


@pytest.fixture
def issuer(repository: Path) -> Iterator[str]:
    """Give the issuer of a certified provider that listens."""
    port = free_port()
    script = repository / "tests/functions/auth/certified.mjs"
    command = ["node", str(script), FOLDER, str(port), BACK, SERVICE_BACK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        assert any("listening" in line for line in running.stdout)
        yield f"http://127.0.0.1:{port}"
        running.kill()


def consent(address: str) -> str:
    """Do what a person does in the provider's pages: name oneself, and agree; gives where the browser is sent back."""
    with httpx2.Client(follow_redirects=False, timeout=60) as person:
        reply: Any = person.get(address)
        for _ in range(12):
            if reply.is_redirect:
                address = urljoin(address, reply.headers["location"])
                if address.startswith((BACK, SERVICE_BACK)):
                    return address
                reply = person.get(address)
            else:
                form = re.findall(r'name="prompt" value="(\w+)"', reply.text)
                address = urljoin(address, re.findall(r'action="([^"]+)"', reply.text)[0])
                reply = person.post(address, data={"prompt": form[0], "login": "ann", "password": "any"})
    raise AssertionError(reply.text)


def test_a_person_signs_in_and_gets_the_role_of_their_groups(
    tenant: Tenant, issuer: str, browser: Browser, set_up: SetUp
) -> None:
    set_up(tenant, metadata_url=issuer, group_roles={"Ops": "admin"})
    begun = browser.begin(tenant.org_id, return_to="/studio")

    back = browser.come_back(consent(begun.headers["location"]))

    assert (back.status_code, back.headers["location"]) == (303, "http://127.0.0.1:8420/studio")
    assert browser.get("/v1/auth/me").json()["role"] == "admin"


def test_an_answer_is_good_once_and_in_its_browser(
    tenant: Tenant, issuer: str, new_browser: NewBrowser, set_up: SetUp
) -> None:
    set_up(tenant, metadata_url=issuer)
    mine, other = new_browser(), new_browser()
    first = consent(mine.begin(tenant.org_id).headers["location"])
    second = consent(mine.begin(tenant.org_id).headers["location"])

    statuses = [one.come_back(address).status_code for one, address in ((other, first), (mine, second), (mine, second))]

    assert statuses == [401, 303, 401]


def test_a_wrong_secret_lets_nobody_in(tenant: Tenant, issuer: str, browser: Browser, set_up: SetUp) -> None:
    set_up(tenant, metadata_url=issuer, client_secret="wrong")

    assert browser.come_back(consent(browser.begin(tenant.org_id).headers["location"])).status_code == 401


def test_a_person_signs_in_at_the_pages_of_the_installations_own_service(
    tenant: Tenant, issuer: str, clocked: Wiring
) -> None:
    tenant.call("POST", "/v1/admin/users", {"email": "ann@acme.example", "role": "viewer"})
    named = f"oidc:contextfs@{issuer}"
    settings = msgspec.structs.replace(clocked.settings, sign_in=named, sign_in_secret="s3cret + more")
    services = replace(clocked.services, sign_in=lambda: sign_in_service(named, settings, clocked.clock))
    stands: Any = SimpleNamespace(door=replace(clocked.door, services=services), services=services)
    browser, other = Browser(stands), Browser(stands)
    page = browser.http.get("/oauth/service", params={"organization": str(tenant.org_id), "return_to": "/studio"})
    back = consent(html.unescape(re.findall(r'content="0;url=([^"]+)"', page.text)[0]))
    statuses = [other.come_back(back).status_code, (asked := browser.come_back(back)).status_code]
    state = html.unescape(re.findall(r'name="state" value="([^"]+)"', asked.text)[0])
    statuses.append(browser.http.post("/oauth/service", data={"state": state}).status_code)

    assert statuses == [401, 200, 303]
    assert browser.get("/v1/auth/me").json()["role"] == "viewer"

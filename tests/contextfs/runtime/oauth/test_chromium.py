"""Our pages in a real browser, at a server that listens: `make browser` runs it.

Chromium holds forms against the policy of their page and says where they come from by its referrer policy: what no
client of HTTP does.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, settings_for
from tests.contextfs.client.serving import serving_app
from tests.contextfs.runtime.processes import free_port
from tests.functions.auth.conftest import SetUp

FOLDER = os.environ.get("CONTEXTFS_BROWSER", "")
CHROMIUM = os.environ.get("CONTEXTFS_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER or not CHROMIUM, reason="`make browser` gets playwright-core; Chromium is yours"),
]

Walk = Callable[..., list[Any]]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def clocked(database_url: str, port: int) -> Iterator[Wiring]:
    """Give a process's parts that browsers reach at a port of this machine."""
    settings = msgspec.structs.replace(
        settings_for(database_url), sso_loopback=True, public_url=f"http://127.0.0.1:{port}"
    )
    wired = Wiring(settings)
    yield wired
    wired.close()


@pytest.fixture
def walk(clocked: Wiring, port: int, repository: Path) -> Iterator[Walk]:
    """Give a function that walks through pages; it gives what was shown after each step, where nothing was amiss."""
    script = repository / "tests/contextfs/runtime/oauth/chromium.mjs"

    def go(*steps: tuple[str, ...], **options: Any) -> list[Any]:
        narrow = {"baseURL": f"http://127.0.0.1:{port}", "viewport": {"width": 320, "height": 640}, **options}
        command = ["node", script, FOLDER, CHROMIUM or "", json.dumps(narrow), json.dumps(steps)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert [problem for one in told for problem in one["problems"]] == []
        return told

    with serving_app(gateway(clocked.door, routes()), port=port):
        yield lambda *steps, **options: go(("goto", "/"), *steps, **options)


def test_a_person_signs_in_by_the_provider_and_out_everywhere(tenant: Tenant, set_up: SetUp, walk: Walk) -> None:
    set_up(tenant)
    told = walk(
        ("follow", "Sign in"),
        ("fill", "#email", "ann@acme.example"),
        ("press", "Enter"),
        ("title", "You are signed in"),
        ("click", "Sign out everywhere"),
        ("title", "You are signed out"),
    )

    assert "You are ann@acme.example" in told[4]["text"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_device_is_let_in_with_a_key_and_by_keyboard_alone(tenant: Tenant, walk: Walk, *, scripts: bool) -> None:
    device = tenant.http.post("/oauth/device_authorization", data={"client_id": "ctx"}).json()
    told = walk(
        ("follow", "Sign in"),
        *(("press", "Tab"),) * 3,
        ("type", tenant.key),
        ("press", "Enter"),
        ("title", "You are signed in"),
        ("goto", f"/oauth/device?user_code={device['user_code'].lower()}"),
        ("press", "Tab"),
        ("press", "Enter"),
        ("title", "Done"),
        javaScriptEnabled=scripts,
    )
    asked = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": "ctx"}
    answer = tenant.http.post("/oauth/token", data={**asked, "device_code": device["device_code"]})

    assert "You are signed in as owner@example.test, owner of Org." in told[-4]["text"]
    assert answer.json()["access_token"].startswith("ctxk_")


def test_a_wrong_code_and_a_refusal_are_told(tenant: Tenant, walk: Walk) -> None:
    device = tenant.http.post("/oauth/device_authorization", data={"client_id": "ctx"}).json()
    told = walk(
        ("goto", "/oauth/device"),
        ("fill", "#key", tenant.key),
        ("click", "Sign in with the key"),
        ("fill", "#user_code", "BCDF-BCDF"),
        ("click", "Allow"),
        ("text", "No device shows this code"),
        ("fill", "#user_code", device["user_code"]),
        ("click", "Refuse"),
        ("title", "Done"),
    )

    assert "ctx was refused." in told[-1]["text"]


def test_without_cookies_a_sign_in_that_comes_back_is_refused_on_a_page(walk: Walk) -> None:
    told = walk(
        ("goto", "/v1/auth/callback?state=x&code=y"), ("follow", "Back to sign in"), ("title", "Sign in"), locale="de"
    )

    assert "You are not signed in" in told[1]["text"]


def test_who_is_invited_joins_and_is_signed_in(tenant: Tenant, walk: Walk) -> None:
    token = tenant.call("POST", "/v1/admin/invitations", {"email": "bob@example.test"}).json()["token"]
    told = walk(
        ("follow", "Accept an invitation"),
        ("fill", "#invitation", "ctxi_wrong"),
        ("click", "Join"),
        ("text", "This opens nothing"),
        ("fill", "#invitation", token),
        ("click", "Join"),
        ("title", "You are in"),
        ("follow", "Go on"),
        ("title", "You are signed in"),
    )

    assert "You are bob@example.test, member of Org." in told[-1]["text"]

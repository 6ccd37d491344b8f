"""Programs that a person lets in (OAuth 2.1): the whole way, and the ways around it that are closed."""

import base64
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.auth.browser import Browser, NewBrowser
from tests.functions.auth.conftest import Time
from tests.functions.conftest import Rows
from tests.functions.strangers import forged

VERIFIER = "a-verifier-of-forty-three-letters-or-more-as-the-standard-has-it"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
CALLBACK = "http://127.0.0.1:33418/callback"
RESOURCE = "http://127.0.0.1:8420/mcp"
ISSUER = "http://127.0.0.1:8420"
HELLO: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "contextfs_list_sessions", "arguments": {}},
}
AS_MCP = {"accept": "application/json, text/event-stream", "host": "127.0.0.1:8420"}


def register(browser: Browser, *redirect_uris: str, **more: Any) -> Any:
    told = {"redirect_uris": list(redirect_uris or (CALLBACK,)), "client_name": "Editor"} | more
    return browser.http.post("/oauth/register", json=told)


def client_id(browser: Browser) -> str:
    return register(browser).json()["client_id"]


def asked(client: str, **changed: str | None) -> dict[str, str]:
    usual: dict[str, str | None] = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": CALLBACK,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "scope": "projects:read sessions:read memories:read",
        "state": "xyz",
        "resource": RESOURCE,
    }
    return {name: value for name, value in (usual | changed).items() if value is not None}


def said(response: Any) -> dict[str, str]:
    """Read what goes back to the program."""
    place: str = response.headers["location"]
    assert place.startswith(CALLBACK), place
    return {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}


def decide(browser: Browser, query: dict[str, str], decision: str = "allow", **changed: str) -> Any:
    page = browser.http.get("/oauth/authorize", params=query)
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found, page.text
    return browser.http.post("/oauth/authorize", data=query | {"decision": decision, "csrf": found[1]} | changed)


def redeem(browser: Browser, client: str, code: str, **changed: str) -> Any:
    usual = {
        "grant_type": "authorization_code",
        "client_id": client,
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "resource": RESOURCE,
    }
    return browser.http.post("/oauth/token", data=usual | changed)


def refresh(browser: Browser, client: str, token: str) -> Any:
    asked = {"grant_type": "refresh_token", "client_id": client, "refresh_token": token}
    return browser.http.post("/oauth/token", data=asked)


def let_in(browser: Browser, tenant: Tenant) -> tuple[str, Any]:
    """Go the whole way; gives the client's id and its tokens."""
    browser.sign_in(tenant.key)
    client = client_id(browser)
    code = said(decide(browser, asked(client)))["code"]
    return client, redeem(browser, client, code).json()


def opens(browser: Browser, token: str, path: str = "/mcp") -> int:
    headers = AS_MCP | {"authorization": f"Bearer {token}"}
    if path == "/mcp":
        return browser.http.post(path, json=HELLO, headers=headers).status_code
    return browser.http.get(path, headers=headers).status_code


def test_a_program_is_let_in_and_calls_tools(tenant: Tenant, browser: Browser, rows: Rows) -> None:
    browser.sign_in(tenant.key)
    client = client_id(browser)
    page = browser.http.get("/oauth/authorize", params=asked(client))
    back = decide(browser, asked(client))
    tokens = redeem(browser, client, said(back)["code"])

    told = tokens.json()
    assert "<strong>Editor</strong> asks to act for you. Nobody vouches for its name." in page.text
    assert "<strong>127.0.0.1:33418</strong>" in page.text
    assert "See memories, search them" in page.text
    assert (303, "xyz", ISSUER) == (back.status_code, said(back)["state"], said(back)["iss"])
    assert ("Bearer", 3600, "projects:read sessions:read memories:read") == (
        told["token_type"],
        told["expires_in"],
        told["scope"],
    )
    assert 200 == opens(browser, told["access_token"])
    [grant] = rows.of("grants", tenant)
    kept = str(grant)
    assert not any(one in kept for one in (told["access_token"], told["refresh_token"], said(back)["code"]))
    assert ["grant.created"] == [row["action"] for row in rows.of("audit_log", tenant) if "grant" in row["action"]]


def test_a_token_is_good_at_mcp_alone(tenant: Tenant, browser: Browser) -> None:
    """Audience confusion: what was given for one resource opens no other."""
    _, tokens = let_in(browser, tenant)

    assert [200, 401, 401] == [
        opens(browser, tokens["access_token"], path) for path in ("/mcp", "/v1/memories", "/v1/auth/me")
    ]
    assert 401 == opens(browser, tokens["refresh_token"])


def test_a_token_may_what_it_was_given_and_its_person_may_now(tenant: Tenant, browser: Browser, rows: Rows) -> None:
    _, tokens = let_in(browser, tenant)

    def remember() -> str:
        call = {"name": "contextfs_remember", "arguments": {"content": "x"}}
        body = HELLO | {"params": call}
        headers = AS_MCP | {"authorization": f"Bearer {tokens['access_token']}"}
        return browser.http.post("/mcp", json=body, headers=headers).text

    told = remember()
    rows.connection.execute("delete from contextfs.api_keys where org_id = %s", [tenant.org_id])
    without_keys = opens(browser, tokens["access_token"])
    rows.connection.execute(
        "insert into contextfs.memberships (org_id, user_id, email, role, created_at, updated_at)"
        " values (%s, gen_random_uuid(), 'other@example.test', 'owner', now(), now())",
        [tenant.org_id],
    )
    rows.connection.execute("delete from contextfs.memberships where user_id = %s", [tenant.user_id])

    assert "memories:write" in told
    assert 200 == without_keys, "it is its person's, and no key's"
    assert 401 == opens(browser, tokens["access_token"])


def test_another_organizations_token_sees_nothing(
    tenant: Tenant, other_tenant: Tenant, new_browser: NewBrowser
) -> None:
    project = str(tenant.project_id)
    body = {"project_id": project, "tool": "t", "title": "quetzalcoatl"}
    session = tenant.call("POST", "/v1/sessions", body).json()["session"]["id"]
    browser = new_browser()
    _, tokens = let_in(browser, other_tenant)
    call = HELLO | {"params": {"name": "contextfs_get_session", "arguments": {"id": session}}}
    reply = browser.http.post("/mcp", json=call, headers=AS_MCP | {"authorization": f"Bearer {tokens['access_token']}"})

    assert "quetzalcoatl" not in reply.text
    assert (
        "quetzalcoatl"
        not in browser.http.post(
            "/mcp", json=HELLO, headers=AS_MCP | {"authorization": f"Bearer {tokens['access_token']}"}
        ).text
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "another-verifier-of-forty-three-letters-or-more-as-it-has"},
        {"code_verifier": ""},
        {"code_verifier": CHALLENGE},
        {"redirect_uri": "http://127.0.0.1:1/callback"},
        {"client_id": "https://evil.example/client.json"},
        {"resource": "https://evil.example/mcp"},
    ],
    ids=[
        "wrong verifier",
        "no verifier",
        "the challenge itself",
        "another address",
        "another client",
        "another resource",
    ],
)
def test_a_code_is_good_for_who_asked_alone_and_is_over_after_that(
    tenant: Tenant, browser: Browser, changed: dict[str, str], rows: Rows
) -> None:
    browser.sign_in(tenant.key)
    client = client_id(browser)
    code = said(decide(browser, asked(client)))["code"]
    stolen = redeem(browser, client, code, **changed)
    after = redeem(browser, client, code)

    assert [(400, "invalid_grant")] * 2 == [(one.status_code, one.json()["error"]) for one in (stolen, after)]
    assert rows.audited(tenant, "grant.replayed")


def test_a_code_that_comes_twice_ends_what_came_of_it(tenant: Tenant, browser: Browser) -> None:
    browser.sign_in(tenant.key)
    client = client_id(browser)
    code = said(decide(browser, asked(client)))["code"]
    tokens = redeem(browser, client, code).json()
    before = opens(browser, tokens["access_token"])
    again = redeem(browser, client, code)

    assert (200, "invalid_grant", 401) == (before, again.json()["error"], opens(browser, tokens["access_token"]))
    assert "invalid_grant" == refresh(browser, client, tokens["refresh_token"]).json()["error"]


def test_a_code_is_over_after_a_minute(tenant: Tenant, browser: Browser, time: Time) -> None:
    browser.sign_in(tenant.key)
    client = client_id(browser)
    code = said(decide(browser, asked(client)))["code"]
    time.passed += timedelta(seconds=61)

    assert "invalid_grant" == redeem(browser, client, code).json()["error"]


def test_refresh_tokens_change_and_a_copy_ends_the_grant(tenant: Tenant, browser: Browser, time: Time) -> None:
    client, first = let_in(browser, tenant)
    second = refresh(browser, client, first["refresh_token"]).json()
    lost = refresh(browser, client, first["refresh_token"])
    time.passed += timedelta(minutes=2)
    third = lost.json()
    works = opens(browser, third["access_token"])
    copy = refresh(browser, client, first["refresh_token"])

    assert second["refresh_token"] not in {first["refresh_token"], third["refresh_token"]}
    assert (200, 200) == (lost.status_code, works), "an answer that was lost is had again, for a minute"
    assert ("invalid_grant", 401) == (copy.json()["error"], opens(browser, third["access_token"]))


def test_an_access_token_ends_after_an_hour_and_a_refresh_token_brings_another(
    tenant: Tenant, browser: Browser, time: Time
) -> None:
    client, tokens = let_in(browser, tenant)
    time.passed += timedelta(hours=1)
    ended = opens(browser, tokens["access_token"])
    other = refresh(browser, client, tokens["refresh_token"]).json()
    time.passed += timedelta(days=90)

    assert (401, "invalid_grant") == (ended, refresh(browser, client, other["refresh_token"]).json()["error"])


def test_an_access_token_ends_with_its_grant(tenant: Tenant, browser: Browser, rows: Rows) -> None:
    _, tokens = let_in(browser, tenant)
    before = opens(browser, tokens["access_token"])
    rows.connection.execute(
        "update contextfs.grants set expires_at = now() - interval '1 second' where org_id = %s", [tenant.org_id]
    )

    assert (200, 401) == (before, opens(browser, tokens["access_token"]))


def test_another_secret_opens_nothing(tenant: Tenant, browser: Browser) -> None:
    _, tokens = let_in(browser, tenant)

    assert [401, 200] == [opens(browser, one) for one in (forged(tokens["access_token"]), tokens["access_token"])]


def test_a_refresh_token_is_its_clients_alone(tenant: Tenant, browser: Browser) -> None:
    _, tokens = let_in(browser, tenant)
    other = register(browser, "http://127.0.0.1/other").json()["client_id"]

    assert "invalid_grant" == refresh(browser, other, tokens["refresh_token"]).json()["error"]


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_tokens_are_given_back(tenant: Tenant, browser: Browser, kind: str, rows: Rows) -> None:
    client, tokens = let_in(browser, tenant)
    for _ in range(2):
        assert 200 == browser.http.post("/oauth/revoke", data={"token": tokens[kind]}).status_code

    assert 401 == opens(browser, tokens["access_token"])
    assert "invalid_grant" == refresh(browser, client, tokens["refresh_token"]).json()["error"]
    assert 1 == len(rows.audited(tenant, "grant.ended"))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"resource": "https://evil.example/mcp"}, "invalid_target"),
        ({"scope": "keys:write"}, "invalid_scope"),
        ({"scope": "*"}, "invalid_scope"),
    ],
)
def test_what_is_asked_wrong_is_told_to_the_program(
    tenant: Tenant, browser: Browser, changed: dict[str, str | None], error: str
) -> None:
    """PKCE cannot be left out or made weaker, and no token is given for another resource."""
    browser.sign_in(tenant.key)
    query = asked(client_id(browser), **changed)
    told = said(browser.http.get("/oauth/authorize", params=query))

    assert (error, "xyz", ISSUER) == (told["error"], told["state"], told["iss"])
    forced = browser.http.post("/oauth/authorize", data=query | {"decision": "allow"})
    assert 400 == forced.status_code


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/callback",
        "http://127.0.0.1:33418/callback/../other",
        "http://127.0.0.1:33418/callback?more=1",
        "http://127.0.0.1@evil.example/callback",
        "http://localhost.evil.example/callback",
        "//evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_is_sent_where_the_program_did_not_say(tenant: Tenant, browser: Browser, place: str) -> None:
    """Open redirect: an address that the program did not register is shown to nobody, and led to never."""
    browser.sign_in(tenant.key)
    query = asked(client_id(browser), redirect_uri=place)
    replies = [
        browser.http.get("/oauth/authorize", params=query),
        browser.http.get("/oauth/authorize", params=query | {"scope": "nonsense"}),
        browser.http.post("/oauth/authorize", data=query | {"decision": "allow"}),
        browser.http.post("/oauth/authorize", data=query | {"decision": "deny"}),
    ]

    assert [(400, False)] * 4 == [(one.status_code, "location" in one.headers) for one in replies]


def test_a_program_on_this_machine_may_listen_at_any_port(tenant: Tenant, browser: Browser) -> None:
    browser.sign_in(tenant.key)
    client = register(browser, "http://127.0.0.1/callback").json()["client_id"]

    assert "code" in said(decide(browser, asked(client)))


@pytest.mark.parametrize("csrf", ["", "guessed"])
@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_another_sites_page_decides_nothing(tenant: Tenant, browser: Browser, csrf: str, decision: str) -> None:
    browser.sign_in(tenant.key)
    query = asked(client_id(browser))
    forged = browser.http.post("/oauth/authorize", data=query | {"decision": decision, "csrf": csrf})

    assert (403, False) == (forged.status_code, "location" in forged.headers)


def test_a_refusal_goes_back_to_the_program(tenant: Tenant, browser: Browser, rows: Rows) -> None:
    browser.sign_in(tenant.key)
    told = said(decide(browser, asked(client_id(browser)), "deny"))

    assert ("access_denied", "xyz") == (told["error"], told["state"])
    assert [] == rows.of("grants", tenant)


def test_who_is_not_signed_in_signs_in_first(browser: Browser) -> None:
    led = browser.http.get("/oauth/authorize", params=asked(client_id(browser)))

    assert 303 == led.status_code
    assert led.headers["location"].startswith("/oauth/login?return_to=%2Foauth%2Fauthorize%3F")


@pytest.mark.parametrize(
    "told",
    [
        {"redirect_uris": []},
        {"redirect_uris": ["http://example.com/callback"]},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": ["data:text/html,x"]},
        {"redirect_uris": ["https://example.com/callback#fragment"]},
        {"redirect_uris": ["https://user@example.com/callback"]},
        {"redirect_uris": ["callback"]},
        {"redirect_uris": ["https://evil.example\\.claude.ai/callback"]},
        {"redirect_uris": ["https://claude.ai;sandbox/callback"]},
        {"redirect_uris": ["http://[::1"]},
        {},
        [],
    ],
)
def test_a_program_whose_answers_could_go_anywhere_is_not_registered(browser: Browser, told: Any) -> None:
    reply = browser.http.post("/oauth/register", json=told)

    assert 400 == reply.status_code
    assert reply.json()["error"] in {"invalid_client_metadata", "invalid_redirect_uri"}


def test_a_registration_cannot_be_made_up(tenant: Tenant, browser: Browser) -> None:
    browser.sign_in(tenant.key)
    head, said_, mac = client_id(browser).split(".")
    forged = base64.urlsafe_b64encode(json.dumps(["Editor", ["https://evil.example/"]]).encode()).decode().rstrip("=")
    made_up = [f"{head}.{forged}.{mac}", f"{head}.{said_}.", f"{head}.{said_}", f"{head}.!.!", "nobody", ""]
    replies = [browser.http.get("/oauth/authorize", params=asked(one)) for one in made_up]

    assert [(401, False)] * len(made_up) == [(one.status_code, "location" in one.headers) for one in replies]


def test_what_was_registered_before_it_was_refused_leads_nowhere(
    tenant: Tenant, browser: Browser, clocked: Wiring
) -> None:
    """A browser takes the other sign for the end of the name of a server; the page showed what stands behind it."""
    place = "https://evil.example\\.claude.ai/callback"
    said_ = json.dumps(["Claude", [CALLBACK, place]]).encode()
    mac = hmac.digest(clocked.services.key_pepper, b"oauth client\n" + said_, "sha256")
    texts = [base64.urlsafe_b64encode(one).decode().rstrip("=") for one in (said_, mac)]
    browser.sign_in(tenant.key)
    replies = [
        browser.http.get("/oauth/authorize", params=asked(".".join(["ctxc", *texts]), redirect_uri=one))
        for one in (place, CALLBACK)
    ]

    assert [(401, False)] * 2 == [(one.status_code, "location" in one.headers) for one in replies]
    assert "Register again." in replies[0].text


def test_what_stands_behind_a_programs_own_scheme_is_not_shown_as_a_server(tenant: Tenant, browser: Browser) -> None:
    browser.sign_in(tenant.key)
    place = "com.evil.app://claude.ai/callback"
    client = register(browser, place).json()["client_id"]
    page = browser.http.get("/oauth/authorize", params=asked(client, redirect_uri=place))

    assert "The answer goes to <strong>the program of com.evil.app:</strong>" in page.text
    assert page.headers["content-security-policy"].endswith("form-action 'self' com.evil.app:")


class _Document(BaseHTTPRequestHandler):
    told: dict[str, Any]

    def do_GET(self) -> None:
        body = json.dumps(self.told).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        pass


@pytest.fixture
def published() -> Iterator[str]:
    """Give the address of the document that a program publishes about itself."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Document)
    address = f"http://127.0.0.1:{server.server_port}/client.json"
    _Document.told = {"client_id": address, "client_name": "Published", "redirect_uris": [CALLBACK]}
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_program_is_known_by_what_it_publishes(tenant: Tenant, browser: Browser, published: str) -> None:
    browser.sign_in(tenant.key)
    page = browser.http.get("/oauth/authorize", params=asked(published))
    code = said(decide(browser, asked(published)))["code"]
    tokens = redeem(browser, published, code).json()

    assert f"It is published by {urlsplit(published).netloc}." in page.text
    assert 200 == opens(browser, tokens["access_token"])


@pytest.mark.parametrize(
    "told", [{"client_id": "https://other.example/c.json"}, {"client_id": None}, {"redirect_uris": []}]
)
def test_what_does_not_name_itself_is_no_metadata(
    tenant: Tenant, browser: Browser, published: str, told: dict[str, Any]
) -> None:
    browser.sign_in(tenant.key)
    _Document.told |= told
    reply = browser.http.get("/oauth/authorize", params=asked(published))

    assert (401, False) == (reply.status_code, "location" in reply.headers)


@pytest.mark.parametrize(
    "address", ["https://10.0.0.1/client.json", "https://169.254.169.254/latest/meta", "http://example.com/c"]
)
def test_metadata_is_read_of_public_addresses_alone(tenant: Tenant, browser: Browser, address: str) -> None:
    browser.sign_in(tenant.key)
    reply = browser.http.get("/oauth/authorize", params=asked(address))

    assert 401 == reply.status_code
    assert "cannot be read" in reply.text


def test_the_server_tells_how_a_token_is_had(browser: Browser) -> None:
    refused = browser.http.post("/mcp", json=HELLO, headers=AS_MCP)
    where = re.search(r'resource_metadata="([^"]+)"', refused.headers["www-authenticate"])
    assert where
    resource = browser.http.get(urlsplit(where[1]).path).json()
    server = browser.http.get("/.well-known/oauth-authorization-server").json()

    assert (401, RESOURCE, [ISSUER]) == (refused.status_code, resource["resource"], resource["authorization_servers"])
    assert (ISSUER, ["S256"], True) == (
        server["issuer"],
        server["code_challenge_methods_supported"],
        server["client_id_metadata_document_supported"],
    )

"""An organization that signs in by a SAML provider, as an administrator sets it up: here, there, and then on."""

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant
from tests.contextfs.adapters.identity.saml.foreign import saml2
from tests.contextfs.adapters.identity.saml.idp import IdentityProvider
from tests.functions.auth.browser import Browser
from tests.functions.auth.conftest import browser, clocked, new_browser, time
from tests.functions.conftest import Rows

__all__ = ["browser", "clocked", "new_browser", "time"]


class Organization:
    """A tenant with its provider."""

    def __init__(self, tenant: Tenant, http: TestClient, rows: Rows) -> None:
        self.tenant = tenant
        self._http = http
        rows.connection.execute(
            "insert into contextfs.sso_domains (org_id, domain, proof, created_at, verified_at)"
            " values (%s, 'acme.example', 'p', now(), now()) on conflict do nothing",
            [tenant.org_id],
        )
        self.places: dict[str, str] = self.put(enabled=False, metadata_xml=None).json()["saml"]
        self.idp = IdentityProvider(http.get(self.places["metadata_url"]).text)

    def put(self, **wanted: Any) -> Any:
        """Set how it signs in."""
        usual = {"enabled": True, "provider": "saml", "auto_provision": True, "default_role": "viewer"}
        known = {} if "metadata_xml" in wanted else {"metadata_xml": self.idp.metadata}
        headers = {"authorization": f"Bearer {self.tenant.key}"}
        return self._http.put("/v1/admin/sso", json={**usual, **known, **wanted}, headers=headers)

    def begin(self, browser: Browser, **query: str) -> str:
        """Go to the provider; gives the id of the request, as the provider reads it."""
        address = str(browser.begin(self.tenant.org_id, **query).headers["location"])
        (request,) = parse_qs(urlsplit(address).query)["SAMLRequest"]
        return self.idp.server.parse_authn_request(request, saml2.BINDING_HTTP_REDIRECT).message.id

    def respond(self, answers: str | None, **how: Any) -> bytes:
        """Let the provider say who somebody is."""
        return self.idp.respond(answers, self.places["acs_url"], self.places["entity_id"], **how)

    def bring(self, browser: Browser, response: bytes, **fields: str) -> Any:
        """Bring what the provider said, by the form that it makes the browser send."""
        form = {"SAMLResponse": base64.b64encode(response).decode(), **fields}
        return browser.http.post(self.places["acs_url"], data=form)

    def sign_in(self, browser: Browser, **how: Any) -> Any:
        """Sign in from here; gives the reply to what the provider said."""
        return self.bring(browser, self.respond(self.begin(browser), **how))

    def forget(self, browser: Browser) -> str | None:
        """Sign out; gives the address at which the provider ends its session."""
        return browser.send("POST", "/v1/auth/logout").headers.get("location")


SetUp = Callable[..., Organization]


@pytest.fixture
def set_up(clocked: Wiring, rows: Rows) -> SetUp:
    """Give a function that lets a tenant sign in by a SAML provider."""

    def change(tenant: Tenant, **wanted: Any) -> Organization:
        made = Organization(tenant, TestClient(gateway(clocked.door, routes())), rows)
        reply = made.put(**wanted)
        assert reply.status_code == 200, reply.text
        return made

    return change

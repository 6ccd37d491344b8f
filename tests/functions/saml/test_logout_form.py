"""POST /v1/saml/{organization}/logout: tests/functions/saml/test_logout.py takes both ways; here is what is wrong."""

import pytest

from tests.conftest import Tenant
from tests.contextfs.adapters.identity.saml.test_logout import by_form
from tests.contextfs.runtime.oauth.test_pages import HTML
from tests.functions.asking import told
from tests.functions.auth.browser import Browser
from tests.functions.saml.conftest import SetUp
from tests.functions.saml.test_logout import ask


def test_an_unsigned_form_ends_nothing(tenant: Tenant, browser: Browser, set_up: SetUp) -> None:
    organization = set_up(tenant)
    organization.sign_in(browser)
    content = by_form(ask(organization), None).content

    reply = browser.http.post(organization.places["logout_url"], data={"SAMLRequest": content})

    assert reply.status_code == 401
    assert "is refused" in told(reply)["detail"]
    assert browser.get("/v1/auth/me").status_code == 200


def test_who_is_not_signed_out_reads_so(tenant: Tenant, browser: Browser, set_up: SetUp) -> None:
    place = set_up(tenant).places["logout_url"]

    pages = [browser.get(place, accept=HTML), browser.http.post(place, data={"other": "x"}, headers={"accept": HTML})]

    assert [422, 422] == [page.status_code for page in pages]
    assert all("<h1>You are not signed out</h1>" in page.text for page in pages)


@pytest.mark.parametrize("form", [{}, {"RelayState": "x"}, {"SAMLRequest": "a", "SAMLResponse": "b"}])
def test_a_form_has_one_message(form: dict[str, str], tenant: Tenant, browser: Browser, set_up: SetUp) -> None:
    place = set_up(tenant).places["logout_url"]

    reply = browser.http.post(place, data=form or {"other": "x"})

    assert reply.status_code == 422

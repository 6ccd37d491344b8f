"""GET /v1/saml/{organization}/logout: what ends at the provider ends here, and the other way round."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from tests.conftest import Tenant
from tests.contextfs.adapters.identity.saml.foreign import etree, saml, saml2
from tests.contextfs.adapters.identity.saml.test_logout import by_address, by_form
from tests.contextfs.adapters.identity.saml.test_messages import asked
from tests.functions.auth.browser import Browser, NewBrowser
from tests.functions.conftest import Rows
from tests.functions.saml.conftest import Organization, SetUp


def ask(organization: Organization, *indexes: str) -> Any:
    """Let the provider ask for the end of a person's sessions; gives the signed address, or the form."""
    places = organization.places["logout_url"], organization.places["entity_id"]
    _, request = organization.idp.server.create_logout_request(
        *places, name_id=organization.idp.name_id, session_indexes=list(indexes)
    )
    return etree.fromstring(str(request).encode())


def end(organization: Organization, browser: Browser, *indexes: str) -> Any:
    message = by_address(ask(organization, *indexes), organization.idp.key_file)
    return browser.get(f"{organization.places['logout_url']}?{message.query}")


def sessions(rows: Rows, tenant: Tenant) -> list[str]:
    return [row["session_index"] for row in rows.of("saml_sessions", tenant)]


def test_who_signs_out_here_is_led_to_the_provider_that_ends_its_session(
    tenant: Tenant, browser: Browser, set_up: SetUp, rows: Rows
) -> None:
    organization = set_up(tenant)
    organization.sign_in(browser)
    (index,) = sessions(rows, tenant)

    address = organization.forget(browser)
    assert address is not None
    (content,) = parse_qs(urlsplit(address).query)["SAMLRequest"]
    request = organization.idp.server.parse_logout_request(content, saml2.BINDING_HTTP_REDIRECT).message

    assert address.startswith(organization.idp.logout)
    assert (request.name_id.text, request.session_index[0].text) == ("ann-4711", index)
    assert browser.get("/v1/auth/me").status_code == 401


def test_the_providers_answer_leads_home(tenant: Tenant, browser: Browser, set_up: SetUp) -> None:
    organization = set_up(tenant)
    organization.sign_in(browser)
    address = organization.forget(browser)
    assert address is not None
    request = asked(address)
    response = organization.idp.server.create_logout_response(
        organization.idp.server.parse_logout_request(
            parse_qs(urlsplit(address).query)["SAMLRequest"][0], saml2.BINDING_HTTP_REDIRECT
        ).message,
        [saml2.BINDING_HTTP_REDIRECT],
    )
    root = etree.fromstring(str(response).encode())
    message = by_address(root, organization.idp.key_file, name="SAMLResponse")
    back = browser.get(f"{organization.places['logout_url']}?{message.query}")

    assert root.get("InResponseTo") == request.get("ID")
    assert (back.status_code, back.headers["location"]) == (303, "http://127.0.0.1:8420/oauth/login")


def test_who_signs_out_at_the_provider_is_out_here_too(
    tenant: Tenant, new_browser: NewBrowser, set_up: SetUp, rows: Rows
) -> None:
    organization = set_up(tenant)
    first, second, elsewhere = new_browser(), new_browser(), new_browser()
    organization.sign_in(first)
    organization.sign_in(second)

    reply = end(organization, elsewhere)
    address = str(reply.headers["location"])
    answer = asked(address, "SAMLResponse")

    assert address.startswith(organization.idp.logout)
    assert parse_qs(urlsplit(address).query)["RelayState"] == ["a b"]
    assert answer.get("InResponseTo")
    assert [one.get("/v1/auth/me").status_code for one in (first, second)] == [401, 401]
    assert [row["details"]["ended"] for row in rows.audited(tenant, "login.ended")] == [2]


def test_one_session_ends_alone(tenant: Tenant, new_browser: NewBrowser, set_up: SetUp, rows: Rows) -> None:
    organization = set_up(tenant)
    first, second = new_browser(), new_browser()
    organization.sign_in(first)
    (index,) = sessions(rows, tenant)
    organization.sign_in(second)

    end(organization, new_browser(), index)

    assert [one.get("/v1/auth/me").status_code for one in (first, second)] == [401, 200]


def test_a_form_ends_it_too(tenant: Tenant, browser: Browser, set_up: SetUp) -> None:
    organization = set_up(tenant)
    organization.sign_in(browser)
    message = by_form(ask(organization), organization.idp)

    reply = browser.http.post(organization.places["logout_url"], data={"SAMLRequest": message.content})

    assert reply.status_code == 303
    assert browser.get("/v1/auth/me").status_code == 401


def test_a_message_is_good_once(tenant: Tenant, browser: Browser, set_up: SetUp) -> None:
    organization = set_up(tenant)
    message = by_address(ask(organization), organization.idp.key_file)
    place = f"{organization.places['logout_url']}?{message.query}"

    assert [browser.get(place).status_code for _ in range(2)] == [303, 401]


def test_nobody_else_ends_a_login(tenant: Tenant, other_tenant: Tenant, browser: Browser, set_up: SetUp) -> None:
    mine, theirs = set_up(tenant), set_up(other_tenant)
    mine.sign_in(browser)
    message = by_address(ask(theirs), theirs.idp.key_file)
    unsigned = by_address(ask(mine), mine.idp.key_file).query.split("&SigAlg")[0]

    strange = [
        end(theirs, browser).status_code,
        browser.get(f"{mine.places['logout_url']}?{message.query}").status_code,
        browser.get(f"{mine.places['logout_url']}?{unsigned}").status_code,
    ]

    assert strange == [303, 401, 401]
    assert browser.get("/v1/auth/me").status_code == 200


def test_another_person_stays(tenant: Tenant, new_browser: NewBrowser, set_up: SetUp) -> None:
    organization = set_up(tenant)
    ann = new_browser()
    organization.sign_in(ann)
    organization.idp.name_id = saml.NameID(format=saml.NAMEID_FORMAT_PERSISTENT, text="ben")

    end(organization, new_browser())

    assert ann.get("/v1/auth/me").status_code == 200


def test_a_provider_that_is_not_there_hinders_nobody(tenant: Tenant, browser: Browser, set_up: SetUp) -> None:
    organization = set_up(tenant)
    organization.sign_in(browser)
    organization.put(enabled=False, metadata_xml=None)

    address = organization.forget(browser)

    assert address is None
    assert browser.get("/v1/auth/me").status_code == 401


@pytest.mark.parametrize("query", ["", "SAMLRequest=a&SAMLResponse=b", "SAMLRequest="])
def test_what_is_no_message_is_refused(query: str, tenant: Tenant, set_up: SetUp, http: TestClient) -> None:
    place = set_up(tenant).places["logout_url"]
    form = {"content-type": "application/x-www-form-urlencoded"}

    statuses = {http.get(f"{place}?{query}").status_code, http.post(place, content=query, headers=form).status_code}

    assert statuses <= {401, 422}

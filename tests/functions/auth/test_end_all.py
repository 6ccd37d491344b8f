"""DELETE /v1/auth/logins."""

from tests.conftest import Tenant
from tests.functions.auth.browser import NewBrowser


def test_all_logins_of_the_person_end_and_nobody_elses(
    tenant: Tenant, other_tenant: Tenant, new_browser: NewBrowser
) -> None:
    mine, also_mine, foreign = new_browser(), new_browser(), new_browser()
    for browser, key in ((mine, tenant.key), (also_mine, tenant.key), (foreign, other_tenant.key)):
        browser.sign_in(key)

    reply = mine.send("DELETE", "/v1/auth/logins")
    again = [one.get("/v1/auth/me").status_code for one in (mine, also_mine, foreign)]

    assert reply.json() == {"ended": 2}
    assert again == [401, 401, 200]

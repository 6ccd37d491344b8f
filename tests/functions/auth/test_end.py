"""DELETE /v1/auth/logins/{login_id}."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.auth.browser import NewBrowser
from tests.functions.conftest import Rows, sign_in


def test_a_login_that_was_ended_opens_nothing(tenant: Tenant, new_browser: NewBrowser, rows: Rows) -> None:
    lost, mine = new_browser(), new_browser()
    lost.sign_in(tenant.key)
    mine.sign_in(tenant.key)
    listed = mine.get("/v1/auth/logins").json()["items"]
    lost_id = next(login["id"] for login in listed if not login["current"])

    reply = mine.send("DELETE", f"/v1/auth/logins/{lost_id}")

    assert reply.status_code == 204
    assert (lost.get("/v1/auth/me").status_code, mine.get("/v1/auth/me").status_code) == (401, 200)
    assert [str(row["subject"]) for row in rows.audited(tenant, "login.ended")] == [lost_id]


def test_ending_it_twice_changes_nothing(tenant: Tenant) -> None:
    _, login_id = sign_in(tenant)

    replies = [tenant.call("DELETE", f"/v1/auth/logins/{login_id}").status_code for _ in range(2)]

    assert replies == [204, 204]


def test_a_colleagues_login_is_not_there(tenant: Tenant, colleague: Callable[[Tenant], Tenant]) -> None:
    _, login_id = sign_in(tenant)

    assert colleague(tenant).call("DELETE", f"/v1/auth/logins/{login_id}").status_code == 404

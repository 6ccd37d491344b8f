"""`ctx auth logins`: the browsers that one is signed in with are listed, one is signed out, or all are."""

import pytest
from starlette.testclient import TestClient

from tests.clients.cli.conftest import Ctx
from tests.conftest import Tenant

COMMAND = ("auth", "logins")


def browser(tenant: Tenant, agent: str) -> TestClient:
    """Sign a browser in."""
    one = TestClient(tenant.http.app, base_url="http://127.0.0.1", headers={"user-agent": agent})
    assert one.post("/v1/auth/logins", headers={"authorization": f"Bearer {tenant.key}"}).status_code == 201
    return one


def stands(one: TestClient) -> int:
    """Try what a browser has; gives the status."""
    return one.get("/v1/auth/me").status_code


def test_they_are_listed_and_one_is_ended_at_once(ctx: Ctx, tenant: Tenant, other_tenant: Tenant) -> None:
    desk, phone, theirs = browser(tenant, "desk"), browser(tenant, "phone"), browser(other_tenant, "theirs")
    before = ctx(*COMMAND).out
    wanted = next(one["id"] for one in ctx(*COMMAND, "--json").json if one["agent"] == "desk")
    ended = ctx(*COMMAND, "end", wanted[-12:])

    assert [(agent in before) for agent in ("desk", "phone", "theirs")] == [True, True, False]
    assert ended.out == "That browser is signed out.\n"
    assert [stands(desk), stands(phone), stands(theirs)] == [401, 200, 200]


def test_all_are_ended_at_once_and_nobody_elses(ctx: Ctx, tenant: Tenant, other_tenant: Tenant) -> None:
    desk, phone, theirs = browser(tenant, "desk"), browser(tenant, "phone"), browser(other_tenant, "theirs")

    assert ctx(*COMMAND, "end", "--all").out == "2 logins ended.\n"
    assert [stands(desk), stands(phone), stands(theirs)] == [401, 401, 200]
    assert ctx(*COMMAND).out == "You are not signed in with any browser.\n"


@pytest.mark.parametrize("words", ["end", "list abcdef", "list --all", "end xyz", "end abcdef --all"])
def test_what_is_said_wrong_is_told(words: str, ctx: Ctx) -> None:
    assert ctx(*COMMAND, *words.split()).code == 2

"""`ctx auth grants`: the programs that may act for one are listed, and one is ended at once."""

import base64
import hashlib
from typing import Any

import pytest

from contextfs.runtime.openapi.examples import BODIES
from tests.clients.cli.conftest import Ctx
from tests.conftest import Tenant

COMMAND = ("auth", "grants")
_VERIFIER = "0" * 64


def let_in(tenant: Tenant, name: str) -> dict[str, Any]:
    """Let a program in; gives its tokens."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).decode().rstrip("=")
    example = BODIES["auth.grant"]
    made = tenant.call("POST", "/v1/auth/grants", {**example, "client_name": name, "code_challenge": challenge}).json()
    named = {key: example[key] for key in ("client_id", "redirect_uri")}
    form = {"grant_type": "authorization_code", "code": made["code"], "code_verifier": _VERIFIER, **named}
    return tenant.http.post("/oauth/token", data=form).json()


def refreshed(tenant: Tenant, tokens: dict[str, Any]) -> int:
    """Try a program's refresh token; gives the status."""
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    return tenant.http.post("/oauth/token", data=form | {"client_id": BODIES["auth.grant"]["client_id"]}).status_code


def test_they_are_listed_and_one_is_ended_at_once(ctx: Ctx, tenant: Tenant, other_tenant: Tenant) -> None:
    desk, phone, theirs = let_in(tenant, "desk"), let_in(tenant, "phone"), let_in(other_tenant, "theirs")
    before = ctx(*COMMAND)
    listed: Any = ctx(*COMMAND, "--json").json
    wanted = next(one["id"] for one in listed if one["client_name"] == "desk")
    ended = ctx(*COMMAND, "end", wanted[-12:])
    after = ctx(*COMMAND)
    again = ctx(*COMMAND, "end", wanted[-12:])

    assert [(name in before.out) for name in ("desk", "phone", "theirs")] == [True, True, False]
    assert (ended.out, "desk" in after.out, "phone" in after.out) == ("It may no longer act for you.\n", False, True)
    assert [refreshed(tenant, desk), refreshed(tenant, phone), refreshed(other_tenant, theirs)] == [400, 200, 200]
    assert (again.code, "There is no grant" in again.err) == (3, True)


def test_all_are_ended_at_once_and_nobody_elses(ctx: Ctx, tenant: Tenant, other_tenant: Tenant) -> None:
    desk, phone, theirs = let_in(tenant, "desk"), let_in(tenant, "phone"), let_in(other_tenant, "theirs")
    ended = ctx(*COMMAND, "end", "--all")

    assert ended.out == "2 programs may no longer act for you.\n"
    assert [refreshed(tenant, desk), refreshed(tenant, phone), refreshed(other_tenant, theirs)] == [400, 400, 200]
    assert ctx(*COMMAND, "end", "--all", "--json").json == {"ended": 0}


def test_where_there_is_none_that_is_told(ctx: Ctx) -> None:
    assert ctx(*COMMAND).out == "No program may act for you.\n"


@pytest.mark.parametrize("words", ["end", "list abcdef", "list --all", "end xyz", "end abcdef --all"])
def test_what_is_said_wrong_is_told(words: str, ctx: Ctx) -> None:
    assert ctx(*COMMAND, *words.split()).code == 2

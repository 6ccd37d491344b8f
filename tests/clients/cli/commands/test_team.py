"""`ctx team` and `ctx admin role`: people come in, may what their role says, and go."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from contextfs.adapters.database.address import now
from contextfs.client import ContextFS
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.clients.cli.conftest import Ctx, Run
from tests.conftest import Tenant
from tests.contextfs.client.serving import serving_app
from tests.functions.people import join


def token_of(told: str) -> str:
    """Read the token from what `ctx team invite` printed."""
    return told.split("ctx team join ")[1].split(maxsplit=1)[0]


def test_somebody_is_invited_joins_and_is_removed(ctx: Ctx, api_url: str, tmp_path: Path) -> None:
    invited = ctx("team", "invite", "ann@example.test", "--role", "viewer")
    waiting = ctx("team", "list").out
    joined = ctx("team", "join", token_of(invited.out), "--name", "Ann")
    kept = json.loads((tmp_path / "contextfs" / "credentials.json").read_text())[api_url]
    reads = ctx("search", "anything", CONTEXTFS_API_KEY=kept)
    writes = ctx("memory", "add", "x", "--server", CONTEXTFS_API_KEY=kept)
    removed = ctx("team", "remove", "ann@example.test")
    after = ctx("search", "anything", CONTEXTFS_API_KEY=kept)

    assert [run.code for run in (invited, joined, reads, writes, removed, after)] == [0, 0, 0, 4, 0, 4]
    assert "ann@example.test" in waiting
    assert "invited until" in waiting
    assert "memories:write" in writes.err
    assert kept not in joined.out
    assert removed.out == "ann@example.test is removed; all their keys ended.\n"
    assert ctx("team", "join", token_of(invited.out)).code == 4


def test_an_invitation_is_taken_back_by_its_address(ctx: Ctx) -> None:
    token = token_of(ctx("team", "invite", "ann@example.test").out)

    assert ctx("team", "remove", "Ann@example.test").out == "The invitation of Ann@example.test has ended.\n"
    assert ctx("team", "join", token).code == 4


def test_a_role_of_ones_own_is_made_given_changed_and_deleted(ctx: Ctx, tenant: Tenant) -> None:
    made = ctx("admin", "role", "set", "scribe", "--permission", "memories:*", "--project", "first", "--json").json
    tenant.call("POST", "/v1/admin/users", {"email": "ann@example.test"})
    given = ctx("team", "role", "ann@example.test", "scribe")
    refused = ctx("admin", "role", "delete", "scribe")
    changed = ctx("admin", "role", "set", "scribe", "--permission", "memories:read", "--json").json
    ctx("team", "role", "ann@example.test", "viewer")
    deleted = ctx("admin", "role", "delete", "scribe")

    assert (made["permissions"], made["projects"]) == (["memories:*"], [str(tenant.project_id)])
    assert given.out == "ann@example.test is scribe now, in all projects.\n"
    assert refused.code == 5
    assert (changed["permissions"], changed["projects"]) == (["memories:read"], made["projects"])
    assert deleted.code == 0
    assert ctx("admin", "role", "list", "--json").json == []


def test_another_role_opens_no_project(ctx: Ctx, tenant: Tenant) -> None:
    tenant.call("POST", "/v1/projects", {"name": "second"})
    ctx("team", "join", token_of(ctx("team", "invite", "eve@example.test", "--project", "first").out))
    reaches: list[object] = []
    for said in ((), ("--project", "second"), (), ("--all-projects",)):
        told = ctx("team", "role", "eve@example.test", "viewer", *said)
        reaches.append(told.out.removeprefix("eve@example.test is viewer now, in "))
    both = ctx("team", "role", "eve@example.test", "viewer", "--project", "first", "--all-projects")

    assert reaches == ["first.\n", "second.\n", "second.\n", "all projects.\n"]
    assert both.code == 2


def test_an_owner_is_made_of_who_reaches_some_projects_when_it_is_said(ctx: Ctx) -> None:
    ctx("team", "join", token_of(ctx("team", "invite", "eve@example.test", "--project", "first").out))
    silent = ctx("team", "role", "eve@example.test", "owner")
    said = ctx("team", "role", "eve@example.test", "owner", "--all-projects")

    assert silent.code != 0
    assert "An owner reaches every project" in silent.err
    assert said.out == "eve@example.test is owner now, in all projects.\n"


def test_somebody_is_kept_out_and_let_in_again(ctx: Ctx, tenant: Tenant) -> None:
    tenant.call("POST", "/v1/admin/users", {"email": "ann@example.test"})

    assert ctx("team", "suspend", "ann@example.test").out == "ann@example.test is suspended.\n"
    assert "suspended" in ctx("team", "list").out
    assert ctx("team", "suspend", "ann@example.test", "--back").code == 0
    assert "suspended" not in ctx("team", "list").out


def test_everyone_else_is_kept_out_at_once_and_let_in_again(ctx: Ctx, tenant: Tenant, other_tenant: Tenant) -> None:
    ann = join(tenant, "ann@example.test")
    stranger = join(other_tenant, "eve@example.test")
    tenant.call("POST", "/v1/admin/users", {"kind": "service", "name": "ci"})
    invited = token_of(ctx("team", "invite", "bob@example.test").out)
    out = ctx("team", "suspend", "--everyone")
    seen = [one.call("GET", "/v1/projects").status_code for one in (ann, tenant, stranger)]
    late = ctx("team", "join", invited)
    again = ctx("team", "suspend", "--everyone", "--json").json
    back = ctx("team", "suspend", *way_back(out))

    assert out.out == "2 members of the organization, all except you, are suspended.\n1 invitation ended.\n"
    assert seen == [401, 200, 200]
    assert late.code == 4
    assert again == {"users": [], "since": None, "revoked": [], "keys": []}
    assert back.out == "2 members are let in again.\n"
    assert ann.call("GET", "/v1/projects").status_code == 200


def way_back(run: Run) -> list[str]:
    """Read the words that `ctx team suspend --everyone` told, by which it is taken back."""
    return run.err.split("ctx team suspend ")[1].split()


def test_who_was_kept_out_before_everyone_was_stays_out(ctx: Ctx, tenant: Tenant) -> None:
    ann, eve = join(tenant, "ann@example.test"), join(tenant, "eve@example.test")
    ctx("team", "suspend", "eve@example.test")
    told = ctx("team", "suspend", "--everyone", "--json")
    back = ctx("team", "suspend", *way_back(told), "--json").json

    assert (
        [one["email"] for one in told.json["users"]] == [one["email"] for one in back["users"]] == ["ann@example.test"]
    )
    assert told.json["since"] == told.json["users"][0]["suspended_at"]
    assert [one.call("GET", "/v1/projects").status_code for one in (ann, eve)] == [200, 401]


def test_a_key_of_nobody_ends_with_everyone_and_other_keys_do_not(
    ctx: Ctx, admin_url: str, wiring: Wiring, tenant: Tenant, other_tenant: Tenant
) -> None:
    database = make_conninfo(admin_url, dbname=conninfo_to_dict(now(wiring.settings.database_url))["dbname"])
    nobodys, strange = (unowned(database, one) for one in (tenant, other_tenant))
    before = nobodys.call("GET", "/v1/projects").status_code
    out = ctx("team", "suspend", "--everyone")

    assert before == 200
    assert out.out == "0 members of the organization, all except you, are suspended.\n1 key without a member ended.\n"
    assert [one.call("GET", "/v1/projects").status_code for one in (nobodys, tenant, strange)] == [401, 200, 200]


def unowned(database_url: str, tenant: Tenant) -> Tenant:
    """Call by a key that is no member's: such ones were made before there were members."""
    made = tenant.call("POST", "/v1/api-keys", {"name": "old"}).json()
    with psycopg.connect(database_url) as database:
        database.execute("update contextfs.api_keys set user_id = null where id = %s", [made["api_key"]["id"]])
    return replace(tenant, key=made["secret"])


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["ann@example.test", "--everyone"],
        ["--everyone", "--back"],
        ["--everyone", "--since", "2026-11-01"],
        ["ann@example.test", "--back", "--since", "2026-11-01"],
        ["--everyone", "--back", "--since", "soon"],
    ],
    ids=" ".join,
)
def test_who_is_kept_out_is_said_once(words: list[str], ctx: Ctx) -> None:
    assert ctx("team", "suspend", *words).code == 2


@pytest.fixture
def half_broken_url(wiring: Wiring) -> Iterator[str]:
    """Give the address of a server that fails where it is asked how people sign in."""
    whole = gateway(wiring.door, routes())

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (Response(status_code=500) if scope["path"] == "/v1/admin/sso" else whole)(scope, receive, send)

    with serving_app(app) as url:
        yield url


@pytest.mark.parametrize("act", [["remove"], ["suspend"], ["role", "viewer"]], ids=lambda act: act[0])
def test_what_was_done_is_told_though_sign_on_cannot_be_looked_at(
    act: list[str], ctx: Ctx, tenant: Tenant, half_broken_url: str
) -> None:
    ann = tenant.call("POST", "/v1/admin/users", {"email": "ann@example.test"}).json()["id"]
    done = ctx("team", act[0], "ann@example.test", *act[1:], "--json", CONTEXTFS_URL=half_broken_url)

    assert done.code == 0
    assert (done.json["removed"] if act == ["remove"] else done.json)["id"] == ann
    assert done.err.startswith("Could not check whether the person who set up single sign-on is still a member: ")


def test_who_set_up_the_sign_on_and_goes_is_told(ctx: Ctx, tenant: Tenant) -> None:
    admin = join(tenant, "ann@example.test", role="admin")
    off = {"enabled": False, "provider": "generic"}
    assert admin.call("PUT", "/v1/admin/sso", off).status_code == 200
    done = ctx("team", "remove", "ann@example.test")

    assert done.out == "ann@example.test is removed; all their keys ended.\n"
    assert done.err == "The person who set up single sign-on left, or has fewer permissions now: see `ctx admin sso`.\n"


def test_the_last_owner_stays(ctx: Ctx) -> None:
    told = ctx("team", "remove", "owner@example.test")

    assert told.code == 5
    assert told.err.startswith("ctx: An organization keeps an owner who can come in")


def test_who_is_not_there_is_told(ctx: Ctx) -> None:
    assert ctx("team", "remove", "nobody@example.test").code == 3
    assert ctx("team", "role", "ffffffffffff", "viewer").code == 3
    assert ctx("admin", "role", "delete", "nobodys").code == 3
    assert ctx("admin", "role", "set", "new").code == 2
    assert ctx("team", "invite", "no address").code != 0


def test_a_service_account_has_a_key_that_is_rotated_and_ended(ctx: Ctx) -> None:
    made = ctx("team", "service", "ci", "--project", "first")
    first = ctx("admin", "key", "create", "pipeline", "--user", "ci", "--permission", "memories:read")
    key = next(one for one in ctx("admin", "key", "--json").json if one["name"] == "pipeline")
    second = ctx("admin", "key", "rotate", key["id"][-12:], "--overlap", "0", "--json").json
    codes = [ctx("search", "x", CONTEXTFS_API_KEY=secret).code for secret in (first.out.strip(), second["secret"])]
    ended = ctx("admin", "key", "revoke", second["api_key"]["id"])
    listed = ctx("admin", "key").out

    assert made.out.startswith("ci is added as viewer.")
    assert key["permissions"] == ["memories:read"]
    assert codes == [4, 0]
    assert ended.out == "The key pipeline no longer works.\n"
    assert ctx("search", "x", CONTEXTFS_API_KEY=second["secret"]).code == 4
    assert "revoked" in listed
    assert second["secret"] not in listed


def test_a_key_that_is_called_wrong_is_told(ctx: Ctx) -> None:
    assert ctx("admin", "key", "rotate").code == 2
    assert ctx("admin", "key", "list", "surprise").code == 2
    assert ctx("admin", "key", "revoke", "ffffffffffff").code == 3
    assert ctx("admin", "key", "create", "k", "--until", "soon").code == 2
    assert ctx("admin", "key", "create", "k", "--user", "owner@example.test").code == 3


def test_an_address_that_is_none_is_told_with_an_example(ctx: Ctx) -> None:
    told = ctx("team", "invite", "notanemail")

    assert (2, "ctx: Expected an email address, like ada@example.com.\n") == (told.code, told.err)


def test_a_role_that_is_for_one_project_is_listed_with_it(ctx: Ctx, client: ContextFS, tenant: Tenant) -> None:
    project = client.projects.get(tenant.project_id).name
    client.roles.create("release-manager", permissions=["memories:read"], projects=[tenant.project_id])
    ctx("team", "invite", "bound@example.com", "--role", "release-manager")
    ctx("team", "invite", "free@example.com", "--role", "member")

    lines = {line.split()[0]: line for line in ctx("team", "list").out.splitlines()}

    assert project in lines["bound@example.com"]
    assert " all " in lines["free@example.com"]

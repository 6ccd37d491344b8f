"""Who says whose word is taken could be anybody: a provider and a directory do no more than who set them up may."""

from dataclasses import replace
from typing import Any

import pytest

from contextfs.domain.access.rules import ROLES
from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.auth.browser import NewBrowser
from tests.functions.auth.conftest import SetUp
from tests.functions.auth.provider import Provider
from tests.functions.conftest import Rows
from tests.functions.people import invite, join, user_path
from tests.functions.scim.conftest import Directory

OWNER = {"sub": "boss", "email": "owner@example.test", "email_verified": True}
GONE = {"op": "replace", "value": {"active": False}}
USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"


def administrator(tenant: Tenant) -> Tenant:
    return join(tenant, "admin@acme.example", role="admin")


def holder(tenant: Tenant, *permissions: str) -> Tenant:
    """Let somebody join with a role of just these permissions."""
    tenant.call("POST", "/v1/admin/roles", {"name": "helper", "permissions": list(permissions)})
    return join(tenant, "helper@acme.example", role="helper")


def enter(new_browser: NewBrowser, tenant: Tenant, provider: Provider) -> Any:
    """Sign in as who the provider says; gives the reply, and who that is here."""
    browser = new_browser()
    reply = browser.come_back(provider.consent(browser.begin(tenant.org_id).headers["location"]))
    return reply, browser.get("/v1/auth/me").json()


def test_an_administrators_provider_lets_no_owner_in_until_an_owner_confirms_it(
    tenant: Tenant, set_up: SetUp, provider: Provider, new_browser: NewBrowser, rows: Rows
) -> None:
    assert set_up(administrator(tenant)).status_code == 200
    provider.person = dict(OWNER)
    refused, _ = enter(new_browser, tenant, provider)
    set_up(tenant)
    let_in, me = enter(new_browser, tenant, provider)

    assert (refused.status_code, let_in.status_code) == (403, 303)
    assert "set up by somebody who may less than you" in told(refused)["detail"]
    assert me["role"] == "owner"
    assert len(rows.audited(tenant, "login.refused")) == 1


def test_whose_word_is_taken_is_vouched_for_anew_when_it_changes_and_by_nothing_else(
    tenant: Tenant, set_up: SetUp, provider: Provider, new_browser: NewBrowser
) -> None:
    provider.person = dict(OWNER)
    set_up(tenant)
    admin = administrator(tenant)
    set_up(admin, default_role="viewer")
    kept, _ = enter(new_browser, tenant, provider)
    set_up(admin, attribute_mapping={"email": "nickname"})
    provider.person["nickname"] = OWNER["email"]
    mapped, _ = enter(new_browser, tenant, provider)

    assert (kept.status_code, mapped.status_code) == (303, 403)


def test_who_sets_a_provider_up_gives_no_role_that_may_more(
    tenant: Tenant, set_up: SetUp, provider: Provider, new_browser: NewBrowser, rows: Rows
) -> None:
    helper = holder(tenant, "sso:*")
    for more in ({"default_role": "admin"}, {"group_roles": {"Ops": "admin"}}):
        assert set_up(helper, **more).status_code == 403
    assert set_up(helper).status_code == 200

    refused, _ = enter(new_browser, tenant, provider)

    assert refused.status_code == 403
    assert not any(row["email"] == "ann@acme.example" for row in rows.of("memberships", tenant))


@pytest.mark.parametrize(
    ("before", "more"),
    [
        ({}, {"group_roles": {"Ops": "admin", "Staff": "admin"}}),
        ({}, {"default_role": "admin"}),
        ({"group_roles": {"Ops": "viewer", "Lead": "admin"}}, {"group_roles": {"Ops": "admin", "Lead": "admin"}}),
        ({"default_role": "admin", "group_roles": {"Staff": "viewer"}}, {"group_roles": {}}),
        ({"default_role": "admin", "group_roles": {}}, {"group_roles": {"Ops": "viewer"}}),
        ({"default_role": "admin", "group_roles": {}, "auto_provision": False}, {"auto_provision": True}),
    ],
    ids=["another group", "the others", "one that has a lesser role", "nobody's role", "the first group", "the new"],
)
def test_a_role_that_others_have_by_the_provider_is_not_given_on_by_who_lacks_it(
    before: dict[str, Any],
    more: dict[str, Any],
    tenant: Tenant,
    set_up: SetUp,
    provider: Provider,
    new_browser: NewBrowser,
) -> None:
    there = {"group_roles": {"Ops": "admin"}, "default_role": "viewer"} | before
    assert set_up(tenant, **there).status_code == 200
    helper = holder(tenant, "sso:*", *ROLES["viewer"])
    provider.person = {"sub": "h", "email": "helper@acme.example", "email_verified": True, "groups": ["Staff"]}

    refused = set_up(helper, **(there | more))

    assert refused.status_code == 403
    assert "nobody gives what they lack" in told(refused)["detail"]
    assert set_up(helper, **there, attribute_mapping={}).status_code == 200, "what gives nobody a role is theirs to set"
    assert enter(new_browser, tenant, provider)[1].get("role") != "admin"


def test_who_may_more_is_not_made_less_to_be_signed_in_as(
    tenant: Tenant, set_up: SetUp, provider: Provider, new_browser: NewBrowser, rows: Rows
) -> None:
    """Or what an administrator keeps for themselves would be shown to who has groups say that they are a viewer."""
    administrator(tenant)
    set_up(holder(tenant, "sso:*", *ROLES["viewer"]), default_role="viewer", group_roles={"Staff": "viewer"})
    provider.person = {"sub": "x", "email": "admin@acme.example", "email_verified": True, "groups": ["Staff"]}

    refused, _ = enter(new_browser, tenant, provider)

    assert refused.status_code == 403
    assert {row["role"] for row in rows.of("memberships", tenant) if row["email"] == "admin@acme.example"} == {"admin"}


def test_an_administrators_directory_neither_renames_nor_removes_an_owner(tenant: Tenant, rows: Rows) -> None:
    """Whoever has an owner's address signs in as that owner."""
    join(tenant, "second@example.test", role="owner")
    directory = Directory(administrator(tenant))
    user = directory.add("second@example.test")
    renamed = directory.patch(f"/Users/{user}", {"op": "replace", "path": "userName", "value": "mine@evil.example"})
    removed = directory.patch(f"/Users/{user}", GONE)
    deleted = directory("DELETE", f"/Users/{user}")

    assert [renamed.status_code, removed.status_code, deleted.status_code] == [403, 403, 403]
    owners = {row["email"] for row in rows.of("memberships", tenant) if row["role"] == "owner"}
    assert owners == {"owner@example.test", "second@example.test"}
    theirs = Directory(tenant)
    assert theirs.patch(f"/Users/{user}", GONE).status_code == 204, "an owner's directory may"


def test_who_was_an_owner_comes_back_by_an_owners_directory_alone(tenant: Tenant, rows: Rows) -> None:
    join(tenant, "second@example.test", role="owner")
    theirs, lesser = Directory(tenant), Directory(administrator(tenant))
    user = theirs.add("second@example.test")
    theirs.patch(f"/Users/{user}", GONE)
    back = {"op": "replace", "value": {"userName": "mine@evil.example", "active": True}}

    assert lesser.patch(f"/Users/{user}", back).status_code == 403
    assert not any(row["email"] == "mine@evil.example" for row in rows.of("memberships", tenant))
    assert theirs.patch(f"/Users/{user}", back).status_code == 204


def test_a_directory_makes_nobody_who_may_more_than_who_made_its_token(tenant: Tenant, set_up: SetUp) -> None:
    set_up(tenant, group_roles={"Ops": "admin"}, default_role="viewer")
    helper = holder(
        tenant, "scim:*", "sso:*", "projects:read", "sessions:read", "memories:read", "sql:read", "logins:*", "tokens:*"
    )
    directory = Directory(helper)
    user = directory.add("new@acme.example")
    schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"]
    group = {"schemas": schemas, "displayName": "Ops", "members": [{"value": user}]}

    assert directory("POST", "/Groups", group).status_code == 403
    assert Directory(tenant)("POST", "/Groups", group).status_code == 201


def test_who_may_more_than_who_made_its_token_is_not_made_less_by_a_directory(tenant: Tenant, set_up: SetUp) -> None:
    """Or who has groups say that an administrator is a viewer could bring them under another address after that."""
    set_up(tenant, group_roles={"Staff": "viewer"}, default_role="viewer")
    administrator(tenant)
    directory = Directory(holder(tenant, "scim:*", *ROLES["viewer"]))
    user = directory.add("admin@acme.example")
    schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"]
    group = {"schemas": schemas, "displayName": "Staff", "members": [{"value": user}]}

    assert directory("POST", "/Groups", group).status_code == 403


@pytest.mark.parametrize("how", ["removed", "suspended", "demoted", "narrowed"])
def test_a_directory_gives_nothing_more_when_who_made_its_token_has_gone_and_goes_on_to_take_away(
    how: str, tenant: Tenant, other_tenant: Tenant, set_up: SetUp, rows: Rows
) -> None:
    """Who administered has seen the token: by it they would come back, as anybody. Whom it takes back stays out."""
    set_up(tenant, group_roles={"Ops": "admin"}, default_role="member")
    admin = administrator(tenant)
    directory, theirs = Directory(admin), Directory(other_tenant)
    ann, ops = directory.add("ann@acme.example"), directory.add("ops@acme.example")
    group = directory.group("Ops", ops)
    end(how, tenant, admin)

    back = "admin@acme.example" if how == "removed" else "new@acme.example"
    added = directory("POST", "/Users", {"schemas": [USER_SCHEMA], "userName": back})
    renamed = directory.patch(f"/Users/{ann}", {"op": "replace", "path": "userName", "value": "mine@evil.example"})
    raised = directory.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": ann}]})
    lowered = directory.patch(f"/Groups/{group}", {"op": "remove", "path": f'members[value eq "{ops}"]'})
    withdrawn = directory.patch(f"/Users/{ann}", GONE)

    assert [added.status_code, renamed.status_code, raised.status_code] == [403, 403, 403]
    assert "let somebody else make a new one" in added.json()["detail"]
    assert [lowered.status_code, withdrawn.status_code] == [204, 204], (lowered.text, withdrawn.text)
    members = {row["email"]: row["role"] for row in rows.of("memberships", tenant)}
    assert members["ops@acme.example"] == "member"
    assert not {"ann@acme.example", "mine@evil.example", back} & set(members)
    assert theirs.add("ann@other.example"), "another organization's directory goes on"


def end(how: str, tenant: Tenant, admin: Tenant) -> None:
    """Have an administrator be one no longer."""
    less = {
        "suspended": {"suspended": True},
        "demoted": {"role": "viewer"},
        "narrowed": {"projects": [str(tenant.project_id)]},
    }
    if how == "removed":
        done = tenant.call("DELETE", user_path(admin))
    else:
        done = tenant.call("PATCH", user_path(admin), less[how])
    assert done.status_code in {200, 204}, done.text
    assert admin.call("GET", "/v1/admin/scim/tokens").status_code in {401, 403}


@pytest.mark.parametrize("how", ["removed", "suspended", "demoted", "narrowed"])
def test_people_go_on_signing_in_when_who_set_the_provider_up_has_gone_and_that_is_told(
    how: str, tenant: Tenant, other_tenant: Tenant, set_up: SetUp, provider: Provider, new_browser: NewBrowser
) -> None:
    admin = administrator(tenant)
    set_up(admin, auto_provision=True)
    set_up(other_tenant)
    before = tenant.call("GET", "/v1/admin/sso").json()
    end(how, tenant, admin)
    after = tenant.call("GET", "/v1/admin/sso").json()
    entered, _ = enter(new_browser, tenant, provider)
    set_up(tenant)
    confirmed = tenant.call("GET", "/v1/admin/sso").json()

    assert [one["is_vouched"] for one in (before, after, confirmed)] == [True, False, True]
    assert before["vouched_by"] == after["vouched_by"] != confirmed["vouched_by"]
    assert entered.status_code == 303, entered.text
    assert other_tenant.call("GET", "/v1/admin/sso").json()["is_vouched"]


OTHERWISE: tuple[dict[str, Any], ...] = (
    {"default_role": "viewer"},
    {"group_roles": {"Ops": "admin"}},
    {"auto_provision": False},
    {"enforced": True},
    {"enabled": False},
)


@pytest.mark.parametrize("otherwise", OTHERWISE, ids=lambda one: next(iter(one)))
def test_who_sets_something_else_confirms_no_provider(otherwise: dict[str, Any], tenant: Tenant, set_up: SetUp) -> None:
    """Nobody has to have looked whose provider it is, to change a role."""
    admin = administrator(tenant)
    owner = {"break_glass_user_id": str(tenant.user_id)}
    set_up(admin, **owner)
    end("removed", tenant, admin)
    assert set_up(tenant, **owner, **otherwise).status_code == 200
    changed = tenant.call("GET", "/v1/admin/sso").json()
    set_up(tenant, **owner, **(otherwise | {"enabled": True}))
    confirmed = tenant.call("GET", "/v1/admin/sso").json()

    assert [one["is_vouched"] for one in (changed, confirmed)] == [False, True]
    assert changed["vouched_by"] == str(admin.user_id)
    assert confirmed["vouched_by"] == str(tenant.user_id)


@pytest.mark.parametrize("how", ["directory", "provider", "role", "projects"])
def test_an_invitation_ends_with_what_its_maker_may_however_that_ends(
    how: str, tenant: Tenant, set_up: SetUp, provider: Provider, new_browser: NewBrowser
) -> None:
    """Or who is taken back keeps a way in, under another address."""
    tenant.call("POST", "/v1/admin/roles", {"name": "host", "permissions": ["*"]})
    inviting = join(tenant, "ann@acme.example", role="host" if how in {"role", "projects"} else "admin")
    invitation = invite(inviting, "elsewhere@evil.example", role="member").json()["token"]
    if how == "directory":
        theirs = Directory(tenant)
        set_up(tenant, group_roles={"Staff": "member"}, default_role="member")
        theirs.group("Staff", theirs.add("ann@acme.example"))
    elif how == "provider":
        set_up(tenant, group_roles={"Staff": "member"})
        assert enter(new_browser, tenant, provider)[1]["role"] == "member"
    else:
        (role,) = tenant.call("GET", "/v1/admin/roles").json()["items"]
        less = {"permissions": ["memories:*"]} if how == "role" else {"projects": [str(tenant.project_id)]}
        assert tenant.call("PATCH", f"/v1/admin/roles/{role['id']}", less).status_code == 200

    used = replace(tenant, key=invitation).call("POST", "/v1/invitations/accept", {})

    assert used.status_code == 403

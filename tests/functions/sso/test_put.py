"""PUT /v1/admin/sso: what is switched on was tried first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.auth.browser import NewBrowser
from tests.functions.auth.conftest import SetUp
from tests.functions.auth.provider import Provider
from tests.functions.conftest import Rows, wait_until

OFF: Any = {"enabled": False, "provider": "okta", "metadata_url": "https://acme.okta.example", "client_id": "c"}


def test_the_secret_is_sealed_and_never_shown(tenant: Tenant, set_up: SetUp, provider: Provider, rows: Rows) -> None:
    reply = set_up(tenant)
    shown = tenant.call("GET", "/v1/admin/sso")
    kept = set_up(tenant, client_secret=None)

    assert (reply.status_code, reply.json()["has_client_secret"]) == (200, True)
    assert kept.json()["has_client_secret"] is True, "a secret that is left out stays"
    for text in (reply.text, shown.text, str(rows.of("sso_settings", tenant)), str(rows.of("audit_log", tenant))):
        assert provider.secret not in text
    assert rows.audited(tenant, "sso.updated")[0]["details"]["provider"] == "generic"


def test_the_secret_of_one_provider_is_not_another_ones(tenant: Tenant, set_up: SetUp) -> None:
    set_up(tenant, enabled=False)

    assert set_up(tenant, enabled=False, provider="auth0", client_secret=None).json()["has_client_secret"] is False


def test_what_does_not_answer_is_not_switched_on(tenant: Tenant, set_up: SetUp, provider: Provider, rows: Rows) -> None:
    provider.close()

    assert set_up(tenant).status_code == 503
    assert rows.of("sso_settings", tenant) == []


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"metadata_url": None}, "metadata_url is missing"),
        ({"client_id": None}, "client_id is missing"),
        ({"metadata_url": "https://169.254.169.254/"}, "public address"),
        ({"metadata_url": "https://10.0.0.1/"}, "public address"),
        ({"metadata_url": "ftp://idp.example"}, "metadata_url"),
        ({"provider": "myspace"}, "provider"),
        ({"default_role": "owner"}, "default_role"),
        ({"group_roles": {"Bosses": "owner"}}, "group_roles"),
        ({"attribute_mapping": {"phone": "x"}}, "attribute_mapping"),
        ({"enforced": True}, "Name an owner"),
        ({"enforced": True, "break_glass_user_id": str(uuid4())}, "not an owner"),
    ],
)
def test_what_cannot_work_is_refused(
    wrong: dict[str, object], word: str, tenant: Tenant, set_up: SetUp, rows: Rows
) -> None:
    reply = set_up(tenant, **wrong)

    assert reply.status_code == 422
    assert word in told(reply)["detail"] + told(reply).get("where", "")
    assert rows.of("sso_settings", tenant) == []


def test_without_the_setting_a_provider_on_this_machine_is_refused(tenant: Tenant, provider: Provider) -> None:
    reply = tenant.call("PUT", "/v1/admin/sso", OFF | {"enabled": True, "metadata_url": provider.issuer})

    assert reply.status_code == 422
    assert "public address" in told(reply)["detail"]


def test_where_it_is_enforced_keys_sign_in_the_break_glass_owner_alone(
    tenant: Tenant, set_up: SetUp, new_browser: NewBrowser, colleague: Callable[[Tenant], Tenant], rows: Rows
) -> None:
    member = colleague(tenant)
    rows.connection.execute("update contextfs.memberships set role = 'viewer' where user_id = %s", [member.user_id])
    theirs, owners = new_browser(), new_browser()
    before = theirs.sign_in(member.key).status_code
    owners.sign_in(tenant.key)

    reply = set_up(tenant, enforced=True, break_glass_user_id=str(tenant.user_id))
    refused = new_browser().sign_in(member.key)

    assert (before, reply.status_code, refused.status_code) == (201, 200, 403)
    assert "begin at /v1/auth/login" in told(refused)["detail"]
    assert (theirs.get("/v1/auth/me").status_code, owners.get("/v1/auth/me").status_code) == (401, 200)
    assert new_browser().sign_in(tenant.key).status_code == 201


def test_a_key_of_one_project_decides_nothing(tenant: Tenant, second_project: Callable[[Tenant], Tenant]) -> None:
    assert second_project(tenant).call("PUT", "/v1/admin/sso", OFF).status_code == 403


def test_another_organization_sees_nothing_of_it(tenant: Tenant, other_tenant: Tenant) -> None:
    tenant.call("PUT", "/v1/admin/sso", OFF)

    assert other_tenant.call("GET", "/v1/admin/sso").json()["metadata_url"] is None


def test_a_version_that_is_overtaken_changes_nothing(tenant: Tenant) -> None:
    """Whoever changes what they read says which state that was, also that nobody had set anything."""
    first = tenant.call("PUT", "/v1/admin/sso", OFF, if_match='"0"')
    late = tenant.call("PUT", "/v1/admin/sso", OFF | {"client_id": "another"}, if_match='"0"')
    read = tenant.call("GET", "/v1/admin/sso")
    next_one = tenant.call("PUT", "/v1/admin/sso", OFF | {"client_id": "d"}, if_match=read.headers["etag"])

    assert (first.status_code, late.status_code, next_one.status_code) == (200, 412, 200)
    assert (read.json()["client_id"], next_one.json()["client_id"]) == ("c", "d")
    assert first.headers["etag"] == read.headers["etag"] != next_one.headers["etag"]


@pytest.mark.parametrize("known", [False, True], ids=["nothing was set", "something was"])
def test_of_two_who_set_it_at_once_one_is_told(
    known: bool,  # noqa: FBT001 - a case
    tenant: Tenant,
    database_url: str,
    rows: Rows,
) -> None:
    """Both have read the same state, and are about to write, when they may."""
    if known:
        tenant.call("PUT", "/v1/admin/sso", OFF)
    with psycopg.connect(database_url) as held, ThreadPoolExecutor(2) as pool:
        held.execute("lock table contextfs.sso_settings in share mode")
        asked = [pool.submit(tenant.call, "PUT", "/v1/admin/sso", OFF | {"client_id": name}) for name in ("ann", "bob")]
        wait_until(lambda: rows.waiting_for(held.info.backend_pid, many=2))
        held.rollback()
        statuses = sorted(one.result(20).status_code for one in asked)

    assert statuses == [200, 409]
    assert len(rows.audited(tenant, "sso.updated")) == 1 + known

"""POST /v1/auth/exchange: an ID token of the installation's own sign-in service is changed for a login, or not."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.contextfs.adapters.clouds import sign_in_services
from tests.contextfs.adapters.clouds.sign_in_services import Twin
from tests.functions.asking import told
from tests.functions.auth.browser import Browser
from tests.functions.auth.conftest import SetUp
from tests.functions.conftest import Rows

OWNER = "owner@example.test"
"""The address of every tenant's owner, so that this person belongs to many organizations."""


@dataclass(frozen=True)
class Door:
    """A server with a sign-in service, and browsers that bring tokens of it."""

    wiring: Wiring
    twin: Twin

    def browser(self) -> Browser:
        """Open a browser without cookies."""
        services = replace(self.wiring.services, sign_in=lambda: self.twin.service)
        door = replace(self.wiring.door, services=services)
        return Browser(SimpleNamespace(door=door, services=services))  # pyright: ignore[reportArgumentType]

    def token(self, email: object, *, sub: str | None = None, **told: Any) -> str:
        """Sign a token for who has an address; each address is another subject."""
        return self.twin.token(sub=sub or f"who has {email}", email=email, **told)

    def bring(self, browser: Browser, token: str, organization: object = None) -> Any:
        """Bring a token; gives the reply."""
        named = {} if organization is None else {"organization_id": str(organization)}
        return browser.http.post("/v1/auth/exchange", json={"id_token": token, **named})


@pytest.fixture(scope="module")
def twin() -> Iterator[Twin]:
    """Give an OpenID provider."""
    with sign_in_services.local() as made:
        yield made


@pytest.fixture
def door(clocked: Wiring, twin: Twin) -> Door:
    """Give a server whose people sign in by an OpenID provider."""
    twin.passed = timedelta(0)
    return Door(clocked, twin)


Hire = Callable[..., str]


def add(tenant: Tenant, email: str, role: str = "member") -> str:
    """Make somebody a member; gives their address."""
    reply = tenant.call("POST", "/v1/admin/users", {"email": email, "role": role})
    assert reply.status_code == 201, reply.text
    return email


@pytest.fixture
def hire(rows: Rows) -> Hire:
    """Give a function that makes somebody a member, by an address of the organization's own; gives the address."""

    def make(tenant: Tenant, email: str | None = None, role: str = "member") -> str:
        rows.connection.execute(
            "insert into contextfs.sso_domains (org_id, domain, proof, created_at, verified_at)"
            " values (%s, 'acme.example', 'p', now(), now()) on conflict do nothing",
            [tenant.org_id],
        )
        return add(tenant, email or f"{uuid4()}@acme.example", role)

    return make


@pytest.mark.parametrize("cloud", ["local", "gcp", "aws"])
def test_a_member_is_signed_in_by_the_service_of_each_cloud(
    cloud: str, tenant: Tenant, clocked: Wiring, hire: Hire, rows: Rows
) -> None:
    email = hire(tenant, role="viewer")
    with getattr(sign_in_services, cloud)() as twin:
        door = Door(clocked, twin)
        browser = door.browser()
        if isinstance(twin, sign_in_services.Pool):
            twin.sign_up(email)
            token = twin.sign_in(email)["IdToken"]
        else:
            token = door.token(email)
        reply = door.bring(browser, token)
        me = browser.get("/v1/auth/me").json()

    assert reply.status_code == 201
    assert "HttpOnly" in reply.headers["set-cookie"]
    assert (me["email"], me["role"], me["organization_id"]) == (email, "viewer", str(tenant.org_id))
    (opened,) = rows.audited(tenant, "login.opened")
    assert opened["details"]["method"] == "service"
    assert [row["issuer"] for row in rows.of("identities", tenant)] == [twin.usual["iss"]]


@pytest.mark.parametrize("checked", [False, None, "yes", 1, [True]])
def test_an_address_that_was_not_verified_lets_nobody_in(
    checked: object, tenant: Tenant, door: Door, hire: Hire, set_up: SetUp, rows: Rows
) -> None:
    """The organization's own domain vouches for nobody here: whoever signs up may name any address of it."""
    email = hire(tenant)
    set_up(tenant, enabled=False)
    browser = door.browser()

    reply = door.bring(browser, door.token(email, email_verified=checked))

    assert reply.status_code == 403
    assert "not verified" in told(reply)["detail"]
    assert browser.cookie is None
    assert rows.of("identities", tenant) == []


@pytest.mark.parametrize("address", [None, "", "ann", ["ann@acme.example"], "a b@acme.example", "ann@"])
def test_who_has_no_address_is_told_so(address: object, door: Door) -> None:
    reply = door.bring(door.browser(), door.token(address))

    assert reply.status_code == 403
    assert "without an address" in told(reply)["detail"]


def test_who_belongs_to_no_organization_is_told_so(door: Door) -> None:
    browser = door.browser()

    reply = door.bring(browser, door.token(f"{uuid4()}@acme.example"))

    assert reply.status_code == 403
    assert "is not known in an organization here" in told(reply)["detail"]
    assert browser.cookie is None


def test_who_was_only_added_learns_of_it_by_nothing_and_is_led_nowhere(
    tenant: Tenant, other_tenant: Tenant, door: Door, hire: Hire, rows: Rows
) -> None:
    """Whoever administers an organization can add anybody's address, and claim its domain, beside one of their own."""
    mine, alone = hire(tenant), f"{uuid4()}@elsewhere.example"
    rows.connection.execute(
        "insert into contextfs.sso_domains (org_id, domain, proof, created_at, verified_at)"
        " values (%s, 'of-their-own.example', 'p', now(), now())",
        [other_tenant.org_id],
    )
    other_tenant.call("POST", "/v1/admin/sso/domains", {"domain": "acme.example"})
    add(other_tenant, mine)
    add(other_tenant, alone)
    browser, lonely = door.browser(), door.browser()

    reply, theirs = door.bring(browser, door.token(mine)), door.bring(lonely, door.token(alone))
    nobodys = door.bring(lonely, door.token(f"{uuid4()}@elsewhere.example"))

    assert (reply.status_code, theirs.status_code) == (201, 403)
    assert browser.get("/v1/auth/me").json()["organization_id"] == str(tenant.org_id)
    assert told(theirs)["detail"].split(" ", 1)[1] == told(nobodys)["detail"].split(" ", 1)[1]


def test_who_names_an_organization_that_added_them_is_found_there_from_then_on(
    tenant: Tenant, other_tenant: Tenant, door: Door
) -> None:
    email = add(other_tenant, add(tenant, f"{uuid4()}@elsewhere.example"))
    browser, later = door.browser(), door.browser()

    first = door.bring(browser, door.token(email), tenant.org_id)
    reply = door.bring(later, door.token(email, jti="another one"))

    assert (first.status_code, reply.status_code) == (201, 201)
    assert later.get("/v1/auth/me").json()["organization_id"] == str(tenant.org_id)


def test_who_belongs_to_several_names_one_and_no_other(
    tenant: Tenant, other_tenant: Tenant, door: Door, hire: Hire, rows: Rows
) -> None:
    email = hire(tenant)
    hire(other_tenant, email)
    browser = door.browser()
    token = door.token(email.upper())

    asked = door.bring(browser, token)
    chosen = door.bring(browser, token, other_tenant.org_id)
    me = browser.get("/v1/auth/me").json()

    assert asked.status_code == 422
    assert told(asked)["where"] == "$.organization_id"
    assert all(str(one.org_id) in told(asked)["detail"] for one in (tenant, other_tenant))
    assert chosen.status_code == 201
    assert me["organization_id"] == str(other_tenant.org_id)
    assert rows.of("identities", tenant) == []


def test_who_belongs_to_very_many_may_name_each_of_them(tenant: Tenant, door: Door, hire: Hire, rows: Rows) -> None:
    email = hire(tenant)
    for number in range(21):
        named = {"org_id": uuid4(), "name": f" first of all {number}", "user_id": uuid4(), "email": email}
        rows.connection.execute(
            "insert into contextfs.organizations (org_id, name, plan, region, created_at, updated_at)"
            " select %(org_id)s, %(name)s, plan, region, now(), now() from contextfs.organizations limit 1",
            named,
        )
        rows.connection.execute(
            "insert into contextfs.memberships (org_id, user_id, email, role, created_at, updated_at)"
            " values (%(org_id)s, %(user_id)s, %(email)s, 'owner', now(), now())",
            named,
        )

    assert door.bring(door.browser(), door.token(email), tenant.org_id).status_code == 201


def test_an_organization_of_others_looks_like_none(
    tenant: Tenant, other_tenant: Tenant, door: Door, hire: Hire, rows: Rows
) -> None:
    email = hire(tenant)

    details = [
        told(door.bring(door.browser(), door.token(email), one))["detail"] for one in (other_tenant.org_id, uuid4())
    ]

    assert len(set(details)) == 1
    assert rows.audited(other_tenant, "login.refused") == []


def test_a_subject_stays_who_it_was_when_its_address_is_another(tenant: Tenant, door: Door, hire: Hire) -> None:
    email, subject = hire(tenant), str(uuid4())
    first, later = door.browser(), door.browser()

    door.bring(first, door.token(email, sub=subject))
    door.bring(later, door.token(f"{uuid4()}@married.example", sub=subject))

    assert later.get("/v1/auth/me").json()["user_id"] == first.get("/v1/auth/me").json()["user_id"]


def test_a_token_is_good_once(tenant: Tenant, door: Door, hire: Hire, rows: Rows) -> None:
    token = door.token(hire(tenant))

    with ThreadPoolExecutor(4) as pool:
        replies = pool.map(door.bring, [door.browser() for _ in range(4)], [token] * 4)
        statuses = sorted(reply.status_code for reply in replies)

    assert statuses == [201, 401, 401, 401]
    assert len(rows.of("logins", tenant)) == 1
    assert len(rows.audited(tenant, "login.refused")) == 3


def test_a_signature_that_is_spelt_otherwise_is_the_same_token(tenant: Tenant, door: Door, hire: Hire) -> None:
    """The last letter of a signature holds bits that nobody reads."""
    token = door.token(hire(tenant))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = token[:-1] + letters[letters.index(token[-1]) ^ 1]

    statuses = [door.bring(door.browser(), one).status_code for one in (token, other)]

    assert statuses == [201, 401]


def test_an_organization_that_enforces_its_provider_is_not_entered_this_way(
    tenant: Tenant, door: Door, hire: Hire, set_up: SetUp, rows: Rows
) -> None:
    email = hire(tenant)
    set_up(tenant, enforced=True, break_glass_user_id=str(tenant.user_id))
    browser = door.browser()

    reply = door.bring(browser, door.token(email))

    assert reply.status_code == 403
    assert "/v1/auth/login" in told(reply)["detail"]
    assert browser.cookie is None
    assert [row["details"]["reason"] for row in rows.audited(tenant, "login.refused")] == ["not-allowed"]


def test_the_break_glass_owner_still_enters(tenant: Tenant, door: Door, set_up: SetUp) -> None:
    set_up(tenant, enforced=True, break_glass_user_id=str(tenant.user_id))
    browser = door.browser()

    door.bring(browser, door.token(OWNER), tenant.org_id)

    assert browser.get("/v1/auth/me").json()["user_id"] == str(tenant.user_id)


def test_logins_by_the_service_end_when_the_provider_is_enforced(
    tenant: Tenant, other_tenant: Tenant, door: Door, hire: Hire, set_up: SetUp
) -> None:
    browsers: list[Browser] = []
    for one in (tenant, other_tenant):
        browsers.append(door.browser())
        door.bring(browsers[-1], door.token(hire(one)))
    before = [one.get("/v1/auth/me").status_code for one in browsers]

    set_up(tenant, enforced=True, break_glass_user_id=str(tenant.user_id))

    assert before == [200, 200]
    assert [one.get("/v1/auth/me").status_code for one in browsers] == [401, 200]


def test_who_is_suspended_is_told_so(tenant: Tenant, door: Door, hire: Hire, rows: Rows) -> None:
    email = hire(tenant)
    rows.connection.execute("update contextfs.memberships set suspended_at = now() where email = %s", [email])

    reply = door.bring(door.browser(), door.token(email))

    assert reply.status_code == 403
    assert "suspended" in told(reply)["detail"]


def test_who_is_no_member_any_more_is_let_in_no_more(tenant: Tenant, door: Door, hire: Hire, rows: Rows) -> None:
    email, subject = hire(tenant), str(uuid4())
    door.bring(door.browser(), door.token(email, sub=subject))
    rows.connection.execute("delete from contextfs.memberships where email = %s", [email])

    reply = door.bring(door.browser(), door.token(email, sub=subject))

    assert reply.status_code == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_no_form_of_another_site_signs_a_browser_in(kind: str, tenant: Tenant, door: Door, hire: Hire) -> None:
    """Login CSRF: a page of another site may send these without asking, and JSON not."""
    browser = door.browser()
    body = f'{{"id_token": "{door.token(hire(tenant))}"}}'

    reply = browser.http.post("/v1/auth/exchange", content=body, headers={"content-type": kind})

    assert reply.status_code == 415
    assert browser.cookie is None


def test_a_new_login_takes_the_place_of_a_planted_one(
    tenant: Tenant, other_tenant: Tenant, door: Door, hire: Hire
) -> None:
    browser = door.browser()
    browser.sign_in(other_tenant.key)
    planted = browser.cookie

    door.bring(browser, door.token(hire(tenant)))

    assert browser.cookie not in {None, planted}
    assert browser.get("/v1/auth/me").json()["organization_id"] == str(tenant.org_id)


def test_what_was_signed_in_too_long_ago_is_refused(tenant: Tenant, door: Door, hire: Hire) -> None:
    token = door.token(hire(tenant))
    door.twin.passed = timedelta(minutes=7)

    assert door.bring(door.browser(), token).status_code == 401


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "a" * 65_536])
def test_what_is_no_token_is_refused(token: str, door: Door) -> None:
    assert told(door.bring(door.browser(), token))["status"] == 401


def test_a_server_without_a_service_says_so(browser: Browser) -> None:
    reply = browser.http.post("/v1/auth/exchange", json={"id_token": "a.b.c"})

    assert reply.status_code == 404
    assert "no sign-in service" in told(reply)["detail"]

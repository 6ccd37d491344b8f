"""Wrong credentials: they slow down and are locked for minutes, at the address that tries, and nobody else is."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from starlette.testclient import TestClient

from contextfs.domain.access.keys import mint
from contextfs.domain.logins.rules import PREFIX as LOGIN
from contextfs.domain.scim.model import PREFIX as DIRECTORY
from contextfs.kit import tokens
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, settings_for
from tests.functions.asking import Things, deliver, told
from tests.functions.conftest import Rows
from tests.functions.strangers import Clock, stranger
from tests.functions.tokens.test_create import EXCHANGE

PATH = "/v1/projects"
SLOW = [401] * 5 + [429]
"""What wrong tries are answered while no time passes: five are free, and then one has to wait."""
Guess = Callable[[TestClient, Tenant, Things], int]


@pytest.fixture
def clock() -> Clock:
    """Give a clock of a test's own."""
    return Clock()


@pytest.fixture
def start(database_url: str, clock: Clock) -> Iterator[Callable[[], Callable[[], TestClient]]]:
    """Give a function that starts a process, and gives one that makes clients of it, each at an address of its own."""
    made: list[Wiring] = []

    def process() -> Callable[[], TestClient]:
        settings = msgspec.structs.replace(settings_for(database_url), limit_address=0, pool_size=4)
        made.append(Wiring(settings, clock))
        app = gateway(made[-1].door, routes())
        return lambda: TestClient(app, client=stranger())

    yield process
    for one in made:
        one.close()


@pytest.fixture
def client(start: Callable[[], Callable[[], TestClient]]) -> Callable[[], TestClient]:
    """Give a function that makes clients of one process."""
    return start()


def at(http: TestClient, tenant: Tenant) -> Tenant:
    """Give the tenant as it calls from elsewhere."""
    return replace(tenant, http=http)


def id_of(tenant: Tenant) -> UUID:
    """Give the id of the tenant's key."""
    named = tokens.parse(tenant.key, b"", "ctxk_live")
    assert named is not None
    return named.id


def guessed(tenant: Tenant) -> Tenant:
    """Give the tenant with a key that names its own, and has another secret."""
    return replace(tenant, key=mint(tenant.org_id, id_of(tenant), environment="live", entropy=os.urandom))


def guess(http: TestClient, tenant: Tenant, times: int = 1) -> list[int]:
    """Try wrong secrets of the tenant's key; gives the statuses."""
    return [at(http, guessed(tenant)).call("GET", PATH).status_code for _ in range(times)]


def lock(http: TestClient, tenant: Tenant, clock: Clock) -> None:
    """Try wrong secrets until it is locked."""
    for _ in range(10):
        guess(http, tenant)
        clock.ahead += timedelta(seconds=20)
    clock.ahead -= timedelta(seconds=20)


def key(http: TestClient, tenant: Tenant, _things: Things) -> int:
    return guess(http, tenant)[0]


def invitation(http: TestClient, tenant: Tenant, things: Things) -> int:
    wrong = tokens.mint("ctxi", tenant.org_id, UUID(things.invitation_id), os.urandom)
    return at(http, replace(tenant, key=wrong)).call("POST", "/v1/invitations/accept", {}).status_code


def login(http: TestClient, tenant: Tenant, things: Things) -> int:
    wrong = tokens.mint(LOGIN, tenant.org_id, UUID(things.login_id), os.urandom)
    return http.get("/v1/auth/me", headers={"cookie": f"ctx_login={wrong}"}).status_code


def signature(http: TestClient, tenant: Tenant, things: Things) -> int:
    path = f"/v1/ingest/{things.source}"
    return deliver(at(http, tenant), path, b"{}", webhook_signature="v1,bm90aGluZw==").status_code


def directory(http: TestClient, tenant: Tenant, things: Things) -> int:
    wrong = tokens.mint(DIRECTORY, tenant.org_id, UUID(things.token_id), os.urandom)
    return http.get("/scim/v2/Users", headers={"authorization": f"Bearer {wrong}"}).status_code


def exchanged(http: TestClient, tenant: Tenant, _things: Things) -> int:
    refused = http.post("/oauth/token", data=EXCHANGE | {"subject_token": guessed(tenant).key})
    return 401 if refused.json()["error"] == "invalid_grant" else refused.status_code


@pytest.mark.parametrize("one", [key, invitation, login, signature, directory, exchanged])
def test_wrong_tries_of_any_kind_have_to_wait(
    one: Guess, tenant: Tenant, things: Things, client: Callable[[], TestClient]
) -> None:
    http = client()

    assert [one(http, tenant, things) for _ in SLOW] == SLOW
    assert one(client(), tenant, things) == 401


def test_the_wait_doubles_and_becomes_a_lock_that_is_audited_once(
    tenant: Tenant, client: Callable[[], TestClient], clock: Clock, rows: Rows
) -> None:
    http = client()
    guess(http, tenant, 5)
    waits: list[int] = []
    for _ in range(6):
        refused = at(http, guessed(tenant)).call("GET", PATH)
        waits.append(int(refused.headers["retry-after"]))
        clock.ahead += timedelta(seconds=waits[-1])
        if len(waits) < 6:
            assert guess(http, tenant) == [401]
    (entry,) = rows.audited(tenant, "credential.locked")

    assert waits == [1, 2, 4, 8, 16, 900]
    assert told(refused)["detail"].startswith("This credential was wrong 10 times at this address: wait 900 s")  # pyright: ignore[reportPossiblyUnboundVariable]
    assert (entry["subject"], entry["details"]["tries"], entry["details"]["minutes"]) == (id_of(tenant), 10, 15)
    assert entry["details"]["address"].startswith("198.")


def test_a_locked_credential_is_not_looked_at_and_what_is_tried_meanwhile_makes_it_no_longer(
    tenant: Tenant, client: Callable[[], TestClient], clock: Clock
) -> None:
    http = client()
    lock(http, tenant, clock)
    during = [at(http, one).call("GET", PATH).status_code for one in (tenant, guessed(tenant), tenant)]
    clock.ahead += timedelta(minutes=15)

    assert during == [429, 429, 429]
    assert at(http, tenant).call("GET", PATH).status_code == 200


def test_nobody_is_locked_out_elsewhere_or_with_another_credential(
    tenant: Tenant,
    other_tenant: Tenant,
    client: Callable[[], TestClient],
    clock: Clock,
    key_with: Callable[..., Tenant],
) -> None:
    colleague, attacked = key_with(tenant), client()
    lock(attacked, tenant, clock)

    assert at(attacked, tenant).call("GET", PATH).status_code == 429
    assert at(client(), tenant).call("GET", PATH).status_code == 200
    assert at(attacked, colleague).call("GET", PATH).status_code == 200
    assert at(attacked, other_tenant).call("GET", PATH).status_code == 200


def test_who_works_at_the_address_goes_on(
    tenant: Tenant, start: Callable[[], Callable[[], TestClient]], clock: Clock
) -> None:
    address = stranger()
    office, attacker = (TestClient(start()().app, client=address) for _ in range(2))
    before = at(office, tenant).call("GET", PATH).status_code
    lock(attacker, tenant, clock)

    assert before == 200
    assert at(attacker, tenant).call("GET", PATH).status_code == 429
    assert at(office, tenant).call("GET", PATH).status_code == 200


def test_who_gets_it_right_begins_anew(tenant: Tenant, client: Callable[[], TestClient]) -> None:
    http, fresh = client(), client()
    guess(http, tenant, 4)
    right = at(http, tenant).call("GET", PATH).status_code

    assert right == 200
    assert guess(http, tenant, len(SLOW)) == SLOW
    assert guess(fresh, tenant, len(SLOW)) == SLOW


def test_what_is_not_there_is_locked_alike_and_audited_nowhere(
    client: Callable[[], TestClient], tenant: Tenant, clock: Clock, rows: Rows
) -> None:
    nowhere = replace(tenant, org_id=uuid4(), key=mint(uuid4(), uuid4(), environment="live", entropy=os.urandom))
    lock(client(), nowhere, clock)
    http = client()

    assert guess(http, nowhere, len(SLOW)) == SLOW
    assert rows.audited(nowhere, "credential.locked") == []


def test_many_who_try_at_once_are_all_counted(tenant: Tenant, client: Callable[[], TestClient], rows: Rows) -> None:
    http, ready = client(), threading.Barrier(8, timeout=60)

    def attempt(_: int) -> Any:
        ready.wait()
        return guess(http, tenant)[0]

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(attempt, range(8)))
    (row,) = rows.of("wrong_tries", tenant)

    assert replies.count(401) == row["tries"] >= 5
    assert guess(http, tenant) == [429]


def test_this_machine_is_not_locked_out(tenant: Tenant, client: Callable[[], TestClient]) -> None:
    machine = TestClient(client().app, client=("127.0.0.1", 1))

    assert guess(machine, tenant, 12) == [401] * 12

"""How much somebody may do in a minute: told before it is used up, refused with the cure, each by themself."""

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import msgspec
import pytest
import uvicorn
from starlette.testclient import TestClient

from contextfs.client import ContextFS, Retries, TooManyRequests
from contextfs.domain.access.keys import mint
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, settings_for
from tests.functions.asking import Things, by_name, deliver, told
from tests.functions.conftest import wait_until
from tests.functions.strangers import Clock, stranger

PRINCIPAL, ORGANIZATION, ADDRESS = 20, 50, 30
PATH = "/v1/projects"


@pytest.fixture
def clock() -> Clock:
    """Give a clock of a test's own."""
    return Clock()


@pytest.fixture
def narrow(database_url: str, clock: Clock) -> Iterator[Callable[[], Wiring]]:
    """Give a function that starts a process which allows little."""
    made: list[Wiring] = []

    def start() -> Wiring:
        little = {"limit_principal": PRINCIPAL, "limit_organization": ORGANIZATION, "limit_address": ADDRESS}
        made.append(Wiring(msgspec.structs.replace(settings_for(database_url), **little, pool_size=4), clock))
        return made[-1]

    yield start
    for one in made:
        one.close()


@pytest.fixture
def little(narrow: Callable[[], Wiring]) -> TestClient:
    """Give a client, at an address of the internet, of a gateway that allows little."""
    return TestClient(gateway(narrow().door, routes()), client=stranger())


def at(http: TestClient, tenant: Tenant) -> Tenant:
    """Give the tenant as it calls another gateway."""
    return replace(tenant, http=http)


def statuses(tenant: Tenant, times: int, path: str = PATH) -> list[int]:
    """Call so often; gives the statuses."""
    return [tenant.call("GET", path).status_code for _ in range(times)]


def test_who_has_used_it_up_is_told_the_cure_and_comes_in_again_in_time(
    tenant: Tenant, little: TestClient, clock: Clock
) -> None:
    caller = at(little, tenant)
    before = statuses(caller, PRINCIPAL)
    refused = caller.call("GET", PATH)
    clock.ahead += timedelta(seconds=int(refused.headers["retry-after"]))

    assert before == [200] * PRINCIPAL
    assert refused.status_code == 429
    assert told(refused)["type"] == "urn:contextfs:problem:too-many-requests"
    assert told(refused)["detail"].endswith("wait 3 s, and call less often.")
    assert refused.headers["ratelimit"].startswith('"principal";r=0;t=3')
    assert caller.call("GET", PATH).status_code == 200


def test_each_reply_tells_what_is_left(tenant: Tenant, little: TestClient) -> None:
    caller = at(little, tenant)
    caller.call("GET", PATH)
    second = caller.call("GET", PATH)

    assert second.headers["ratelimit-policy"] == f'"principal";q={PRINCIPAL};w=60, "organization";q={ORGANIZATION};w=60'
    assert second.headers["ratelimit"] == f'"principal";r={PRINCIPAL - 2};t=6, "organization";r={ORGANIZATION - 2};t=3'


def test_a_costly_route_takes_more(tenant: Tenant, little: TestClient) -> None:
    caller = at(little, tenant)
    replies = [caller.call("POST", "/v1/search/hybrid", {"query": "x"}) for _ in range(6)]

    assert by_name("search.hybrid").cost == 4
    assert [reply.status_code for reply in replies] == [200] * 5 + [429]


def test_one_key_leaves_another_of_its_organization_something_and_all_of_them_share_one(
    tenant: Tenant, little: TestClient, key_with: Callable[..., Tenant], clock: Clock
) -> None:
    clock.ahead += timedelta(minutes=5)  # what the making of the keys took has flowed back
    callers = [at(little, key_with(tenant)) for _ in range(4)]
    replies = [statuses(caller, PRINCIPAL + 5).count(200) for caller in callers]

    assert replies == [PRINCIPAL, PRINCIPAL, ORGANIZATION - 2 * PRINCIPAL, 0]


def test_a_flood_of_one_tenant_leaves_another_untouched(
    tenant: Tenant, other_tenant: Tenant, narrow: Callable[[], Wiring]
) -> None:
    processes = [TestClient(gateway(narrow().door, routes()), client=stranger()) for _ in range(2)]
    floods = [at(http, tenant) for http in processes] * 4

    with ThreadPoolExecutor(8) as pool:
        flooding = pool.map(partial(statuses, times=15), floods)
        calm = [at(http, other_tenant).call("GET", PATH).status_code for http in processes for _ in range(8)]
        flood = [status for replies in flooding for status in replies]

    assert calm == [200] * 16
    assert set(flood) == {200, 429}
    # Each call that is under way when its caller is not known yet is let in beyond the bucket.
    assert PRINCIPAL - 2 <= flood.count(200) <= PRINCIPAL + 8


def test_what_a_process_let_in_is_known_to_the_others(tenant: Tenant, narrow: Callable[[], Wiring]) -> None:
    first, second = (at(TestClient(gateway(narrow().door, routes())), tenant) for _ in range(2))
    statuses(first, PRINCIPAL)
    replies = statuses(second, 3)

    assert replies == [200, 429, 429]


def test_nothing_of_a_refused_call_is_done(tenant: Tenant, little: TestClient) -> None:
    caller = at(little, tenant)
    statuses(caller, PRINCIPAL)
    refused = caller.call("POST", PATH, {"name": "too many"})

    assert refused.status_code == 429
    assert "too many" not in tenant.call("GET", PATH).text


def test_an_address_pays_for_callers_whom_nobody_knows_and_not_for_the_others(
    tenant: Tenant, little: TestClient
) -> None:
    known = at(little, tenant)
    known.call("GET", PATH)
    wrong = replace(known, key="no key at all")
    guessed = replace(known, key=mint(tenant.org_id, uuid4(), environment="live", entropy=os.urandom))
    guesses = [caller.call("GET", PATH) for caller in (wrong, guessed) * 3]

    assert [reply.status_code for reply in guesses] == [401, 401, 401, 429, 429, 429]
    assert told(guesses[-1])["detail"].startswith("Too many calls that were let in by nothing came from this address")
    assert known.call("GET", PATH).status_code == 200
    assert little.get("/v1/openapi.json").status_code == 429
    assert little.get("/health/live").status_code == 200


def test_another_address_and_this_machine_itself_pay_nothing_for_it(
    little: TestClient,
) -> None:
    for _ in range(5):
        little.get(PATH, headers={"authorization": "Bearer none"})
    elsewhere, machine = (TestClient(little.app, client=one) for one in (stranger(), ("127.0.0.1", 1)))

    assert little.get("/v1/openapi.json").status_code == 429
    assert elsewhere.get("/v1/openapi.json").status_code == 200
    assert {machine.get(PATH, headers={"authorization": "Bearer none"}).status_code for _ in range(40)} == {401}


def test_an_address_of_ipv6_is_the_network_that_a_customer_has(little: TestClient) -> None:
    place = f"2001:db8:{secrets.randbelow(1 << 16):x}:{secrets.randbelow(1 << 16):x}"
    neighbours = [TestClient(little.app, client=(f"{place}::{host}", 1)) for host in range(5)]
    replies = [http.get(PATH, headers={"authorization": "Bearer none"}).status_code for http in neighbours]

    assert (replies[0], replies[-1]) == (401, 429)


def test_a_header_that_anybody_writes_gives_no_other_address(little: TestClient) -> None:
    replies = [
        little.get(PATH, headers={"authorization": "Bearer none", "x-forwarded-for": f"198.51.100.{n}"})
        for n in range(5)
    ]

    assert replies[-1].status_code == 429


def test_a_source_pays_for_what_it_delivers(tenant: Tenant, things: Things, little: TestClient) -> None:
    caller, path = at(little, tenant), f"/v1/ingest/{things.source}"
    body = msgspec.json.encode({"session": {"id": "s"}, "messages": []})
    replies = [deliver(caller, path, body, delivery=f"msg_{n}").status_code for n in range(PRINCIPAL + 5)]

    assert 429 not in replies[: PRINCIPAL - 1]
    assert replies[-3:] == [429] * 3


def test_a_model_and_a_directory_are_refused_alike(tenant: Tenant, little: TestClient) -> None:
    caller = at(little, tenant)
    token = caller.call("POST", "/v1/admin/scim/tokens", {"name": "t"}).json()["secret"]
    statuses(caller, PRINCIPAL)
    model = little.post("/mcp", json={}, headers={"authorization": f"Bearer {tenant.key}"})
    directory = [
        little.get("/scim/v2/Users", headers={"authorization": f"Bearer {token}"}) for _ in range(PRINCIPAL + 1)
    ]

    assert (model.status_code, model.json()["type"]) == (429, "urn:contextfs:problem:too-many-requests")
    assert (directory[0].status_code, directory[-1].status_code) == (200, 429)
    assert directory[-1].json()["status"] == "429"
    assert int(directory[-1].headers["retry-after"]) >= 1


def test_without_the_cache_calls_are_answered_and_counted_by_each_process_alone(
    tenant: Tenant, database_url: str, clock: Clock
) -> None:
    nowhere = {"cache_url": "redis://127.0.0.1:9/0", "limit_principal": PRINCIPAL, "pool_size": 2}
    wired = Wiring(msgspec.structs.replace(settings_for(database_url), **nowhere), clock)
    caller = at(TestClient(gateway(wired.door, routes())), tenant)

    replies = statuses(caller, PRINCIPAL + 2)
    health = caller.http.get("/health").json()
    wired.close()

    assert replies == [200] * PRINCIPAL + [429] * 2
    assert health["status"] == "degraded"
    assert health["checks"]["allowances"].startswith("counted by each process alone")


def test_the_sdk_waits_as_long_as_it_is_told(tenant: Tenant, narrow: Callable[[], Wiring], clock: Clock) -> None:
    with serving(narrow()) as port:
        address = f"http://127.0.0.1:{port}"
        with ContextFS(address, tenant.key, retries=Retries(attempts=1)) as hasty:
            for _ in range(PRINCIPAL):
                hasty.projects.list().page()
            with pytest.raises(TooManyRequests, match="wait 3 s"):
                hasty.projects.list().page()
        clock.runs = True
        with ContextFS(address, tenant.key) as patient:
            assert next(iter(patient.projects.list())).id == tenant.project_id


class serving:  # noqa: N801 - a context
    """A gateway that listens, for as long as this is open; gives its port."""

    def __init__(self, wired: Wiring) -> None:
        app = gateway(wired.door, routes())
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> int:
        self._thread.start()
        wait_until(lambda: self._server.started)
        return self._server.servers[0].sockets[0].getsockname()[1]

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)


def test_pages_and_tokens_of_oauth_are_paid_for_by_the_address(little: TestClient) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "nothing"}

    told = [little.post("/oauth/token", data=form).status_code for _ in range(ADDRESS + 5)]
    page = little.get("/oauth/device")

    assert {400, 429} == set(told)
    assert 429 == told[-1] == page.status_code

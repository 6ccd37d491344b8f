"""A provider that is slow holds up its own organization's sign-ins, a few at once, and nothing of anybody else."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from threading import Event, Semaphore
from typing import Any

import pytest
from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant
from tests.functions.auth.browser import NewBrowser
from tests.functions.auth.conftest import SetUp, Time
from tests.functions.auth.provider import Claims, Provider
from tests.functions.conftest import Rows

pytestmark = pytest.mark.usefixtures("patient_web")
THREADS = 40
"""As many calls as the gateway answers at once."""
OF_ONE = 4


class Slow(Provider):
    """A provider that answers, at each of its places, when a test says so."""

    def __init__(self) -> None:
        self.held, self.arrived = Event(), Semaphore(0)
        self.held.set()
        super().__init__()

    def discovery(self) -> Claims:
        """Give what it publishes, late."""
        self.held.wait(30)
        return super().discovery()

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        """Take a code, late."""
        self.arrived.release()
        self.held.wait(30)
        return super().redeem(form, authorization)


@pytest.fixture
def slow() -> Iterator[Slow]:
    """Give a provider that is slow when a test says so."""
    made = Slow()
    yield made
    made.held.set()
    made.close()


@pytest.fixture
def process(clocked: Wiring) -> Iterator[TestClient]:
    """Give one process, with its threads."""
    app = gateway(clocked.door, routes())
    with TestClient(app, base_url=clocked.services.public_url, follow_redirects=False) as made:
        yield made


def refused(asked: list[Future[Any]], many: int) -> list[Any]:
    """Give the replies of those that found no place, when there are so many."""
    done: set[Future[Any]] = set()
    for _ in range(600):
        done, _ = wait(asked, 0.05)
        if len(done) >= many:
            break
    assert len(done) == many
    return [one.result() for one in done]


def flooded(pool: ThreadPoolExecutor, call: Callable[[], Any]) -> tuple[list[Future[Any]], list[Any]]:
    """Make more calls than there are threads; gives them, and the replies of those that find no place."""
    asked = [pool.submit(call) for _ in range(THREADS + 5)]
    return asked, refused(asked, THREADS + 5 - OF_ONE)


def test_sign_ins_at_a_slow_provider(
    tenant: Tenant, other_tenant: Tenant, set_up: SetUp, slow: Slow, time: Time, process: TestClient
) -> None:
    set_up(tenant, metadata_url=slow.issuer)
    set_up(other_tenant)
    time.passed, other = timedelta(hours=2), replace(other_tenant, http=process)  # what was published is read anew
    slow.held.clear()
    with ThreadPoolExecutor(THREADS + 5) as pool:
        asked, told = flooded(pool, lambda: process.get(f"/v1/auth/login?organization={tenant.org_id}"))
        theirs = pool.submit(process.get, f"/v1/auth/login?organization={other.org_id}").result(20)
        made = pool.submit(other.call, "POST", "/v1/projects", {"name": "meanwhile"}).result(20)
        still = [one for one in asked if not one.done()]
        slow.held.set()
        statuses = {one.result(20).status_code for one in still}
    after = process.get(f"/v1/auth/login?organization={tenant.org_id}")

    assert (theirs.status_code, made.status_code) == (303, 201)
    assert ({one.status_code for one in told}, {one.headers["retry-after"] for one in told}) == ({429}, {"5"})
    assert "wait for an identity provider already" in told[0].json()["detail"]
    assert (len(still), statuses, after.status_code) == (OF_ONE, {303}, 303)


def test_who_set_up_a_slow_provider_can_switch_it_off_meanwhile(
    tenant: Tenant, set_up: SetUp, slow: Slow, time: Time, process: TestClient
) -> None:
    set_up(tenant, metadata_url=slow.issuer)
    time.passed = timedelta(hours=2)
    slow.held.clear()
    with ThreadPoolExecutor(THREADS + 5) as pool:
        flooded(pool, lambda: process.get(f"/v1/auth/login?organization={tenant.org_id}"))
        off = pool.submit(set_up, tenant, metadata_url=slow.issuer, enabled=False).result(20)
        slow.held.set()

    assert (off.status_code, off.json()["enabled"]) == (200, False)


def test_who_tries_a_slow_provider_again_and_again(
    tenant: Tenant, other_tenant: Tenant, set_up: SetUp, slow: Slow, process: TestClient
) -> None:
    set_up(tenant, metadata_url=slow.issuer)
    set_up(other_tenant)
    mine, other = replace(tenant, http=process), replace(other_tenant, http=process)
    slow.held.clear()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(mine.call, "POST", "/v1/admin/sso/test") for _ in range(6)]
        told = refused(asked, 4)
        theirs = pool.submit(other.call, "POST", "/v1/admin/sso/test").result(20)
        slow.held.set()
        codes = sorted(one.result(20).status_code for one in asked)

    assert {one.headers["retry-after"] for one in told} == {"5"}
    assert (theirs.json()["works"], codes) == (True, [200, 200, 429, 429, 429, 429])


def test_a_way_back_that_finds_no_place_can_be_gone_again(
    tenant: Tenant, set_up: SetUp, slow: Slow, new_browser: NewBrowser, rows: Rows
) -> None:
    """The state is not used up, and nobody was refused: the page is loaded again."""
    set_up(tenant, metadata_url=slow.issuer)
    *others, last = [new_browser() for _ in range(OF_ONE + 1)]
    ways = [slow.consent(one.begin(tenant.org_id).headers["location"]) for one in (*others, last)]
    slow.held.clear()
    with ThreadPoolExecutor(OF_ONE) as pool:
        waiting = [pool.submit(one.come_back, way) for one, way in zip(others, ways, strict=False)]
        assert all(slow.arrived.acquire(timeout=20) for _ in waiting)
        turned_away = last.come_back(ways[-1])
        slow.held.set()
        statuses = {one.result(20).status_code for one in waiting}
    again = last.come_back(ways[-1])

    assert (turned_away.status_code, statuses, again.status_code) == (429, {303}, 303)
    assert rows.audited(tenant, "login.refused") == []

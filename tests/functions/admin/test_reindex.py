"""POST /v1/admin/reindex. What the worker makes of it is tested with its trigger."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.conftest import Rows
from tests.functions.letters import Letters
from tests.functions.reindexing import PATH, Eights, Machine
from tests.functions.vectors import vectors


@pytest.fixture
def machine(wiring: Wiring, tenant: Tenant, rows: Rows) -> Machine:
    """Give a server whose tenant has forty memories with vectors of one model."""
    made = Machine(wiring, tenant, rows)
    made.remember(40)
    return made


def test_asked_for_twice_or_by_two_at_once_there_is_one(machine: Machine, rows: Rows) -> None:
    machine.set(Eights(), Letters())
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(machine.call, "POST", PATH) for _ in range(4)]
        replies = [one.result() for one in asked]

    building = [one for one in rows.of("generations", machine.tenant) if one["state"] == "building"]

    assert {reply.status_code for reply in replies} == {202}
    assert len(building) == 1


def test_where_the_model_serves_already_nothing_is_made_anew(machine: Machine, rows: Rows) -> None:
    before = vectors(rows, machine.tenant)
    told = machine.call("POST", PATH).json()
    machine.carry()

    assert (told["serving"]["generation"]["model"], told["building"]) == ("letters", None)
    assert vectors(rows, machine.tenant) == before


def test_without_an_embedder_the_reply_says_what_to_set(tenant: Tenant) -> None:
    reply = tenant.call("POST", PATH)

    assert reply.status_code == 202
    assert "CONTEXTFS_EMBEDDER" in reply.json()["problem"]
    assert (reply.json()["model"], reply.json()["serving"], reply.json()["building"]) == (None, None, None)


def test_a_key_of_one_project_may_not(tenant: Tenant, second_project: Callable[[Tenant], Tenant]) -> None:
    assert second_project(tenant).call("POST", PATH).status_code == 403

"""What the worker makes of reindexing: a batch for each event, until search asks the new vectors."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from contextfs.journeys.find.embed import WHILE
from contextfs.kit.errors import Contended, Unavailable
from contextfs.kit.events import Event
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant, founded
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


def test_search_goes_on_with_the_old_vectors_then_turns_to_the_new_ones(machine: Machine, rows: Rows) -> None:
    machine.set(eights := Eights(), Letters())
    told = machine.call("POST", PATH)
    machine.carry(most=1)
    between = machine.found("The number is 7.")
    halfway = machine.call("GET", PATH).json()
    machine.carry()
    after = machine.found("The number is 7.")
    done = machine.call("GET", PATH).json()

    assert (told.status_code, told.json()["building"]["waiting"]) == (202, 40)
    assert (between["vectors"]["model"], between["degraded"]) == ("letters", [])
    assert (halfway["building"]["passages"], halfway["building"]["waiting"]) == (40, 8)
    assert after["vectors"] == {"model": "openai:eights", "dimensions": 8, "way": "exact"}
    assert after["degraded"] == []
    assert len(after["hits"]) == 10
    assert (done["building"], done["serving"]["waiting"]) == (None, 0)
    assert [(one["model"], one["state"]) for one in rows.of("generations", machine.tenant)] == [
        ("openai:eights", "serving")
    ]
    assert len(vectors(rows, machine.tenant)) == 40
    assert len(eights.texts) == 40 + len(["the question"])


def test_what_is_private_is_embedded_too_and_stays_private(
    machine: Machine, rows: Rows, colleague: Callable[[Tenant], Tenant]
) -> None:
    theirs = colleague(machine.tenant)
    body = {"project_id": str(machine.tenant.project_id), "content": "A secret.", "visibility": "private"}
    machine.call("POST", "/v1/memories", body, of=theirs)
    machine.carry()
    machine.set(Eights(), Letters())
    machine.call("POST", PATH)
    machine.carry()

    private = [one for one in vectors(rows, machine.tenant) if one["body"] == "A secret."]

    assert [(one["model"], one["state"], one["embedding"] is not None) for one in private] == [
        ("openai:eights", "serving", True)
    ]
    assert "A secret." not in [hit["snippet"] for hit in machine.found("A secret.")["hits"]]


def test_what_comes_in_meanwhile_is_in_both(machine: Machine, rows: Rows) -> None:
    machine.set(Eights(), Letters())
    machine.call("POST", PATH)
    machine.carry(most=1)
    body = {"project_id": str(machine.tenant.project_id), "content": "Late."}
    machine.call("POST", "/v1/memories", body)
    machine.take("memory.created")
    machine.take("passages.indexed")
    late = [one for one in vectors(rows, machine.tenant) if one["body"] == "Late."]
    machine.carry()
    after = [one for one in vectors(rows, machine.tenant) if one["body"] == "Late."]

    assert [(one["model"], one["embedding"] is not None) for one in late] == [
        ("letters", True),
        ("openai:eights", False),
    ]
    assert [(one["model"], one["embedding"] is not None) for one in after] == [("openai:eights", True)]


def test_cut_at_any_point_it_goes_on_and_embeds_no_text_twice(machine: Machine, rows: Rows) -> None:
    machine.set(eights := Eights(), Letters())
    eights.fails_after = 32
    machine.call("POST", PATH)
    with pytest.raises(Unavailable):
        machine.carry()
    told = machine.call("GET", PATH).json()
    eights.fails_after = None
    rows.connection.execute("delete from contextfs.outbox")  # the event has been given up
    again = machine.call("POST", PATH).json()
    machine.carry()

    assert told["building"]["generation"]["problem"] == "The embedder refuses with the status 401."
    assert told["building"]["waiting"] == 8
    assert again["building"]["generation"]["id"] == told["building"]["generation"]["id"]
    assert machine.call("GET", PATH).json()["building"] is None
    assert sorted(eights.texts) == sorted(set(eights.texts))
    assert len(eights.texts) == 40


def test_a_setting_that_changes_again_gives_up_what_was_begun(machine: Machine, rows: Rows) -> None:
    machine.set(Eights(), Letters())
    machine.call("POST", PATH)
    machine.carry(most=1)
    machine.set(Letters())
    machine.call("POST", PATH)
    machine.carry()

    assert [(one["model"], one["state"]) for one in rows.of("generations", machine.tenant)] == [("letters", "serving")]
    assert {one["model"] for one in vectors(rows, machine.tenant)} == {"letters"}


def continued(machine: Machine) -> list[Event]:
    """Give the events of reindexing that are due."""
    rows = machine.rows.of("outbox", machine.tenant)
    waiting = [row for row in rows if row["type"] == "reindex.continued" and row["locked_until"] is None]
    return [Event(**{name: row[name] for name in Event.__struct_fields__}) for row in waiting]


def missing(machine: Machine, model: str) -> int:
    """Count the passages that have no vector of a model."""
    return sum(one["embedding"] is None for one in vectors(machine.rows, machine.tenant) if one["model"] == model)


def states(machine: Machine) -> dict[str, str]:
    """Give the state of each generation, by its model."""
    return {one["model"]: one["state"] for one in machine.rows.of("generations", machine.tenant)}


def test_while_somebody_works_on_the_rest_search_does_not_turn(machine: Machine) -> None:
    machine.set(eights := Eights(), Letters())
    machine.call("POST", PATH)
    machine.call("POST", PATH)
    first, second = continued(machine)
    seen: list[tuple[dict[str, str], int]] = []

    def other() -> None:
        eights.meanwhile = lambda: None
        machine.react(second)
        seen.append((states(machine), missing(machine, eights.model)))

    eights.meanwhile = other
    machine.react(first)
    machine.rows.connection.execute("delete from contextfs.outbox where id = any(%s)", [[first.id, second.id]])
    (going_on,) = continued(machine)
    machine.react(going_on)

    assert seen == [({"letters": "serving", eights.model: "building"}, 32)]
    assert states(machine)[eights.model] == "serving"
    assert missing(machine, eights.model) == 0
    assert sorted(eights.texts) == sorted(set(eights.texts))


def test_who_holds_the_rest_turns_though_it_was_less_than_a_batch(machine: Machine) -> None:
    machine.set(eights := Eights(), Letters())
    machine.call("POST", PATH)
    machine.carry(most=1)
    machine.call("POST", PATH)
    first, second = continued(machine)
    seen: list[dict[str, str]] = []

    def other() -> None:
        machine.react(second)
        seen.append(states(machine))

    eights.meanwhile = other
    machine.react(first)

    assert seen == [{"letters": "serving", eights.model: "building"}]
    assert (states(machine)[eights.model], missing(machine, eights.model)) == ("serving", 0)


def test_what_nobody_comes_back_for_is_made_when_its_while_is_over(machine: Machine, wiring: Wiring) -> None:
    class Gone(BaseException):
        """Ends a worker, who tidies nothing up."""

    def go() -> None:
        raise Gone

    machine.set(eights := Eights(), Letters())
    machine.call("POST", PATH)
    machine.call("POST", PATH)
    lost, other = continued(machine)
    eights.meanwhile = go
    with pytest.raises(Gone):
        machine.react(lost)
    eights.meanwhile = lambda: None
    machine.rows.connection.execute("delete from contextfs.outbox where org_id = %s", [machine.tenant.org_id])
    machine.react(other)
    between = states(machine)
    (later,) = machine.rows.of("outbox", machine.tenant)
    machine.rows.connection.execute("update contextfs.outbox set locked_until = null where id = %s", [later["id"]])
    for _ in range(2):
        (event,) = continued(machine)
        machine.rows.connection.execute("delete from contextfs.outbox where id = %s", [event.id])
        machine.react(event, lambda: wiring.clock() + WHILE)

    assert between == {"letters": "serving", eights.model: "building"}
    assert abs(later["locked_until"] - later["time"] - WHILE) < timedelta(minutes=1)
    assert (states(machine)[eights.model], missing(machine, eights.model)) == ("serving", 0)


def test_what_only_others_see_and_nobody_took_is_embedded_before_search_turns(
    machine: Machine, colleague: Callable[[Tenant], Tenant]
) -> None:
    """Also where somebody else works on a part of the rest meanwhile."""
    theirs = colleague(machine.tenant)
    body = {"project_id": str(machine.tenant.project_id), "content": "A secret.", "visibility": "private"}
    machine.call("POST", "/v1/memories", body, of=theirs)
    machine.carry()
    machine.set(eights := Eights(), Letters())
    machine.call("POST", PATH)
    machine.call("POST", PATH)
    first, second = continued(machine)

    def other() -> None:
        eights.meanwhile = lambda: None
        machine.react(second)

    eights.meanwhile = other
    machine.react(first)
    for_whom = {one.reader for one in continued(machine)} - {first.reader}
    machine.rows.connection.execute("delete from contextfs.outbox where id = any(%s)", [[first.id, second.id]])
    machine.carry(most=6)

    assert len(for_whom) == 1
    assert (states(machine), missing(machine, eights.model)) == ({eights.model: "serving"}, 0)


def test_an_event_that_comes_twice_at_once_is_no_problem_of_the_model(machine: Machine) -> None:
    machine.set(eights := Eights(), Letters())
    machine.call("POST", PATH)
    (event,) = continued(machine)
    told: list[Any] = []

    def again() -> None:
        with pytest.raises(Contended):
            machine.react(event)
        told.append(machine.call("GET", PATH).json()["building"]["generation"]["problem"])

    eights.meanwhile = again
    machine.react(event)

    assert told == [None]
    assert len(eights.texts) == 32


def test_what_is_given_up_while_the_model_works_keeps_none_of_it(machine: Machine, rows: Rows) -> None:
    def change() -> None:
        machine.set(Letters())
        machine.call("POST", PATH)

    machine.set(eights := Eights(), Letters())
    eights.meanwhile = change
    machine.call("POST", PATH)
    machine.take("reindex.continued")
    given_up = [one["embedding"] for one in vectors(rows, machine.tenant) if one["model"] == eights.model]
    machine.carry()

    assert [None] * 40 == given_up
    assert [(one["model"], one["state"]) for one in rows.of("generations", machine.tenant)] == [("letters", "serving")]


def test_another_tenant_keeps_its_vectors(machine: Machine, rows: Rows, wiring: Wiring, http: TestClient) -> None:
    other = Machine(wiring, founded(wiring, http), rows)
    other.remember(3)
    before = vectors(rows, other.tenant)
    machine.set(Eights(), Letters())
    machine.call("POST", PATH)
    machine.carry()

    assert vectors(rows, other.tenant) == before
    assert other.call("GET", PATH).json()["serving"]["passages"] == 3


def test_writers_and_a_reindex_at_once_leave_no_passage_without_a_vector(machine: Machine, rows: Rows) -> None:
    machine.set(Eights(), Letters())

    def store(number: int) -> None:
        body = {"project_id": str(machine.tenant.project_id), "content": f"Writer {number}."}
        machine.call("POST", "/v1/memories", body)

    def index() -> None:
        with suppress(Unavailable):
            machine.take("memory.created", "passages.indexed", "reindex.continued")

    with ThreadPoolExecutor(4) as threads:
        stored = [threads.submit(store, number) for number in range(12)]
        asked = threads.submit(machine.call, "POST", PATH)
        indexed = [threads.submit(index) for _ in range(3)]
        for one in [*stored, asked, *indexed]:
            one.result()
    machine.carry()

    assert {(one["model"], one["embedding"] is not None) for one in vectors(rows, machine.tenant)} == {
        ("openai:eights", True)
    }
    assert len(vectors(rows, machine.tenant)) == len(rows.of("passages", machine.tenant)) == 52


def test_where_the_model_serves_what_waits_is_embedded_whoever_it_belongs_to(
    machine: Machine, rows: Rows, colleague: Callable[[Tenant], Tenant]
) -> None:
    theirs = colleague(machine.tenant)
    body = {"project_id": str(machine.tenant.project_id), "content": "A secret.", "visibility": "private"}
    machine.call("POST", "/v1/memories", body, of=theirs)
    machine.take("memory.created")
    rows.connection.execute("delete from contextfs.outbox")
    waiting = [one["body"] for one in vectors(rows, machine.tenant) if one["embedding"] is None]
    machine.call("POST", PATH)
    machine.carry()

    assert waiting == ["A secret."]
    assert all(one["embedding"] for one in vectors(rows, machine.tenant))

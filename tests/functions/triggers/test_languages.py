"""Other languages are set: what is stored gets its terms for them, a batch for each event, while search goes on."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from contextfs.journeys.find import reterm
from contextfs.kit.events import Event
from contextfs.runtime.events.reaction import Reactor
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant, founded
from tests.functions.conftest import Rows
from tests.functions.reindexing import PATH, TRIGGERS, Machine
from tests.functions.vectors import vectors

HOUSES = "Die Häuser werden im Mai geprüft."


@pytest.fixture
def machine(wiring: Wiring, tenant: Tenant, rows: Rows) -> Machine:
    """Give a server whose tenant has memories and a session, made for English alone."""
    made = Machine(wiring, tenant, rows)
    remember(made, HOUSES)
    messages = [{"role": "user", "content": "Wo sind die Verträge?"}, {"role": "assistant", "content": "Im Schrank."}]
    session = {"project_id": str(tenant.project_id), "tool": "chat", "title": "Alte Schränke", "messages": messages}
    made.call("POST", "/v1/sessions", session)
    made.carry()
    return made


def remember(machine: Machine, content: str, *, of: Tenant | None = None, **more: Any) -> None:
    """Store a memory."""
    body = {"project_id": str((of or machine.tenant).project_id), "content": content} | more
    assert machine.call("POST", "/v1/memories", body, of=of).status_code == 201


def speak(machine: Machine, *languages: str) -> None:
    """Set languages."""
    machine.services = replace(machine.services, languages=languages)


def found(machine: Machine, query: str) -> tuple[list[str], list[str]]:
    """Search by words alone, and give what was found, and what is said of languages."""
    services, machine.services = machine.services, replace(machine.services, embedder=lambda: None)
    reply = machine.call("POST", "/v1/search", {"query": query}).json()
    machine.services = services
    return [hit["snippet"] for hit in reply["hits"]], [one for one in reply["degraded"] if "other languages" in one]


def words(machine: Machine, tenant: Tenant | None = None) -> dict[str, tuple[Any, ...]]:
    """Give what the words of each passage were made to."""
    rows = machine.rows.of("passages", tenant or machine.tenant)
    return {row["body"]: (row["languages"], row["terms"], str(row["weights"])) for row in rows}


def continued(machine: Machine) -> list[Event]:
    """Give the events of it that wait."""
    waiting = [row for row in machine.rows.of("outbox", machine.tenant) if row["type"] == "terms.continued"]
    return [Event(**{name: row[name] for name in Event.__struct_fields__}) for row in waiting]


def test_a_word_is_found_in_its_other_forms_when_its_terms_are_made_and_search_tells_until_then(
    machine: Machine,
) -> None:
    before = found(machine, "Haus")
    speak(machine, "de")
    between = found(machine, "Haus")
    told = machine.call("POST", PATH).json()
    machine.carry()
    done = machine.call("GET", PATH).json()

    assert before == ([], [])
    assert (between[0], len(between[1])) == ([], 1)
    assert "ctx admin reindex" in between[1][0]
    assert (told["languages"], told["outdated"], done["outdated"]) == (["de"], 3, 0)
    assert found(machine, "Haus") == ([HOUSES], [])
    assert found(machine, "Vertrag") == (["Wo sind die Verträge?"], [])


def test_what_is_found_in_the_form_in_which_it_is_written_is_found_in_any_setting_at_any_time(machine: Machine) -> None:
    for languages in (("de",), ("fr", "ru"), ()):
        speak(machine, *languages)
        between = found(machine, "Häuser")[0]
        machine.call("POST", PATH)
        machine.carry()

        assert between == found(machine, "Häuser")[0] == [HOUSES]


def test_terms_are_those_that_are_made_of_what_is_stored_now(machine: Machine, rows: Rows) -> None:
    speak(machine, "de")
    machine.call("POST", PATH)
    machine.carry()
    made = words(machine)
    for memory in rows.of("memories", machine.tenant):
        machine.call("PATCH", f"/v1/memories/{memory['id']}", {"tags": ["other"]})
    for session in rows.of("sessions", machine.tenant):
        machine.call("PATCH", f"/v1/sessions/{session['id']}", {"tags": ["other"]})
    machine.carry()

    assert made == words(machine)
    assert {one[0] for one in made.values()} == {"de"}


def test_back_to_english_alone_passages_are_as_they_were(machine: Machine) -> None:
    before = words(machine)
    for languages in (("de",), ()):
        speak(machine, *languages)
        machine.call("POST", PATH)
        machine.carry()

    assert before == words(machine)


def test_vectors_stay(machine: Machine, rows: Rows) -> None:
    before = vectors(rows, machine.tenant)
    speak(machine, "de")
    machine.call("POST", PATH)
    machine.carry()

    assert before == vectors(rows, machine.tenant)


def test_what_is_private_is_made_as_those_whose_it_is_and_stays_private(
    machine: Machine, colleague: Callable[[Tenant], Tenant]
) -> None:
    for number in range(3):
        theirs = colleague(machine.tenant)
        remember(machine, f"Verträge im Schrank {number}.", of=theirs, visibility="private")
    machine.carry()
    speak(machine, "de")
    machine.call("POST", PATH)
    machine.carry()

    assert {one[0] for one in words(machine).values()} == {"de"}
    assert sorted(found(machine, "Vertrag Schrank")[0]) == ["Im Schrank.", "Wo sind die Verträge?"]


def test_another_organization_keeps_its_passages_until_it_asks_itself(machine: Machine, wiring: Wiring) -> None:
    other = founded(wiring, machine.tenant.http)
    there = Machine(wiring, other, machine.rows)
    remember(there, HOUSES)
    there.carry()
    before = words(machine, other)
    speak(machine, "de")
    machine.call("POST", PATH)
    machine.carry()

    assert words(machine, other) == before
    assert machine.call("GET", PATH, of=other).json()["outdated"] == 1


def test_cut_at_any_point_it_goes_on(machine: Machine, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reterm, "_BATCH", 1)
    speak(machine, "de")
    machine.call("POST", PATH)
    machine.take("terms.continued")
    rows.connection.execute("delete from contextfs.outbox")  # the event has been given up
    between = sorted(one[0] for one in words(machine).values())
    machine.call("POST", PATH)
    machine.carry()

    assert between == ["", "", "de"]
    assert {one[0] for one in words(machine).values()} == {"de"}


def test_of_two_at_once_each_passage_is_made_whole(machine: Machine) -> None:
    for number in range(20):
        remember(machine, f"Verträge {number}.")
    machine.carry()
    speak(machine, "de")
    machine.call("POST", PATH)
    machine.call("POST", PATH)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(partial(react, machine), continued(machine)))
    made = words(machine)
    machine.carry()

    assert {one[0] for one in made.values()} == {"de"}
    assert made == words(machine)


def test_what_is_changed_meanwhile_has_the_terms_of_its_new_text(machine: Machine, rows: Rows) -> None:
    speak(machine, "de")
    machine.call("POST", PATH)
    (memory,) = rows.of("memories", machine.tenant)
    machine.call("PATCH", f"/v1/memories/{memory['id']}", {"content": "Die Bäume stehen dort."})
    machine.take("memory.updated")
    machine.carry()

    assert found(machine, "Baum")[0] == ["Die Bäume stehen dort."]
    assert found(machine, "Haus")[0] == []


def test_without_an_embedder_terms_are_made_all_the_same(tenant: Tenant, wiring: Wiring, rows: Rows) -> None:
    machine = Machine(wiring, tenant, rows)
    remember(machine, HOUSES)
    machine.carry()
    machine.services = replace(wiring.services, languages=("de",))
    told = machine.call("POST", PATH).json()
    machine.carry()

    assert (told["problem"], told["outdated"]) == (None, 1)
    assert "CONTEXTFS_EMBEDDER" in machine.call("POST", PATH).json()["problem"]
    assert found(machine, "Haus")[0] == [HOUSES]


def react(machine: Machine, event: Event) -> None:
    """Let it take an event."""
    Reactor(machine.services, machine.wiring.clock).react(TRIGGERS["triggers.reindex"], event)

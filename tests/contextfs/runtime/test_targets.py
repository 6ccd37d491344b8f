"""Targets: what their names stand for, and how their errors are told."""

import logging
from collections import Counter
from collections.abc import Iterator

import msgspec
import pytest

from contextfs.kit.errors import Invalid, NotFound, Unavailable
from contextfs.kit.events import Event
from contextfs.runtime import targets
from contextfs.runtime.wiring import Wiring, routes, schedules, triggers
from tests.conftest import Tenant, settings_for
from tests.contextfs.runtime.happenings import happened, times_taken

SECRET = "a-sentence-that-must-stay-here"


@pytest.fixture
def index() -> targets.Trigger:
    """Give the trigger that makes things searchable."""
    return next(trigger for trigger in triggers() if trigger.name == "triggers.index_memory")


@pytest.fixture
def cut_off(database_url: str) -> Iterator[Wiring]:
    """Give a process whose database does not answer, and that may not carry events."""
    settings = settings_for(database_url)
    wired = Wiring(
        msgspec.structs.replace(settings, database_url="host=127.0.0.1 port=9 dbname=none", relay_database_url=None)
    )
    wired.database.close()
    yield wired
    wired.close()


def test_every_row_is_found_by_its_target() -> None:
    found = {row.target: targets.find(row.target) for row in (*routes(), *triggers(), *schedules())}

    assert found == {route.target: (route,) for route in routes()} | {
        row.target: row for row in (*triggers(), *schedules())
    }


def test_target_names_are_unique_in_a_process() -> None:
    nouns = {route.group for route in routes()}
    names = Counter([targets.GATEWAY, *nouns, *(row.target for row in (*routes(), *triggers(), *schedules()))])

    assert [name for name, times in names.items() if times > 1] == []


def test_the_routes_of_a_noun_have_a_target() -> None:
    nouns = {route.group for route in routes()}

    assert {noun: targets.find(noun) for noun in nouns} == {
        noun: tuple(route for route in routes() if route.group == noun) for noun in nouns
    }


def test_all_routes_have_a_target() -> None:
    assert targets.find("gateway") == routes()


@pytest.mark.parametrize("name", ["", "memories.get", "memories_nothing", "__path__"])
def test_other_names_stand_for_nothing(name: str) -> None:
    assert targets.find(name) is None


def test_an_event_that_a_trigger_does_not_ask_for_is_dropped(
    wiring: Wiring, index: targets.Trigger, tenant: Tenant, database_url: str
) -> None:
    event = happened(tenant, "project.created", tenant.project_id)

    assert targets.take(wiring, index, lambda: event) is None
    assert times_taken(database_url, event) == 0


def test_an_error_of_ours_is_told_as_it_is(wiring: Wiring, index: targets.Trigger) -> None:
    refused = NotFound("There is no such memory.")

    def read() -> Event:
        raise refused

    assert targets.take(wiring, index, read) is refused


def test_an_error_that_nobody_foresaw_is_told_without_its_words(
    wiring: Wiring, index: targets.Trigger, caplog: pytest.LogCaptureFixture
) -> None:
    def read() -> Event:
        raise ValueError(SECRET)

    with caplog.at_level(logging.ERROR):
        failed = targets.take(wiring, index, read)

    assert failed is not None
    assert failed.status == 500
    assert SECRET not in failed.detail
    assert ["unexpected"] == [record.message for record in caplog.records]


def test_a_database_that_is_away_is_a_reason_to_try_again(
    cut_off: Wiring, index: targets.Trigger, tenant: Tenant
) -> None:
    failed = targets.take(cut_off, index, lambda: happened(tenant, "memory.created", tenant.project_id))

    assert isinstance(failed, Unavailable)


def test_a_schedule_says_which_setting_it_misses(cut_off: Wiring) -> None:
    failed = targets.run(cut_off, schedules()[0])

    assert isinstance(failed, Invalid)
    assert "CONTEXTFS_RELAY_DATABASE_URL" in failed.detail

"""Every row of the manifest is a door, and every door has a row."""

import ast
import inspect
import re
from importlib import import_module

import pytest

from contextfs.domain.access.rules import PERMISSIONS
from contextfs.kit.events import matches
from contextfs.runtime.door.binding import bind
from contextfs.runtime.table import INVITED, PUBLIC, SIGNED, Route
from functions.manifest import ROUTES, SCHEDULES, TRIGGERS
from tests.house.source import ROOT, modules

ROWS = (*ROUTES, *TRIGGERS, *SCHEDULES)
READS_BY_POST = {"search.semantic", "search.hybrid", "search.query", "context.pack"}
KEEPS_NOTHING = {"ingest.metrics"}


def emitted() -> set[str]:
    """Collect the types of all events that calls emit, or that schedules make."""
    calls = [(name, call) for one in modules() for name, call in one.calls()]
    emits = [call.args[0] for name, call in calls if name.endswith(".emit") and call.args]
    makes = [word.value for name, call in calls if name == "Event" for word in call.keywords if word.arg == "type"]
    return {str(told.value) for told in (*emits, *makes) if isinstance(told, ast.Constant)}


def test_rows_and_files_are_one_to_one() -> None:
    files = {
        str(file.relative_to(ROOT / "functions").with_suffix("")).replace("/", ".")
        for file in (ROOT / "functions").rglob("*/*.py")
        if file.name != "__init__.py" and file.parent.name != "manifest"
    }

    assert sorted(row.name for row in ROWS) == sorted(files)


def test_names_targets_and_paths_are_used_once() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert len({row.target for row in ROWS}) == len(ROWS)
    assert len({(route.method, re.sub(r"{\w+}", "{}", route.path)) for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_needs_a_known_permission(route: Route) -> None:
    assert route.needs in {PUBLIC, SIGNED, INVITED, *PERMISSIONS}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_that_changes_something_is_audited(route: Route) -> None:
    changes = route.method != "GET" and route.name not in READS_BY_POST | KEEPS_NOTHING

    assert route.audits is not None or not changes
    assert route.audits is None or re.fullmatch(r"[a-z_]+\.[a-z_]+", route.audits)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_handler_takes_what_its_path_names_and_says_what_it_does(route: Route) -> None:
    binding = bind(route)

    assert set(binding.path_type.__struct_fields__) == set(re.findall(r"{(\w+)}", route.path))
    assert inspect.getdoc(binding.handle)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_what_a_handler_asks_first_follows_from_what_it_takes(route: Route) -> None:
    door = import_module(f"functions.{route.name}")
    first = getattr(door, "ahead", lambda: ())
    taken = inspect.signature(door.handle).parameters

    assert {*inspect.signature(first).parameters} <= {*taken} - {"call"}
    assert hasattr(door, "drafted") == ("draft" in taken)


def test_triggers_take_events_that_are_emitted() -> None:
    types = emitted()

    assert {
        t.name: sorted(kind for kind in types if matches(kind, t.on))
        for t in TRIGGERS
        if not any(matches(kind, t.on) for kind in types)
    } == {}

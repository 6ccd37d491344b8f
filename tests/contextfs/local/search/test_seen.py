"""Searches of a store narrowed by who may see a thing, and by how sensitive it is."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from contextfs.domain.memories.model import MemoryChange
from contextfs.kit.ports import Embedder
from contextfs.local.search.model import Mode
from contextfs.local.sessions.store import LocalSessions
from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import found, said
from tests.contextfs.local.sessions.conversations import session

VISIBILITIES = ("private", "project")
SENSITIVITIES = (None, "public", "internal", "restricted")
FILTERS: list[dict[str, Any]] = [
    {},
    {"visibility": ["private"]},
    {"visibility": ["project", "organization"]},
    {"visibility": ["organization"]},
    {"sensitivity": ["restricted"]},
    {"sensitivity": ["public", "internal", "confidential", "restricted"]},
    {"visibility": ["private"], "sensitivity": ["internal", "public"]},
]


@pytest.fixture
def shelf(machine: Machine) -> Machine:
    """Give a store with memories and messages of every kind, which say what they are marked with."""
    with (machine.root / ".contextfs/config.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[share.rules]]\ntool = "shared"\nvisibility = "project"\n')
    for visibility, sensitivity in product(VISIBILITIES, SENSITIVITIES):
        text = f"{visibility} {sensitivity}"
        machine.add(f"A heron in psql is {text}.", visibility=visibility, sensitivity=sensitivity)
        _say(machine, f"I saw a heron: {text}", "shared" if visibility == "project" else "own", sensitivity)
    return machine


def _say(machine: Machine, text: str, tool: str, sensitivity: Any = None) -> Any:
    with machine.open() as store:
        new = session(f"{text}.", name=text, tool=tool, sensitivity=sensitivity)
        return LocalSessions(store).capture(new).session.id


def _marks(snippets: list[str]) -> list[str]:
    return sorted(" ".join(one.rstrip(".").split()[-2:]) for one in snippets)


def _passing(bounds: dict[str, Any]) -> list[str]:
    """Give what passes, the plain way: of each kind a memory and a message."""
    passing = [
        f"{visibility} {sensitivity}"
        for visibility, sensitivity in product(VISIBILITIES, SENSITIVITIES)
        if visibility in bounds.get("visibility", VISIBILITIES)
        and sensitivity in bounds.get("sensitivity", SENSITIVITIES)
    ]
    return sorted([*passing, *passing])


@pytest.mark.parametrize("mode", ["lexical", "semantic", "graph"])
def test_nothing_outside_of_the_filters_is_found_and_all_within(mode: Mode, shelf: Machine, minilm: Embedder) -> None:
    embedder = minilm if mode == "semantic" else None
    passed = [_marks(said(shelf, "heron", embedder, mode=mode, limit=50, **bounds)) for bounds in FILTERS]

    assert [_passing(bounds) for bounds in FILTERS] == passed


def test_operators_do_the_same_and_what_is_given_goes_before_them(shelf: Machine) -> None:
    internal: dict[str, Any] = {"sensitivity": ["internal"]}
    secret = {"visibility": ["private"], "sensitivity": ["restricted"]}

    assert _passing(internal) == _marks(said(shelf, "heron sensitivity:internal", limit=50))
    assert _passing(secret) == _marks(said(shelf, "visibility:private sensitivity:RESTRICTED", limit=50))
    assert _passing(internal) == _marks(said(shelf, "heron sensitivity:public", limit=50, **internal))


def test_what_was_found_is_counted_by_who_sees_it_how_sensitive_it_is_and_whose_it_is(shelf: Machine) -> None:
    later = datetime(2040, 1, 1, tzinfo=UTC)
    facets = found(shelf, "heron", facets=True, limit=1).facets or {}
    shelf.now = later
    back = found(shelf, "heron", facets=True, limit=1, as_of=later - timedelta(days=1)).facets or {}
    told = {name: {one.value: one.count for one in values} for name, values in facets.items()}

    assert {"private": 8, "project": 8} == told["visibility"]
    assert {"public": 4, "internal": 4, "restricted": 4} == told["sensitivity"]
    assert {shelf.who: 16} == told["author"]
    assert [facets[name] for name in ("visibility", "sensitivity")] == [
        back[name] for name in ("visibility", "sensitivity")
    ]


def test_who_sees_what_was_said_is_as_the_settings_and_a_person_say_now(machine: Machine) -> None:
    first, second = (_say(machine, f"heron number {number}", "codex") for number in (1, 2))
    before = said(machine, "heron", visibility=["project"])
    with machine.open() as store:
        LocalSessions(store).choose(first, "project")
    chosen = said(machine, "heron", visibility=["project"])
    with machine.open() as store:
        LocalSessions(store).choose(second, "private")
    settings = machine.root / ".contextfs/config.toml"
    settings.write_text(settings.read_text().replace('sessions = "private"', 'sessions = "project"'))

    assert ([], ["heron number 1."]) == (before, chosen)
    assert ["heron number 1."] == said(machine, "heron", visibility=["project"])
    assert ["heron number 2."] == said(machine, "heron", visibility=["private"])


def test_a_new_mark_is_heeded_at_once_and_in_the_past_it_is_that_of_then(machine: Machine) -> None:
    machine.now = datetime(2026, 11, 21, tzinfo=UTC)
    memory = machine.add("The heron is shy.", sensitivity="public")
    then = machine.tick()
    with machine.open() as store:
        store.change(memory, MemoryChange(sensitivity="restricted", visibility="private"))
    _say(machine, "A heron stood there", "codex", "public")

    assert ["A heron stood there."] == said(machine, "heron", sensitivity=["public"])
    assert ["The heron is shy."] == said(machine, "heron", sensitivity=["restricted"], visibility=["private"])
    assert {"A heron stood there.", "The heron is shy."} == {
        *said(machine, "heron", sensitivity=["public"], as_of=then)
    }
    assert ["The heron is shy."] == said(machine, "heron", visibility=["project"], as_of=then)
    assert [] == said(machine, "heron", sensitivity=["restricted"], as_of=then)

"""What a store knew at a time: lists and searches look back, and find what was said then in the words of then."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.context.request import ContextReply, ContextRequest
from contextfs.domain.memories.model import MemoryChange
from contextfs.domain.memories.past import known_at
from contextfs.domain.memories.revisions import Fields, Revision, at
from contextfs.domain.memories.view import view
from contextfs.kit.ports import Embedder
from contextfs.local.model import MemoryQuery
from contextfs.local.search.packing import pack
from tests.contextfs.local.places import PROJECT, Machine
from tests.contextfs.local.search.indexes import found, opened, said
from tests.contextfs.local.sessions.conversations import AT, kept

FAR = datetime(9999, 12, 30, tzinfo=UTC)


@pytest.fixture
def times(machine: Machine) -> tuple[datetime, datetime]:
    """Give two times of a story: gunicorn became hypercorn between them, and a note on walls went after them."""
    changed = machine.add("We serve with gunicorn.", tags=["old"])
    deleted = machine.add("The walls are green.", type="episodic")
    first = machine.tick()
    with machine.open() as store:
        store.change(changed, MemoryChange(content="We serve with hypercorn.", type="decision", tags=["new"]))
    second = machine.tick()
    with machine.open() as store:
        store.remove(deleted)
    machine.add("Pianos are served hot.")
    return first, second


def listed(machine: Machine, as_of: datetime, **more: Any) -> list[str]:
    with machine.open() as store:
        return [one.content for one in store.page(MemoryQuery(as_of=as_of, **more))]


def test_a_list_shows_what_was_there_as_it_was(machine: Machine, times: tuple[datetime, datetime]) -> None:
    first, second = times

    assert ["The walls are green.", "We serve with gunicorn."] == listed(machine, first)
    assert ["We serve with hypercorn.", "The walls are green."] == listed(machine, second)
    assert ["Pianos are served hot.", "We serve with hypercorn."] == listed(machine, FAR)
    assert [] == listed(machine, datetime.min.replace(tzinfo=UTC))
    assert (["We serve with gunicorn."], [], ["The walls are green."]) == (
        listed(machine, first, tags=["old"]),
        listed(machine, first, type="decision"),
        listed(machine, first, limit=1),
    )


def test_words_of_today_do_not_find_what_was_said_then(machine: Machine, times: tuple[datetime, datetime]) -> None:
    first, second = times

    assert (["We serve with gunicorn."], []) == (
        said(machine, "gunicorn", as_of=first),
        said(machine, "hypercorn", as_of=first),
    )
    assert ([], ["We serve with hypercorn."]) == (
        said(machine, "gunicorn", as_of=second),
        said(machine, "hypercorn", as_of=second),
    )


def test_what_was_deleted_since_is_found_and_what_came_later_is_not(
    machine: Machine, times: tuple[datetime, datetime]
) -> None:
    _, second = times

    assert ["The walls are green."] == said(machine, "green walls", as_of=second)
    assert ([], ["Pianos are served hot."]) == (
        said(machine, "pianos", as_of=second),
        said(machine, "pianos", as_of=FAR),
    )


def test_operators_and_filters_look_at_what_was(machine: Machine, times: tuple[datetime, datetime]) -> None:
    first, second = times

    assert (["We serve with gunicorn."], []) == (
        said(machine, "type:fact", as_of=first),
        said(machine, "type:fact", as_of=second),
    )
    assert (["We serve with gunicorn."], [], []) == (
        said(machine, "serve author:me", as_of=first),
        said(machine, "serve author:bob@example.com", as_of=first),
        said(machine, "serve tool:codex", as_of=first),
    )


def test_what_was_said_by_then_is_found_beside(machine: Machine) -> None:
    machine.now = AT - timedelta(days=1)
    machine.add("We serve with gunicorn.")
    with machine.open() as store:
        kept(store, "I tried gunicorn.", "Did gunicorn work?")
    machine.now = AT + timedelta(days=1)
    then = AT + timedelta(seconds=30)

    assert {"We serve with gunicorn.", "I tried gunicorn."} == {*said(machine, "gunicorn", as_of=then)}
    assert ["I tried gunicorn."] == said(machine, "gunicorn", as_of=then, sources=["message"])
    assert 3 == len(said(machine, "gunicorn"))


def test_the_reply_says_that_meanings_cannot_go_back(
    machine: Machine, times: tuple[datetime, datetime], minilm: Embedder
) -> None:
    reply = found(machine, "which server do we use", minilm, as_of=times[0])
    [hit] = found(machine, "gunicorn", minilm, as_of=times[0], explain=True).hits

    assert "semantic: memories of the past are compared by their words alone" in reply.degraded
    assert hit.explanation
    assert (None, True) == (hit.explanation.semantic, (hit.explanation.lexical or 0) > 0)


def test_dates_in_a_question_are_meant_from_then(machine: Machine) -> None:
    machine.now = datetime(2026, 3, 10, tzinfo=UTC)
    machine.add("The roof leaked.", valid_from=datetime(2026, 3, 9, tzinfo=UTC))
    then = machine.tick()
    machine.now += timedelta(days=100)

    assert ["The roof leaked."] == said(machine, "what leaked yesterday: the roof?", as_of=then)


def packed(machine: Machine, **more: Any) -> ContextReply:
    request = ContextRequest(project_id=PROJECT, task="What do we serve with, and how is it pinned?", **more)
    with opened(machine) as index:
        return pack(index, request, now=machine.now)


def test_a_pack_holds_what_was_known_and_pinned_then(machine: Machine) -> None:
    for colour in ("red", "green", "blue", "black", "white"):
        machine.add(f"The {colour} wall was painted last.")
    served = machine.add("We serve with gunicorn.")
    rule = machine.add("Lint first.", pinned=True)
    then = machine.tick()
    with machine.open() as store:
        store.change(served, MemoryChange(content="We serve with hypercorn.", pinned=True))
        store.change(rule, MemoryChange(pinned=False))
    back, now = packed(machine, as_of=then), packed(machine, as_of=FAR)

    assert [rule, served] == [item.id for item in back.items]
    assert ["pinned", False] == [back.items[0].reason, "hypercorn" in back.text]
    assert f' as-of="{then:%Y-%m-%dT%H:%M:%SZ}" ' in back.text.splitlines()[0]
    assert "semantic: memories of the past are compared by their words alone" in back.degraded
    assert served == now.items[0].id
    assert "as-of=" not in now.text


def test_a_pack_of_the_past_leaves_out_what_held_no_longer_then(machine: Machine) -> None:
    memory = machine.add("We serve with gunicorn.", pinned=True)
    then = machine.tick()
    with machine.open() as store:
        store.change(memory, MemoryChange(valid_to=then))
    closed = machine.tick()

    assert [1, 0, 1] == [
        len(packed(machine, as_of=at, superseded=superseded).items)
        for at, superseded in ((then - timedelta(seconds=1), False), (closed, False), (closed, True))
    ]
    assert "ended" == str(packed(machine, as_of=closed, superseded=True).items[0].overtaken)[:5]


STAMPS = st.integers(0, 5).map(lambda second: f"2026-01-01T00:00:0{second}.000Z-0000")


@st.composite
def histories(draw: st.DrawFn) -> list[Revision]:
    """Give revisions of one memory, each on some of those before it, with clocks that may run backwards."""
    made: list[Revision] = []
    for number in range(draw(st.integers(1, 6))):
        parents = draw(st.sets(st.sampled_from(made).map(lambda one: one.id), max_size=2)) if made else set[str]()
        fields = Fields(type="fact", content=f"{number}", visibility="project", deleted=draw(st.booleans()))
        clock = draw(STAMPS)
        made.append(Revision(memory_id=UUID(int=1), parents=(*parents,), fields=fields, author="a", clock=clock))
    return made


@given(histories(), st.integers(-1, 6), st.randoms(use_true_random=False))
def test_what_was_known_is_the_view_of_the_set_of_then_in_whatever_order(
    story: list[Revision], second: int, random: Any
) -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    there = at(story, when)
    seen = known_at(random.sample(story, len(story)), when)

    assert (seen is None) == (not there or view(there).deleted)
    assert seen is None or seen == view(there)


def test_a_memory_of_the_past_is_dated_by_when_it_was_said(machine: Machine) -> None:
    machine.add("The kitchen is painted green.", valid_from=datetime(2029, 5, 6, tzinfo=UTC))
    then = machine.tick()
    machine.tick()

    (hit,) = found(machine, "kitchen 2029-05-06", as_of=then).hits

    assert hit.context.endswith(" · 2029-05-06")

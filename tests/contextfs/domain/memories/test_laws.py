"""The laws of revisions, over arbitrary histories: forks, criss-crosses, gaps, copies, absurd clocks."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.domain.memories.clock import time_of
from contextfs.domain.memories.revisions import Fields, Revision, ancestors, at, gathered, union
from contextfs.domain.memories.view import change, view
from tests.contextfs.domain.memories.histories import histories, slowly, stamp, states, taken_apart

law = settings(max_examples=100, deadline=None)
clocks = st.integers(-(10**13), 2 * 10**14).map(stamp)
Dealt = tuple[list[Revision], list[list[Revision]]]


def shuffles(parts: int = 1) -> st.SearchStrategy[Dealt]:
    """Give a history with copies of it under other names and clocks, and the same dealt out to some replicas."""
    return st.builds(_dealt, histories(), st.just(parts), st.integers(0, 10**9))


def _dealt(history: list[Revision], parts: int, seed: int) -> Dealt:
    chance = Random(seed)  # noqa: S311 - repeatable
    copies = [
        msgspec.structs.replace(revision, author=chance.choice(["ann", "zoe"]), clock=stamp(chance.randrange(3)))
        for revision in chance.choices(history, k=3)
    ]
    everything = history + copies
    dealt: list[list[Revision]] = [[] for _ in range(parts)]
    for revision in chance.sample(everything, len(everything)):
        for part in chance.sample(range(parts), chance.randint(1, parts)):
            dealt[part].append(revision)
    return everything, dealt


@law
@given(histories(), clocks)
def test_the_same_edit_made_twice_is_the_same_revision(history: list[Revision], clock: str) -> None:
    again = [msgspec.structs.replace(revision, author="zoe", clock=clock) for revision in history]

    assert [revision.id for revision in again] == [revision.id for revision in history]


@law
@given(shuffles())
def test_of_copies_the_earliest_is_kept(dealt: Dealt) -> None:
    claims: dict[str, list[tuple[str, str]]] = {}
    for revision in dealt[0]:
        claims.setdefault(revision.id, []).append((revision.clock, revision.author))

    assert {name: (one.clock, one.author) for name, one in gathered(dealt[0]).items()} == {
        name: min(some) for name, some in claims.items()
    }


@law
@given(shuffles(2))
def test_union_commutes(dealt: Dealt) -> None:
    left, right = dealt[1]

    assert union(left, right) == union(right, left)


@law
@given(shuffles(3))
def test_union_associates(dealt: Dealt) -> None:
    one, two, three = dealt[1]

    assert union(union(one, two), three) == union(one, union(two, three))


@law
@given(shuffles())
def test_union_with_itself_changes_nothing(dealt: Dealt) -> None:
    once = union(dealt[0], [])

    assert union(once, dealt[0]) == once


@law
@given(shuffles())
def test_any_order_of_delivery_gives_the_same_view(dealt: Dealt) -> None:
    everything, [shuffled] = dealt

    assert view(shuffled) == view(everything)


@law
@given(shuffles(3))
def test_replicas_that_hold_parts_agree_once_they_met(dealt: Dealt) -> None:
    everything, [one, two, three] = dealt

    assert view(union(union(three, one), two)) == view(everything)


@law
@given(histories(10))
def test_the_fold_is_what_the_law_says(history: list[Revision]) -> None:
    shown = view(history).fields

    assert {**taken_apart(shown), "deleted": shown.deleted} == slowly(history)


@law
@given(histories(), st.integers(0, 255))
def test_the_fold_of_a_part_is_what_the_law_says(history: list[Revision], keep: int) -> None:
    part = _part(history, keep)
    shown = view(part).fields

    assert {**taken_apart(shown), "deleted": shown.deleted} == slowly(part)


@law
@given(histories(), st.integers(0, 255))
def test_every_body_shown_was_written_by_someone(history: list[Revision], keep: int) -> None:
    part = _part(history, keep)

    assert set(view(part).bodies) <= _written(part)


@law
@given(histories())
def test_nothing_that_anyone_wrote_is_unreachable(history: list[Revision]) -> None:
    heads = view(history).heads

    assert {*heads, *ancestors(history, heads)} == gathered(history).keys()


@law
@given(histories(), states(), clocks)
def test_who_saw_everything_has_the_last_word_whatever_the_clock(
    history: list[Revision], fields: Fields, clock: str
) -> None:
    made = change(view(history), fields, author="ben", clock=clock)

    assert view([*history, *([made] if made else [])]).fields == fields


@law
@given(histories())
def test_nothing_changed_is_no_revision(history: list[Revision]) -> None:
    seen = view(history)

    assert change(seen, seen.fields, author="ben", clock=stamp(9)) is None


@law
@given(histories())
def test_a_memory_began_with_the_first_that_stands_on_nothing(history: list[Revision]) -> None:
    known = gathered(history)
    first = min(
        (one for one in known.values() if not known.keys() & set(one.parents)), key=lambda one: (one.clock, one.id)
    )

    assert (view(history).created_clock, view(history).created_by) == (first.clock, first.author)


@law
@given(histories(), clocks, clocks)
def test_showing_another_text_first_is_no_choice(history: list[Revision], one: str, two: str) -> None:
    seen = view(history)
    last, *others = reversed(seen.bodies)
    turned = _with(seen.fields, content=last, alternatives=tuple(others), pinned=not seen.fields.pinned)
    showing = change(seen, turned, author="ben", clock=one)
    settling = change(seen, _with(seen.fields, content="settled", alternatives=()), author="cy", clock=two)

    assert showing is not None
    assert settling is not None
    assert view([*history, showing, settling]).bodies == ("settled",)


@law
@given(histories(), clocks, clocks)
def test_clocks_do_not_decide_where_only_one_side_wrote(history: list[Revision], before: str, after: str) -> None:
    seen = view(history)
    one = change(seen, _with(seen.fields, title="new", alternatives=()), author="ben", clock=before)
    two = change(seen, _with(seen.fields, pinned=True), author="cy", clock=after)

    assert one is not None
    assert two is not None
    assert view([*history, one, two]).fields == _with(seen.fields, title="new", alternatives=(), pinned=True)


@law
@given(histories())
def test_a_deletion_after_everything_is_one(history: list[Revision]) -> None:
    seen = view(history)
    made = change(seen, _with(seen.fields, deleted=True), author="ben", clock=stamp(-(10**13)))

    assert view([*history, *([made] if made else [])]).deleted


@law
@given(histories(), clocks, clocks)
def test_a_deletion_beside_an_edit_is_none(history: list[Revision], one: str, two: str) -> None:
    seen = view(history)
    deleted = change(seen, _with(seen.fields, deleted=True, sensitivity="x"), author="ben", clock=one)
    edited = change(seen, _with(seen.fields, deleted=False, title="new"), author="cy", clock=two)

    assert deleted is not None
    assert edited is not None
    assert not view([*history, deleted, edited]).deleted


@law
@given(histories(), clocks, clocks)
def test_what_was_known_only_grows(history: list[Revision], one: str, two: str) -> None:
    early, late = (at(history, datetime.fromisoformat(time_of(clock))) for clock in sorted([one, two]))

    assert gathered(early).keys() <= gathered(late).keys()


@law
@given(histories(), clocks)
def test_what_was_known_includes_its_past(history: list[Revision], clock: str) -> None:
    known = gathered(at(history, datetime.fromisoformat(time_of(clock)))).keys()

    assert ancestors(history, known) <= known


def _written(history: Sequence[Revision]) -> set[str]:
    return {text for revision in history for text in revision.fields.bodies}


def _with(fields: Fields, **given: object) -> Fields:
    return msgspec.structs.replace(fields, **given)


def _part(history: list[Revision], keep: int) -> list[Revision]:
    return [revision for n, revision in enumerate(history) if keep >> n & 1] or history

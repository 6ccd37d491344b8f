"""Revisions that say the same without knowing of each other are one."""

from hypothesis import given, settings

from contextfs.domain.memories.agreement import agreed
from contextfs.domain.memories.revisions import Revision, ancestors
from contextfs.domain.memories.view import view
from tests.contextfs.domain.memories.histories import add, histories, root, state, told_once

BEGUN = root(state("We use ES256."))
MADE = add(add(BEGUN, content="We use HS512.", clock=1), content="We use EdDSA.", clock=2)
HISTORY = [BEGUN, add(BEGUN, content="We use HS512.", clock=1), MADE]
CAME_BY_GIT = add(BEGUN, content="We use EdDSA.", clock=9, author="cat")


def test_a_state_that_came_by_git_is_the_one_that_its_history_leads_to() -> None:
    shown = view([*HISTORY, CAME_BY_GIT])

    assert (shown.bodies, shown.updated_by, shown.updated_clock) == (("We use EdDSA.",), MADE.author, MADE.clock)


def test_who_edits_the_state_that_came_by_git_has_seen_its_history() -> None:
    edited = add(CAME_BY_GIT, content="We use RS256.", clock=10)

    assert view([*HISTORY, CAME_BY_GIT, edited]).bodies == ("We use RS256.",)


def test_who_goes_on_with_the_history_has_seen_the_state_that_came_by_git() -> None:
    edited = add(MADE, content="We use RS256.", clock=3)

    assert view([*HISTORY, CAME_BY_GIT, edited]).bodies == ("We use RS256.",)


def test_both_at_once_is_a_conflict_between_the_two_new_texts() -> None:
    here = add(MADE, content="We use RS256.", clock=3)
    there = add(CAME_BY_GIT, content="We use none.", clock=10)

    assert view([*HISTORY, CAME_BY_GIT, here, there]).bodies == ("We use none.", "We use RS256.")


def test_two_who_merged_the_same_conflict_agree_whichever_text_they_show_first() -> None:
    left, right = add(BEGUN, content="one", clock=1), add(BEGUN, content="two", clock=2)
    mine = add(left, content="one", alternatives=("two",), clock=3)
    yours = add(right, content="two", alternatives=("one",), clock=4)
    settled = add(yours, content="three", alternatives=(), clock=5)

    assert view([BEGUN, left, right, mine, yours]).bodies == ("one", "two")
    assert view([BEGUN, left, right, mine, yours, settled]).bodies == ("three",)


def test_a_text_written_again_after_others_is_not_the_first_one() -> None:
    back = add(MADE, content="We use ES256.", clock=3)
    beside = add(BEGUN, content="We use none.", clock=1)

    assert view([*HISTORY, back, beside]).bodies == ("We use ES256.", "We use none.")


def test_a_deletion_and_the_same_state_undeleted_do_not_agree() -> None:
    deleted = add(BEGUN, deleted=True, clock=1)
    kept = add(BEGUN, title="Signing", clock=2)

    assert not view([BEGUN, deleted, kept]).deleted


def test_deleted_by_two_is_brought_back_by_one() -> None:
    here = add(HISTORY[1], content="x", deleted=True, clock=3)
    there = add(BEGUN, content="x", deleted=True, clock=4)
    back = add(there, deleted=False, clock=5)

    assert not view([*HISTORY[:2], here, there, back]).deleted


@settings(max_examples=300)
@given(histories())
def test_nodes_hold_every_revision_once_and_stand_on_what_their_members_stood_on(history: list[Revision]) -> None:
    story = list({one.id: one for one in history}.values())
    nodes = agreed(story)
    place = {name: number for number, node in enumerate(nodes) for name in node.members}

    assert sorted(name for node in nodes for name in node.members) == sorted(one.id for one in story)
    assert all(parent < number for number, node in enumerate(nodes) for parent in node.parents)
    for one in story:
        assert {place[above] for above in one.parents if above in place} <= set(nodes[place[one.id]].parents)


@settings(max_examples=300)
@given(histories())
def test_nodes_are_those_of_the_slow_reading(history: list[Revision]) -> None:
    story = list({one.id: one for one in sorted(history, key=lambda one: (one.clock, one.author))}.values())
    story.sort(key=lambda one: len(ancestors(story, [one.id])))
    slow = told_once(story)

    assert {node.revision.id for node in agreed(story)} == {one.id for one, _ in slow.values()}

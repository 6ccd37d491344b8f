"""The view, case by case: who wins, what is kept, what is a conflict."""

from typing import Any
from uuid import UUID

import pytest

from contextfs.domain.memories.revisions import Revision
from contextfs.domain.memories.view import change, resolve, view
from contextfs.kit.errors import Invalid
from tests.contextfs.domain.memories.histories import add, root, stamp, state

BASE = root(state(tags=("auth",), metadata={"k": 1, "gone": "soon"}, anchors=({"path": "a.py"},)))


def test_one_revision_is_shown_as_it_is() -> None:
    assert view([BASE]).fields == BASE.fields


def test_of_a_line_the_last_is_shown_even_with_the_lowest_clock() -> None:
    first = add(BASE, clock=9_000, content="new")
    last = add(first, clock=-9_000, content="newest")

    assert view([last, BASE, first]).fields == last.fields


def test_sides_that_change_different_fields_are_both_kept() -> None:
    shown = view([BASE, add(BASE, clock=2, title="Deploys"), add(BASE, clock=1, pinned=True, confidence=0.5)])

    assert (shown.fields.title, shown.fields.pinned, shown.fields.confidence) == ("Deploys", True, 0.5)


def test_a_plain_field_goes_to_the_last_writer() -> None:
    shown = view([BASE, add(BASE, clock=2, title="late"), add(BASE, clock=1, title="early")])

    assert shown.fields.title == "late"


def test_of_a_revision_made_twice_the_earlier_time_counts() -> None:
    early, late = add(BASE, clock=1, title="A", author="ann"), add(BASE, clock=9, title="A", author="ben")

    assert view([BASE, late, early, add(BASE, clock=5, title="B")]).fields.title == "B"


def test_what_one_left_alone_and_another_wrote_is_one_revision_made_twice_and_was_written() -> None:
    one, two = add(BASE, clock=5, title="A"), add(BASE, clock=7, title="B")
    two_before = add(BASE, clock=3, title="B")
    ann = _changed([BASE, one, two], tags=("auth", "jwt"))[-1]  # she sees B, and leaves it
    ben = _changed([BASE, one, two_before], tags=("auth", "jwt"), title="B")[-1]  # he sees A, and writes B

    assert (view([BASE, one, two]).fields.title, view([BASE, one, two_before]).fields.title) == ("B", "A")
    assert ann.id == ben.id
    assert view([BASE, one, two_before, ann]).fields.title == "B"
    assert view([BASE, one, two_before, ann, add(one, clock=-10_000, title="C")]).fields.title == "B"


def test_a_side_that_did_not_touch_a_field_does_not_compete() -> None:
    shown = view([BASE, add(BASE, clock=1, title="early"), add(BASE, clock=2, pinned=True)])

    assert shown.fields.title == "early"


def test_equal_clocks_are_decided_by_the_revision_id() -> None:
    sides = [add(BASE, clock=1, title="A"), add(BASE, clock=1, title="B")]

    assert view([BASE, *sides]).fields.title == max(sides, key=lambda side: side.id).fields.title


def test_a_field_changed_and_changed_back_was_written() -> None:
    there = add(BASE, clock=1, visibility="private")
    back = add(there, clock=3, visibility="project")

    assert view([BASE, there, back, add(BASE, clock=2, visibility="organization")]).fields.visibility == "project"


def test_metadata_is_merged_key_by_key() -> None:
    left = add(BASE, clock=1, metadata={"k": 2, "left": "l"})
    right = add(BASE, clock=2, metadata={"k": 3, "gone": "soon", "right": "r"})

    assert view([BASE, left, right]).fields.metadata == {"k": 3, "left": "l", "right": "r"}


def test_a_metadata_key_removed_later_than_it_was_set_is_gone() -> None:
    left, right = add(BASE, clock=2, metadata={"k": 1}), add(BASE, clock=1, metadata={"k": 1, "gone": "never"})

    assert view([BASE, left, right]).fields.metadata == {"k": 1}


def test_metadata_tells_true_from_one() -> None:
    left = add(BASE, clock=1, metadata={"k": True, "gone": "soon"})

    assert view([BASE, left, add(BASE, clock=2, title="T")]).fields.metadata["k"] is True


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("auth", "jwt"), ("auth", "keys"), ("auth", "jwt", "keys")),
        ((), ("auth", "jwt"), ("jwt",)),
        ((), (), ()),
    ],
)
def test_tags_are_added_and_removed_one_by_one(left: Any, right: Any, expected: Any) -> None:
    sides = [add(BASE, clock=1, tags=left), add(BASE, clock=2, tags=right, title="T")]

    assert view([BASE, *sides]).fields.tags == expected


def test_a_tag_removed_and_added_again_survives_a_concurrent_removal() -> None:
    removed = add(BASE, tags=())
    again = add(removed, tags=("auth",))
    elsewhere = add(BASE, clock=9, tags=(), title="T")

    assert view([BASE, removed, again, elsewhere]).fields.tags == ("auth",)


@pytest.mark.parametrize("name", ["provenance", "anchors"])
def test_objects_of_both_sides_are_kept(name: str) -> None:
    given: list[dict[str, Any]] = [{name: ({"n": 1},)}, {name: ({"n": 1.0}, {"n": 2})}]
    left, right = [add(BASE, **changed) for changed in given]

    assert getattr(view([BASE, left, right]).fields, name) == ({"n": 1}, {"n": 2})


def test_an_anchor_removed_on_one_side_stays_removed() -> None:
    assert view([BASE, add(BASE, anchors=()), add(BASE, title="T")]).fields.anchors == ()


def test_a_side_that_did_not_touch_the_body_yields() -> None:
    shown = view([BASE, add(BASE, clock=1, content="new"), add(BASE, clock=2, title="T")])

    assert shown.bodies == ("new",)


def test_different_bodies_are_a_conflict_with_the_last_written_first() -> None:
    shown = view([BASE, add(BASE, clock=1, content="ES256"), add(BASE, clock=2, content="HS512")])

    assert (shown.conflicted, shown.content, shown.bodies) == (True, "HS512", ("HS512", "ES256"))


def test_equal_bodies_are_one() -> None:
    shown = view([BASE, add(BASE, content="same", title="L"), add(BASE, content="same", title="R")])

    assert (shown.conflicted, shown.bodies) == (False, ("same",))


def test_a_conflict_is_settled_by_a_revision_on_all_heads() -> None:
    sides = [BASE, add(BASE, clock=1, content="ES256"), add(BASE, clock=2, content="HS512")]
    settled = resolve(view(sides), "ES256", author="ann", clock=stamp(0))

    assert settled is not None
    assert view([*sides, settled]).bodies == ("ES256",)


def test_a_conflict_can_be_settled_for_the_body_shown_first() -> None:
    sides = [BASE, add(BASE, clock=1, content="ES256"), add(BASE, clock=2, content="HS512")]
    settled = resolve(view(sides), "HS512", author="ann", clock=stamp(0))

    assert settled is not None
    assert view([*sides, settled]).bodies == ("HS512",)


def test_retagging_a_conflicted_memory_leaves_it_conflicted() -> None:
    sides = [BASE, add(BASE, clock=1, content="ES256"), add(BASE, clock=2, content="HS512")]
    retagged = _changed(sides, tags=("auth", "jwt"))

    assert (view(retagged).fields.tags, view(retagged).bodies) == (("auth", "jwt"), ("HS512", "ES256"))


def test_a_conflict_settled_elsewhere_is_settled_for_who_only_retagged() -> None:
    sides = [BASE, add(BASE, clock=1, content="ES256"), add(BASE, clock=2, content="HS512")]
    settled = resolve(view(sides), "EdDSA", author="ann", clock=stamp(0))

    assert settled is not None
    assert view([*_changed(sides, tags=("jwt",)), settled]).bodies == ("EdDSA",)


def test_an_edit_beside_a_settlement_is_a_conflict_again() -> None:
    one, two = add(BASE, clock=1, content="ES256"), add(BASE, clock=2, content="HS512")
    settled, edited = add(one, two, clock=3, content="EdDSA"), add(one, clock=4, content="ES384")

    assert view([BASE, one, two, settled, edited]).bodies == ("ES384", "EdDSA")


def test_deleted_with_all_edits_seen_is_deleted() -> None:
    sides = [BASE, add(BASE, clock=5, title="L"), add(BASE, clock=6, content="new")]

    assert view(_changed(sides, deleted=True)).deleted


def test_an_edit_keeps_visible_what_another_deleted() -> None:
    shown = view([BASE, add(BASE, clock=9, deleted=True), add(BASE, clock=1, content="new")])

    assert (shown.deleted, shown.bodies) == (False, ("new",))


def test_deleted_twice_is_deleted() -> None:
    assert view([BASE, add(BASE, deleted=True), add(BASE, deleted=True, title="T")]).deleted


def test_a_deletion_on_the_whole_view_outlives_an_older_deletion_and_edit() -> None:
    sides = [BASE, add(BASE, clock=9, deleted=True), add(BASE, clock=8, content="new")]

    assert view(_changed(sides, deleted=True)).deleted


def test_a_deleted_memory_can_be_brought_back() -> None:
    assert not view(_changed([BASE, add(BASE, deleted=True)], deleted=False)).deleted


def test_a_criss_cross_leaves_the_writes_that_nobody_saw() -> None:
    one, two = add(BASE, clock=1, content="1", title="1"), add(BASE, clock=2, content="2", title="2")
    left, right = (
        add(one, two, clock=3, content="L"),
        add(two, one, clock=4, content="2", title="R", alternatives=("1",)),
    )

    assert (view([BASE, one, two, left, right]).bodies, view([BASE, one, two, left, right]).fields.title) == (
        ("L",),
        "R",
    )


def test_a_missing_parent_is_an_unknown_past() -> None:
    middle = add(BASE, clock=1, title="M")
    left, right = add(middle, clock=2, content="L"), add(middle, clock=3, tags=("new",))

    assert view([BASE, left, right]).bodies == (BASE.fields.content, "L")


def test_a_missing_parent_that_arrives_makes_the_view_whole() -> None:
    middle = add(BASE, clock=1, title="M")
    left, right = add(middle, clock=2, content="L"), add(middle, clock=3, tags=("new",))

    assert view([left, BASE, right, middle]).bodies == ("L",)


def test_two_beginnings_of_one_memory_are_concurrent() -> None:
    other = root(state("other", title="O"), clock=stamp(5))
    older = add(BASE, clock=9, pinned=True)

    assert (view([BASE, other, older]).bodies, view([BASE, other, older]).fields.title) == (
        ("other", "We deploy on Fridays."),
        "O",
    )


def test_a_parent_and_its_own_parent_may_both_be_named() -> None:
    middle = add(BASE, clock=9, title="M")
    both = add(BASE, middle, clock=1, title=None, content="B")

    assert view([BASE, middle, both, add(middle, clock=5, pinned=True)]).fields.title is None


def test_the_version_changes_with_the_heads() -> None:
    assert len({view([BASE]).version, view([add(BASE, title="T")]).version, view([BASE, root(state())]).version}) == 3


def test_the_version_is_sixteen_hex_digits() -> None:
    assert len(f"{int(view([BASE]).version, 16):016x}") == 16


def test_heads_are_what_nobody_built_on() -> None:
    middle = add(BASE, title="M")
    sides = [add(middle, title="L"), add(middle, title="R")]

    assert view([BASE, middle, *sides]).heads == tuple(sorted(side.id for side in sides))


def test_the_beginning_and_the_latest_change_are_named() -> None:
    shown = view([BASE, add(BASE, clock=3, author="cy", title="L"), add(BASE, clock=2, author="di", title="R")])

    assert (shown.created_by, shown.created_clock, shown.updated_by, shown.updated_clock) == (
        "ann",
        stamp(0),
        "cy",
        stamp(3),
    )


def test_nothing_changed_is_no_revision() -> None:
    assert change(view([BASE]), state(**_plain(BASE)), author="ben", clock=stamp(9)) is None


def test_a_change_has_all_heads_as_parents() -> None:
    sides = [BASE, add(BASE, title="L"), add(BASE, title="R")]

    assert _changed(sides, pinned=True)[-1].parents == view(sides).heads


def test_one_of_true_is_a_change() -> None:
    assert len(_changed([BASE], metadata={"k": True, "gone": "soon"})) == 2


def test_a_settled_memory_needs_no_settling() -> None:
    assert resolve(view([BASE]), BASE.fields.content, author="ann", clock=stamp(1)) is None


def test_no_revisions_have_no_view() -> None:
    with pytest.raises(Invalid, match="these are of 0"):
        view([])


def test_revisions_of_two_memories_have_no_view() -> None:
    other = Revision(memory_id=UUID(int=1), fields=state(), author="ann", clock=stamp(0))

    with pytest.raises(Invalid, match="these are of 2"):
        view([BASE, other])


def test_long_branches_are_folded() -> None:
    story, left, right = [BASE], BASE, BASE
    for n in range(1500):
        left, right = add(left, clock=2 * n, content=f"L{n}"), add(right, clock=2 * n + 1, title=f"R{n}")
        story += [left, right]

    assert (view(story).content, view(story).fields.title) == ("L1499", "R1499")


def _plain(revision: Revision) -> dict[str, Any]:
    return {name: getattr(revision.fields, name) for name in revision.fields.__struct_fields__}


def _changed(revisions: list[Revision], **given: Any) -> list[Revision]:
    """Add a revision to the view of these, with a clock before all of theirs."""
    seen = view(revisions)
    plain = {name: getattr(seen.fields, name) for name in seen.fields.__struct_fields__}
    made = change(seen, state(**(plain | given)), author="ben", clock=stamp(-9_000))

    assert made is not None
    return [*revisions, made]

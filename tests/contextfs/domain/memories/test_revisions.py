"""Revisions: what an id stands for, and sets of revisions."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contextfs.domain.memories.revisions import Fields, Revision, ancestors, at, first, identity, recalled, union
from contextfs.kit.errors import BadInput, Invalid
from tests.contextfs.domain.memories.histories import MEMORY, add, root, stamp, state

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)
FULL = state(
    "Wir signieren mit ES256 – nie HS512.\n",
    title="Tokens",
    alternatives=("We sign with HS512.",),
    tags=("jwt", "auth", "jwt"),
    metadata={"key": "alg", "n": 2.0, "nested": {"b": [1e-7, True], "a": None}},
    sensitivity="internal",
    confidence=0.8,
    pinned=True,
    valid_from=NOON.astimezone(timezone(timedelta(hours=2))),
    valid_to=NOON + timedelta(days=1, microseconds=5),
    expires_at=NOON + timedelta(days=9),
    provenance=({"session": "01JB", "author": "human"},),
    anchors=({"path": "b.py", "lines": [3, 9]}, {"path": "a.py"}),
    deleted=True,
)


def test_an_id_is_the_hash_of_these_bytes() -> None:
    said = (
        b"contextfs.revision.1\n"
        b'{"fields":{"content":"We deploy on Fridays.","type":"fact","visibility":"project"},'
        b'"memory_id":"01890a5d-ac96-774b-bcce-b302099a8057","parents":[]}'
    )

    assert identity(root(state())) == said


@pytest.mark.parametrize(
    ("revision", "golden"),
    [
        (root(state()), "69443757b6bd0bc54e8f188d93b1a1a9964c4d85b76e6458a830217b7ebf9c97"),
        (root(FULL), "83a25ffee24ec264679f4b27c1819816099b4c4e2fb2eb1e52fc6491b91b9c6c"),
        (
            add(root(FULL), root(state()), content="Both.", alternatives=()),
            "7365cbe0e3d360a77b1db63a183a1221223c7944c2b55fdd638010d524efbf79",
        ),
    ],
)
def test_ids_never_change(revision: Revision, golden: str) -> None:
    assert revision.id == golden


def test_an_id_is_the_sha256_of_the_identity() -> None:
    assert root(FULL).id == sha256(identity(root(FULL))).hexdigest()


def test_who_and_when_are_not_in_the_id() -> None:
    assert root(FULL, author="zoe", clock=stamp(99)).id == root(FULL).id


@pytest.mark.parametrize("name", Fields.__struct_fields__)
def test_every_field_is_in_the_id(name: str) -> None:
    plain: dict[str, Any] = {field: getattr(state(), field) for field in Fields.__struct_fields__}
    other: dict[str, Any] = {name: getattr(FULL, name)}
    other |= {"type": {"type": "user"}, "visibility": {"visibility": "private"}}.get(name, {})

    assert root(Fields(**(plain | other))).id != root(state()).id


def test_the_memory_is_in_the_id() -> None:
    one = first(MEMORY, state(), author="ann", clock=stamp(0))

    assert first(UUID(int=1), state(), author="ann", clock=stamp(0)).id != one.id


def test_the_parents_are_in_the_id() -> None:
    assert add(root(FULL)).id != root(FULL).id


def test_the_order_of_parents_does_not_matter() -> None:
    one, two = root(state("one")), root(state("two"))

    assert add(one, two, content="x").id == add(two, one, two, content="x").id


def test_true_and_one_are_different() -> None:
    assert root(state(metadata={"k": True})).id != root(state(metadata={"k": 1})).id


def test_a_revision_that_travelled_as_json_keeps_its_id() -> None:
    revision = add(root(FULL), title="Keys")
    travelled = msgspec.json.decode(msgspec.json.encode(revision), type=Revision)

    assert travelled.id == revision.id


def test_a_state_that_travelled_as_json_is_the_same() -> None:
    assert msgspec.json.decode(msgspec.json.encode(FULL), type=Fields) == FULL


def test_sets_are_sorted_and_without_repeats() -> None:
    assert FULL.tags == ("auth", "jwt")


def test_objects_are_sorted_and_without_repeats() -> None:
    fields = state(anchors=({"path": "b"}, {"path": "a", "n": 1}, {"path": "b"}, {"n": 1.0, "path": "a"}))

    assert fields.anchors == ({"path": "a", "n": 1}, {"path": "b"})


def test_alternatives_keep_their_order_and_leave_the_content_out() -> None:
    fields = state("b", alternatives=("c", "b", "a", "c"))

    assert fields.bodies == ("b", "c", "a")


def test_times_are_kept_in_utc() -> None:
    assert str(FULL.valid_from) == "2030-01-31 12:00:00+00:00"


@pytest.mark.parametrize("name", ["valid_from", "valid_to", "expires_at"])
def test_a_time_without_a_zone_is_refused(name: str) -> None:
    given: dict[str, Any] = {name: NOON.replace(tzinfo=None)}

    with pytest.raises(Invalid, match=f"{name} has no time zone"):
        state(**given)


def test_a_time_that_utc_cannot_write_is_refused() -> None:
    with pytest.raises(Invalid, match="outside the years"):
        state(valid_from=datetime.min.replace(tzinfo=timezone(timedelta(hours=2))))


def test_a_field_of_a_later_version_is_refused_rather_than_lost() -> None:
    text = b'{"type":"fact","content":"x","visibility":"project","mood":"blue"}'

    with pytest.raises(msgspec.ValidationError, match="unknown field `mood`"):
        msgspec.json.decode(text, type=Fields)


def test_a_parent_that_is_no_id_is_refused() -> None:
    with pytest.raises(BadInput, match="is not a revision id"):
        Revision(memory_id=MEMORY, parents=("HEAD",), fields=state(), author="ann", clock=stamp(0))


def test_a_clock_that_is_none_is_refused_on_arrival() -> None:
    text = msgspec.json.encode(root(state())).replace(b"1970-01-01", b"9999-99-99")

    with pytest.raises(BadInput, match="is not a clock"):
        msgspec.json.decode(text, type=Revision)


def test_fields_that_json_cannot_carry_have_no_id() -> None:
    with pytest.raises(Invalid, match="not finite"):
        _ = root(state(metadata={"k": float("nan")})).id


def test_a_recalled_revision_has_the_id_that_it_is_told() -> None:
    assert recalled(root(state()), "f" * 64).id == "f" * 64


@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_copies_the_smaller_clock_is_kept(*, swapped: bool) -> None:
    early, late = root(FULL, clock=stamp(1), author="zoe"), root(FULL, clock=stamp(2), author="ann")
    pair = (late, early) if swapped else (early, late)

    assert union([pair[0]], [pair[1]]) == (early,)


@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_copies_with_one_clock_the_smaller_author_is_kept(*, swapped: bool) -> None:
    ann, zoe = root(FULL, author="ann"), root(FULL, author="zoe")
    pair = (zoe, ann) if swapped else (ann, zoe)

    assert union([pair[0]], [pair[1]]) == (ann,)


def test_ancestors_are_found_past_merges() -> None:
    base = root(state())
    left, right = add(base, title="L"), add(base, title="R")
    merged = add(left, right, content="new")

    assert ancestors([merged, right, base, left], [merged.id]) == {left.id, right.id, base.id}


def test_ancestors_that_are_not_at_hand_are_left_out() -> None:
    base = root(state())
    child = add(base, title="L")

    assert ancestors([child], [child.id, "f" * 64]) == frozenset()


def test_as_of_a_time_only_earlier_revisions_are_known() -> None:
    base, later = root(state()), add(root(state()), clock=1000, title="L")

    assert at([base, later], datetime(1970, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC)) == (base,)


def test_as_of_a_time_includes_its_millisecond() -> None:
    base, later = root(state()), add(root(state()), clock=1000, title="L")

    assert at([base, later], datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)) == union([base], [later])


def test_as_of_a_time_an_ancestor_is_known_whatever_its_clock() -> None:
    base = root(state(), clock=stamp(10**12))
    child = add(base, clock=5, title="L")

    assert at([base, child], datetime(1971, 1, 1, tzinfo=UTC)) == union([base], [child])

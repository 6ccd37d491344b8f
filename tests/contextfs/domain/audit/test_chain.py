"""The chain finds every change, whatever it is, and says where."""

from hashlib import sha256
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.audit.chain import Link, check, following


def chained(says: list[bytes]) -> list[Link]:
    """Seal rows that say this."""
    links: list[Link] = []
    before = b""
    for position, text in enumerate(says, start=1):
        digest = sha256(text).digest()
        before = following(before, digest)
        links.append(Link(position=position, hash=before, digest=digest))
    return links


def head_of(links: list[Link]) -> tuple[int, bytes] | None:
    return (links[-1].position, links[-1].hash) if links else None


def kinds(links: list[Link], head: tuple[int, bytes] | None, kept: tuple[int, bytes] | None = None) -> list[str]:
    return [fault.kind for fault in check(links, head, kept).faults]


TEXTS = st.lists(st.binary(max_size=8), max_size=12)


@given(TEXTS)
def test_a_chain_that_nobody_touched_holds(says: list[bytes]) -> None:
    links = chained(says)

    assert check(links, head_of(links)).faults == []
    assert all(check(links, head_of(links), (one.position, one.hash)).faults == [] for one in links)


@given(TEXTS.filter(bool), st.data())
def test_an_entry_that_says_something_else_is_found(says: list[bytes], data: st.DataObject) -> None:
    links = chained(says)
    place = data.draw(st.integers(0, len(links) - 1))
    touched = [*links]
    touched[place] = msgspec.structs.replace(links[place], digest=sha256(b"something else").digest())

    [fault] = check(touched, head_of(links)).faults

    assert (fault.kind, fault.position) == ("changed", place + 1)


@given(st.lists(st.binary(min_size=1, max_size=8), min_size=2, max_size=12, unique=True), st.data())
def test_entries_that_changed_places_are_found(says: list[bytes], data: st.DataObject) -> None:
    links = chained(says)
    first, second = sorted(data.draw(st.permutations(range(len(links))))[:2])
    touched = [*links]
    touched[first] = msgspec.structs.replace(links[second], position=first + 1)
    touched[second] = msgspec.structs.replace(links[first], position=second + 1)

    assert "changed" in kinds(touched, head_of(links))


@given(TEXTS.filter(bool), st.data())
def test_an_entry_that_was_taken_out_is_found(says: list[bytes], data: st.DataObject) -> None:
    links = chained(says)
    place = data.draw(st.integers(0, len(links) - 1))
    rest = [*links[:place], *links[place + 1 :]]

    [fault] = check(rest, head_of(links)).faults

    assert fault.kind == ("cut_off" if place == len(links) - 1 else "missing")
    assert (fault.position, fault.until) == (place + 1, place + 1)


def test_several_entries_in_a_row_are_one_fault() -> None:
    links = chained([b"a", b"b", b"c", b"d", b"e"])

    [fault] = check([links[0], links[4]], head_of(links)).faults

    assert (fault.kind, fault.position, fault.until) == ("missing", 2, 4)


def test_a_log_without_its_head_is_found() -> None:
    assert kinds(chained([b"a"]), None) == ["cut_off"]


def test_a_log_that_was_written_anew_is_found_by_a_head_that_was_kept() -> None:
    before, anew = chained([b"a", b"b"]), chained([b"a", b"x", b"c"])

    assert kinds(anew, head_of(anew)) == []
    assert kinds(anew, head_of(anew), head_of(before)) == ["forgotten"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_each_hash_depends_on_all_before(count: int) -> None:
    links = chained([b"x"] * (count + 1))

    assert all(left.hash != right.hash for left, right in pairwise(links))

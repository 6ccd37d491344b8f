"""Who was let in by this process before: what is known of them, and for how long."""

from contextfs.kit.ports import Row
from contextfs.runtime.door import familiar
from contextfs.runtime.door.familiar import Familiar

PROOF, OTHER = b"a", b"b"
FOUND: Row = {"role": "member", "projects": None}


def _presumed(known: Familiar, *found: Row | None) -> Row | None:
    for one in found:
        known.let_in(PROOF, "sessions:write", one)
    return known.presumed(PROOF, "sessions:write")


def test_who_was_found_the_same_twice_is_presumed_to_be_so_again() -> None:
    assert [_presumed(Familiar(), *[FOUND] * times) for times in (0, 1, 2, 3)] == [None, None, FOUND, FOUND]


def test_who_is_another_each_time_is_waited_for() -> None:
    turns: list[Row] = [{"at": number} for number in range(4)]

    assert [_presumed(Familiar(), *turns[:last]) for last in range(1, 5)] == [None] * 4
    assert _presumed(Familiar(), FOUND, FOUND, turns[0]) is None


def test_nobody_is_presumed_to_be_somebody_for_something_else() -> None:
    known = Familiar()
    _presumed(known, FOUND, FOUND)

    assert [known.presumed(OTHER, "sessions:write"), known.presumed(PROOF, "keys:write")] == [None, None]
    assert known.presumed(None, "sessions:write") is None


def test_who_was_refused_is_a_stranger() -> None:
    known = Familiar()
    _presumed(known, FOUND, FOUND)
    known.refused(PROOF, "sessions:write")

    assert (known.knows(PROOF, "sessions:write"), known.presumed(PROOF, "sessions:write")) == (False, None)
    assert _presumed(known, FOUND) is None


def test_so_many_are_remembered() -> None:
    known = Familiar()
    for number in range(familiar._MOST + 1):  # pyright: ignore[reportPrivateUsage]
        known.let_in(number.to_bytes(4, "big"), "sessions:write", FOUND)

    assert [known.knows(number.to_bytes(4, "big"), "sessions:write") for number in (0, 1)] == [False, True]

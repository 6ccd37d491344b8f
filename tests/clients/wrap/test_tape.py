"""A tape keeps the beginning and the end of each way, in order."""

from clients.wrap.tape import MOST_BYTES, Tape


def test_what_is_given_does_not_take_the_room_of_what_is_written() -> None:
    tape = Tape()
    for _ in range(4):
        tape.add("typed", b"?" * MOST_BYTES)
    tape.add("output", b"first")
    tape.add("output", b"!" * MOST_BYTES)
    tape.add("output", b"last")

    assert tape.output() == b"first" + b"last"
    assert tape.left_out == MOST_BYTES


def test_both_ways_are_told_in_order() -> None:
    tape = Tape()
    tape.add("output", b"name?")
    tape.add("typed", b"ann")
    tape.add("output", b"hi")
    tape.add("hidden", b"x")
    tape.add("output", b"!")

    assert [event.data for event in tape.events()] == [b"name?", b"ann", b"hi", b"x", b"!"]

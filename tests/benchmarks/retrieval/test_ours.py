"""Turns as the routes take them, however long they are and whatever their ids look like."""

import msgspec
import pytest

from benchmarks.retrieval.data import Turn
from benchmarks.retrieval.systems.ours import messages_of
from contextfs.domain.sessions.model import NewMessage


@pytest.mark.parametrize("text", ["", " ", "hello", "x" * 1_000_000, "word " * 900_000])
def test_a_turn_of_any_length_is_taken_whole(text: str) -> None:
    turn = Turn("i" * 1000, "s", "N" * 1000, text)

    said = msgspec.convert(list(messages_of(turn, 7)), list[NewMessage])

    assert (text or " ") == "".join(one.content for one in said)
    assert len(said) == len({one.external_id for one in said})

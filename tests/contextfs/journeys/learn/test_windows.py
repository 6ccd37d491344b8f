"""What a language model is shown of a session at a time."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contextfs.journeys.learn.turns import Turn
from contextfs.journeys.learn.windows import LONGEST_WINDOW, window


def turn(number: int, content: str, role: str = "user", kind: str | None = None) -> Turn:
    return Turn(message_id=UUID(int=number), role=role, content=content, index=number, kind=kind)


def test_it_shows_what_people_and_the_assistant_said_by_number() -> None:
    turns = [
        turn(0, "Deploy with uv."),
        turn(1, "a log", role="tool"),
        turn(2, "Done.", role="assistant"),
        turn(3, "recalled", kind="injected"),
        turn(4, "<contextfs-context version='1'>known</contextfs-context> And now?"),
    ]
    shown = window(turns, 0)

    assert shown is not None
    assert shown.text == "[0] user: Deploy with uv.\n\n[2] assistant: Done.\n\n[4] user: And now?"
    assert (shown.upto, shown.more) == (5, False)


def test_where_nothing_is_said_there_is_nothing_to_show() -> None:
    assert window([turn(0, "a log", role="tool")], 0) is None
    assert window([turn(0, "Said.")], 1) is None


@given(lengths=st.lists(st.integers(min_value=1, max_value=9000), min_size=1, max_size=30))
def test_window_by_window_every_turn_is_shown_once(lengths: list[int]) -> None:
    turns = [turn(number, "a" * length) for number, length in enumerate(lengths)]
    seen: list[int] = []
    start = 0
    while (part := window(turns, start)) is not None:
        assert part.upto > start
        assert len(part.text) <= LONGEST_WINDOW + 2 * len(part.turns)
        seen += part.turns
        start = part.upto

    assert seen == [number for number, length in enumerate(lengths) if length <= 6000]

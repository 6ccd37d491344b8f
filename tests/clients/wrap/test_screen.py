"""What a program writes stands on our screen as it stands on the emulator's own, which draws letter by letter."""

from typing import Any

import pyte
from hypothesis import given
from hypothesis import strategies as st

from clients.wrap.screen import Screen

_PARTS = st.one_of(
    st.text(alphabet="abc XYZ~09", max_size=30),
    st.sampled_from(["é", "日本", "e\u0301", "\u200b", "\x07", "\t", "\b", "\r\n", "\n", "\r", "\x0e", "\x0f"]),
    st.sampled_from(
        ["\x1b[31m", "\x1b[0m", "\x1b[1;44m", "\x1b[4h", "\x1b[4l", "\x1b[?7l", "\x1b[?7h", "\x1b(0", "\x1b(B"]
    ),
    st.sampled_from(
        [
            "\x1b[2J",
            "\x1b[H",
            "\x1b[2;3H",
            "\x1b[K",
            "\x1b[1;3r",
            "\x1b[L",
            "\x1b[P",
            "\x1b[s",
            "\x1b7",
            "\x1b8",
            "\x1bM",
        ]
    ),
    st.sampled_from([(2, 4), (4, 9), (6, 3)]),
)


@given(parts=st.lists(_PARTS, max_size=30))
def test_it_draws_as_the_emulator_does(parts: list[str | tuple[int, int]]) -> None:
    ours, theirs = Screen(7, 4, 20), pyte.HistoryScreen(7, 4, history=20, ratio=0.5)
    for screen in (ours, theirs):
        stream = pyte.Stream(screen)
        for part in parts:
            screen.resize(*part) if isinstance(part, tuple) else stream.feed(part)

    assert _seen(theirs) == _seen(ours)


def _seen(screen: Any) -> tuple[Any, ...]:
    """Give all that stands on a screen and above it, with colours, and where the cursor is."""
    rows = [(place, dict(row)) for place, row in sorted(screen.buffer.items()) if row]
    above = [dict(row) for row in screen.history.top]
    return rows, above, (screen.cursor.x, screen.cursor.y), screen.dirty

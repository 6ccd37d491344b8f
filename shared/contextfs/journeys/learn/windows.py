"""What a language model is shown of a session at a time: what was said, numbered, up to a length."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from contextfs.journeys.learn.gate import is_machine_text
from contextfs.journeys.learn.sentences import without_elements
from contextfs.journeys.learn.turns import Turn, is_human, is_reply

LONGEST_WINDOW = 24_000
"""Characters, about 6,000 tokens: short enough that nothing in the middle is overlooked."""
_LONGEST_TURN = 4_000


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a session: its turns by the numbers that the text gives them, and how far one has read after it."""

    text: str
    turns: Mapping[int, Turn]
    upto: int
    more: bool


def window(turns: Sequence[Turn], start: int) -> Window | None:
    """Give the part that begins with the turn `start`; None when nothing is said from there on."""
    shown: dict[int, Turn] = {}
    lines: list[str] = []
    length = 0
    upto = len(turns)
    for number, turn, line in _said(turns, start):
        if lines and length + len(line) > LONGEST_WINDOW:
            upto = number
            break
        shown[number] = turn
        lines.append(line)
        length += len(line)
    return Window(text="\n\n".join(lines), turns=shown, upto=upto, more=upto < len(turns)) if lines else None


def _said(turns: Sequence[Turn], start: int) -> Iterator[tuple[int, Turn, str]]:
    for number, turn in enumerate(turns[start:], start):
        if not (is_human(turn) or is_reply(turn)) or is_machine_text(turn):
            continue
        text = without_elements(turn.content).strip()
        if text:
            yield number, turn, f"[{number}] {turn.role}: {_cut(text)}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TURN else f"{text[:_LONGEST_TURN]} […]"

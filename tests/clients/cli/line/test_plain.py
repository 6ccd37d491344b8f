"""The reader of plain command lines agrees with the one that explains, wherever it does not leave a line to it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.cli.line import explained
from clients.cli.line.command import Argument, Function, Group, Option
from clients.cli.line.plain import bound


class Colour(StrEnum):
    """A choice."""

    red = "red"
    blue = "blue"


def paint(
    what: Annotated[str, Argument("What.")],
    where: Annotated[Path | None, Argument("Where.")] = None,
    colour: Annotated[Colour, Option("--colour", help="Which.")] = Colour.red,
    tag: Annotated[list[str] | None, Option("--tag -t", help="Tags.")] = None,
    times: Annotated[int, Option("--times -n", help="How often.", min=1, max=20)] = 3,
    loud: Annotated[bool, Option("--loud", help="With noise.")] = False,  # noqa: FBT002 - as commands are written
    by: Annotated[str | None, Option("--by", help="Who.", envvar="PAINTER")] = None,
) -> int:
    """Paint."""
    return len((what, where, colour, tag, times, loud, by))


def say(
    who: Annotated[str, Argument("Who.")],
    words: Annotated[list[str] | None, Argument("What.")] = None,
    loud: Annotated[bool, Option("--loud", help="With noise.")] = False,  # noqa: FBT002 - as above
) -> int:
    """Say."""
    return len((who, words, loud))


WORDS = ["", "-", "--", "x", "two words", "--loud", "--loud=1", "-n", "--times", "--times=4", "21", "5", "-5", "-n5"]
MORE = ["--tag", "-t", "--tag=", "-t=x", "--colour", "--colour=blue", "green", "red", "--by", "--nothing", "--help"]


@settings(max_examples=1000)
@given(
    st.sampled_from([paint, say]),
    st.lists(st.sampled_from(WORDS + MORE), max_size=7),
    st.sampled_from([{}, {"PAINTER": "Ann"}, {"PAINTER": ""}]),
)
def test_what_is_read_at_once_is_read_so_by_the_reader_that_explains(
    command: Function, words: list[str], given: dict[str, str]
) -> None:
    found = bound(command, words, given)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PAINTER", raising=False)
        for name, value in given.items():
            patch.setenv(name, value)
        told = None if found is None else explained.bound(command, words, "command")

    assert told == found


@pytest.mark.parametrize(
    "line",
    ["x", "x y", "--loud x", "-n 5 x", "--times=5 x", "x --tag a -t b", "x --colour blue", "-- --loud", "x --by Bob"],
)
def test_a_plain_line_is_read_at_once(line: str) -> None:
    assert bound(paint, line.split(), {}) is not None


@pytest.mark.parametrize("line", ["", "--help", "x y z", "x --times", "x --times 0", "x --colour green", "x --none"])
def test_what_needs_words_is_left_to_the_reader_that_has_them(line: str) -> None:
    assert bound(paint, line.split(), {}) is None


def test_a_command_of_a_group_is_found_by_its_name() -> None:
    group = Group("Paint things.")
    group.command("brush")(paint)

    assert bound(group, ["brush", "x"], {}) == (paint, bound(paint, ["x"], {})[1])  # pyright: ignore[reportOptionalSubscript]
    assert bound(group, ["broom", "x"], {}) is None


def test_what_only_the_other_reader_knows_is_read_by_it() -> None:
    assert bound(paint, ["x", "-n5"], {}) is None
    assert explained.bound(paint, ["x", "-n5"], "paint") == bound(paint, ["x", "-n", "5"], {})

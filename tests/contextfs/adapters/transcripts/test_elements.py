"""Elements in a text, closed or not."""

from collections.abc import Callable

import pytest

from contextfs.adapters.transcripts.elements import Lines, is_whole, leading
from tests.growth import is_linear

TASKS = Lines("task", "answer")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("<a>x</a>", 8),
        ("<a>x</a>\n <b c='d'>y</b> z", 24),
        ("<a> z", 0),
        ("x <a></a>", 0),
    ],
)
def test_what_a_text_begins_with_is_found(text: str, end: int) -> None:
    assert end == leading(text)


def test_only_elements_that_are_asked_for_count() -> None:
    assert (8, False, True) == (leading("<a>x</a><b>y</b>", ["a"]), is_whole("<a/>x"), is_whole("<a>x</a>\n"))


@pytest.mark.parametrize(
    ("text", "within", "without"),
    [
        ("<task>\nx\n</task>", ["x"], ""),
        ("<task>a <task>b</task> c</task>  \nd", ["a <task>b</task> c"], "\nd"),
        ("say <task>x</task>", [], "say <task>x</task>"),
        ("<task>x</task> is a tag", [], "<task>x</task> is a tag"),
        ("<task>a</task>\r\n<answer>b</answer>", ["a", "b"], "\n"),
        ("<task>open\n<answer>b</answer>", ["b"], "<task>open\n"),
    ],
)
def test_an_element_has_lines_of_its_own(text: str, within: list[str], without: str) -> None:
    assert (within, without) == (TASKS.within(text), TASKS.without(text))


@pytest.mark.parametrize("read", [TASKS.within, is_whole])
@pytest.mark.parametrize(("head", "unit"), [("</task>\n", "<task>\n"), ("", "<task>a</task>\n")])
def test_many_tags_are_read_in_linear_time(read: Callable[[str], object], head: str, unit: str) -> None:
    assert is_linear(lambda text: read(head + text), unit, 500_000, tail="tail")

"""Cutting long texts."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.passages import Chunk, chunk, chunks_of_message, context_line
from contextfs.kit.errors import Invalid

TEXT = st.text(st.sampled_from("ab .\n。é# "), max_size=300)
SIZES = st.integers(2, 80).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size // 4)))


@given(TEXT, SIZES)
def test_every_character_is_covered_in_order(text: str, sizes: tuple[int, int]) -> None:
    size, overlap = sizes

    found = chunk(text, size=size, overlap=overlap)

    assert set(range(len(text))) == {i for one in found for i in range(one.start, one.end)}
    assert all(text[one.start : one.end] == one.text and 0 < len(one.text) <= size for one in found)
    assert all(first.start < second.start and first.end < second.end for first, second in pairwise(found))
    assert all(0 <= first.end - second.start <= overlap for first, second in pairwise(found))


@given(TEXT)
def test_a_short_text_is_one_chunk(text: str) -> None:
    assert ([Chunk(start=0, end=len(text), text=text)] if text else []) == chunk(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one two. thr\n\nfour five six", "one two. thr\n\n"),
        ("one two. thr\nfour five six", "one two. thr\n"),
        ("one two. three four five six", "one two. "),
        ("one two, three four five six", "one two, "),
        ("one two three four five six", "one two three "),
        ("一二三四五六七八。九十一二三四五六", "一二三四五六七八。"),
        ("x" * 40, "x" * 16),
    ],
)
def test_a_cut_falls_where_a_reader_pauses(text: str, expected: str) -> None:
    assert expected == chunk(text, size=16, overlap=0)[0].text


def test_an_overlap_begins_at_a_sentence() -> None:
    text = "The first thing is long enough. Then came one. " + "And so it went on and on without any end " * 3

    second = chunk(text, size=60, overlap=15)[1]

    assert second.text.startswith("Then came one. And so")


@pytest.mark.parametrize(("size", "overlap"), [(1, 0), (100, 26), (100, -1)])
def test_sizes_that_cannot_be_are_refused(size: int, overlap: int) -> None:
    with pytest.raises(Invalid):
        chunk("text", size=size, overlap=overlap)


OPEN, CLOSE = '<contextfs-context version="3" pack="9c1f20ab77d3">', "</contextfs-context>"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{OPEN}\n- We deploy on Thursdays.\n{CLOSE}\nFix it.", ["\nFix it."]),
        (f"Fix it. {OPEN}\nnotes\n{CLOSE} And {OPEN}more{CLOSE} test it. é🎉", ["Fix it. \n And \n test it. é🎉"]),
        (f"Fix it.\n{OPEN}\nnever ends here", [f"Fix it.\n{OPEN}\nnever ends here"]),
        (f"{OPEN}\nFix it.\n{OPEN}notes{CLOSE}", [f"{OPEN}\nFix it.\n"]),
        (f"{OPEN}a{OPEN}b{CLOSE}<contextfs-context/>{CLOSE}Fix{CLOSE} it.", [f"Fix{CLOSE} it."]),
        (f"{OPEN}\nnotes\n{CLOSE}\n", [OPEN]),
        (OPEN, [OPEN]),
        (f"What does `{OPEN[:18]}` mean?", [f"What does `{OPEN[:18]}` mean?"]),
        ("Fix it.", ["Fix it."]),
    ],
)
def test_of_what_was_said_a_pack_of_ours_is_left_out(text: str, said: list[str]) -> None:
    assert said == [one.text for one in chunks_of_message(text)]


def test_a_passage_reaches_over_the_packs_that_it_leaves_out() -> None:
    text = f"{OPEN}notes{CLOSE}Fix it.{OPEN}more{CLOSE}Test it.{OPEN}last{CLOSE}"

    [found] = chunks_of_message(text)

    assert "Fix it.\nTest it." == found.text
    assert f"Fix it.{OPEN}more{CLOSE}Test it." == text[found.start : found.end]


def test_many_packs_make_no_more_passages_than_the_text_around_them() -> None:
    assert len(chunks_of_message("<contextfs-context/>x" * 5_000)) <= len(chunk("x\n" * 5_000))


@given(st.lists(st.sampled_from([OPEN, CLOSE, "<contextfs-context/>", "a. ", "\n", "é"]), max_size=12).map("".join))
def test_any_message_has_passages_that_lie_in_it_in_order(text: str) -> None:
    found = chunks_of_message(text)

    assert bool(found) == bool(text)
    assert all(text[one.start : one.end].startswith(one.text.partition("\n")[0]) and one.text for one in found)
    assert all(text[one.start : one.end].endswith(one.text.rpartition("\n")[2]) for one in found)
    assert all(first.end <= second.end and first.start < second.start for first, second in pairwise(found))


def test_a_context_line_leaves_empty_parts_out() -> None:
    line = context_line(project="shop", title="Login\n  page", date=date(2026, 3, 1))

    assert "shop · Login page · 2026-03-01" == line

"""A pattern is compiled at its first use, and is the same as one that was compiled at once."""

import re

import pytest

from contextfs.kit.pattern import pattern


def test_it_finds_what_a_compiled_one_finds() -> None:
    text = b"key=abc, key=defg"

    assert re.compile(rb"key=(\w+)").findall(text) == pattern(rb"key=(\w+)").findall(text)
    assert pattern("b+").sub("-", "abbc") == "a-c"
    assert pattern("B+", re.IGNORECASE).sub("-", "abbc") == "a-c"


def test_it_is_compiled_once_and_only_when_it_is_used() -> None:
    broken = pattern("(")
    good = pattern("a")

    with pytest.raises(re.error):
        broken.search("(")
    assert good.search is good.search


def test_a_text_without_what_a_match_holds_is_answered_without_compiling() -> None:
    broken = pattern("(", holds=["ago", "then"])

    assert (None, [], [], "Now.") == (
        broken.search("Now."),
        [*broken.finditer("Now.")],
        broken.findall("Now."),
        broken.sub("-", "Now."),
    )
    with pytest.raises(re.error):
        broken.search("THEN")


def test_it_finds_the_same_whatever_it_holds() -> None:
    text = "Then, and \u017fo then."
    plain, holding = re.compile("then|so", re.IGNORECASE), pattern("then|so", re.IGNORECASE, holds=["then", "so"])

    assert plain.findall(text) == holding.findall(text)
    assert plain.sub("-", text) == holding.sub("-", text)
    assert [one.span() for one in plain.finditer(text)] == [one.span() for one in holding.finditer(text)]
    assert holding.search("\u017fo") is not None  # a long s, which is an s to a pattern that minds no case
    assert holding.fullmatch("so") is not None

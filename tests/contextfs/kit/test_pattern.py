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

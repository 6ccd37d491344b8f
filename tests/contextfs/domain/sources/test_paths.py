"""Paths into JSON."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.sources import paths
from contextfs.kit import forms

VALUE: Any = {"a": {"b c": [{"x": 1}, {"x": 2}, 3]}, "e-f": None}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", [VALUE]),
        ("$.a['b c'][0].x", [1]),
        ("$.a['b c'][-1]", [3]),
        ("$.a['b c'][*].x", [1, 2]),
        ("$.a['b c'][7]", []),
        ("$.a[0]", []),
        ("$.e-f", [None]),
        ("$.e-f.g", []),
        ("$.nothing", []),
    ],
)
def test_a_path_leads_to(path: str, expected: list[Any]) -> None:
    assert expected == list(paths.found(path, VALUE))


@pytest.mark.parametrize(
    "text", ["a", "$a", "$.", "$..a", "$[a]", "$['a", "$[?(@.a)]", "$[1:2]", "$.a[*]", "$.a\n", "$['']", ""]
)
def test_what_is_no_path_is_known(text: str) -> None:
    assert re.fullmatch(forms.JSON_PATH, text) is None


NAMES = st.text(st.characters(exclude_characters="'\\", min_codepoint=32), min_size=1, max_size=8)
STEPS = st.lists(st.one_of(NAMES, st.integers(0, 3)), max_size=6)


@given(STEPS)
def test_every_place_in_json_has_a_path(steps: list[str | int]) -> None:
    value: Any = "here"
    for step in reversed(steps):
        value = {step: value} if isinstance(step, str) else [None] * step + [value]
    path = "$" + "".join(f"['{step}']" if isinstance(step, str) else f"[{step}]" for step in steps)

    assert re.fullmatch(forms.JSON_PATH, path)
    assert list(paths.found(path, value)) == ["here"]

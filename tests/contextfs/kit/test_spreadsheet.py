"""Cells that a spreadsheet takes for text."""

import csv
from io import StringIO
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.kit.spreadsheet import cells, written


class Noun(msgspec.Struct, frozen=True):
    """Something with fields."""

    text: str
    parts: dict[str, Any] = {}
    count: int | None = None


@pytest.mark.parametrize("begins", [*"=+-@\t\r\n＝＋－＠"])
def test_what_begins_like_a_formula_is_text(begins: str) -> None:
    assert cells(Noun(f"{begins}cmd|' /C calc'!A0"), ["text"]) == [f"'{begins}cmd|' /C calc'!A0"]


def test_parts_are_json_and_what_is_missing_is_empty() -> None:
    assert cells(Noun("a", {"b": 1}), ["text", "parts", "count"]) == ["a", '{"b":1}', ""]
    assert cells(Noun("a", count=0), ["count"]) == ["0"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))))
def test_what_is_written_is_read_again_and_no_cell_begins_a_formula(texts: list[str]) -> None:
    rows = list(csv.reader(StringIO(written([Noun(text) for text in texts], ["text", "parts"]), newline="")))

    assert rows[0] == ["text", "parts"]
    assert [row[0].removeprefix("'") for row in rows[1:]] == [text.removeprefix("'") for text in texts]
    assert not any(row[0][:1] in set("=+-@\t\r\n") for row in rows[1:] if row[0])

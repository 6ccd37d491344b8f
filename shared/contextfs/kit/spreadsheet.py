"""Rows for spreadsheets, as CSV (RFC 4180): a cell is text to whoever opens it, whatever it begins with.

What begins like a formula gets an apostrophe before it, as OWASP advises against CSV injection; so does what begins
with a tab or a line break, which some programs skip.
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

import msgspec

_BEGINS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def cells(noun: msgspec.Struct, columns: Sequence[str]) -> list[str]:
    """Give fields of a noun as cells; what has parts is written as JSON, and what is not there is empty."""
    plain = msgspec.to_builtins(noun)
    return [_cell(plain.get(column)) for column in columns]


def written(nouns: Iterable[msgspec.Struct], columns: Sequence[str]) -> str:
    """Write nouns as lines, after one with the names of the columns."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(cells(noun, columns) for noun in nouns)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"'{text}" if text[:1] in _BEGINS_A_FORMULA else text

"""Dates of messages in the forms that people and programs write."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - a row of words
_NUMBERS = re.compile(r"(?<!\d)(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4}|\d{2})(?!\d)")
_DATES = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -](?P<name>[A-Za-z]{3,9})\.?,?[ -](?P<year>\d{4})"),
    re.compile(r"(?P<name>[A-Za-z]{3,9})\.?[ -](?P<day>\d{1,2})(?:st|nd|rd|th)?,?[ -](?P<year>\d{4})"),
    _NUMBERS,
)
_CLOCK = re.compile(r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?\s*(?P<half>[ap]m)?", re.IGNORECASE)
_EPOCH = re.compile(r"\s*(?P<seconds>\d{10})(?:\.\d+|\d{3})?\s*")
_YEARS = range(1900, 2200)
"""Years outside of these stand for "never" or "unknown"."""


def day(text: str | None, *, month_first: bool = False) -> datetime | None:
    """Read a date: `4:04 pm on 20 January, 2023`, `March-15-2024`, `29.12.2023, 10:13`, ISO 8601, seconds since 1970.

    In `3/5/2023` the day stands first, unless `month_first`. What is no date, or of no year from 1900 to 2199, is None.
    """
    text = text or ""
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch["seconds"]), UTC)
    found = next((match for form in _DATES if (match := form.search(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    name = (parts.get("name") or "").lower()[:3]
    month = int(parts.get("month") or 0) or (_MONTHS.index(name) + 1 if name in _MONTHS else 0)
    number = int(parts["day"])
    if found.re is _NUMBERS and (month > 12 or (month_first and number <= 12)):
        number, month = month, number
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    clock = _CLOCK.search(text.replace(found.group(), " "))
    try:
        read = datetime(year, month, number, _hour(clock), int(clock["minute"]) if clock else 0, tzinfo=UTC)
    except ValueError:
        return None
    return read if read.year in _YEARS else None


def month_first(texts: Iterable[str | None]) -> bool:
    """Tell whether dates such as `5/31/2023` are among these, so that `3/5/2023` is the fifth of March, too."""
    return any(int(found["month"]) > 12 for text in texts if (found := _NUMBERS.search(text or "")))


def _hour(clock: re.Match[str] | None) -> int:
    if clock is None:
        return 0
    hour = int(clock["hour"])
    if not clock["half"]:
        return hour
    return hour % 12 + (12 if clock["half"].lower() == "pm" else 0)

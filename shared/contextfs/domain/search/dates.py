"""Dates and spans of time in a question: "in May 2023", "last spring", "on 5/8", "2026-W18", "from March to May 2026".

Each becomes a span of days; a weekday is the last one before today. A date without a year is meant in every year, and
"5/8" in May and in August, for nobody says in which order it was written. "Before the migration" is no date, and
neither is the verb in "may I". Total: any text has an answer, the year 9999 and dates that do not exist included.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from math import exp

import msgspec

from contextfs.kit.pattern import pattern

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_NUMBERS = {name[:cut]: number for number, name in enumerate(_MONTHS, start=1) for cut in (None, 3)} | {"sept": 9}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NAMES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTS = {name: number for number, name in enumerate(_NAMES, start=1)} | {"a": 1, "an": 1, "couple": 2}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekend")
_MONTH = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_DIGITS = "0123456789"
_YEAR = r"(?P<year>(?:19|20)\d\d)"

# Behind two numbers that alone would be a fraction: what may follow a day.
_THEN = r"(?=\s*(?:$|[^\w\s/%+*=-])|\s(?:did|was|were|is|at|in|and|or|we|i|you|he|she|they|the)\b)"
_LONGEST_LEAD = 16

_ISO = pattern(r"(?<![\d-])(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?![\d-])", holds=_DIGITS)
_NUMBERED = tuple(
    pattern(
        rf"(?<![a-z_\d./-]){form}(?![a-z_]|[./-]?\d)".replace("D", r"(?P<day>\d{1,2})").replace(
            "M", r"(?P<month>\d{1,2})"
        ),
        holds=sign,
    )
    for form, sign in (
        (rf"{_YEAR}/M/D", "/"),
        (rf"D\.M\.{_YEAR}", "."),
        (rf"M/{_YEAR}", "/"),
        (rf"(?<=\bin )M\.{_YEAR}", "."),
        *((rf"{form}/{_YEAR}", "/") for form in ("M/D", "D/M")),
        *((rf"{form}/(?P<year>\d\d){_THEN}", "/") for form in ("M/D", "D/M")),
        *((rf"(?<=\bon ){form}/(?P<year>\d\d)", "/") for form in ("M/D", "D/M")),
        *((rf"(?<=\bon )(?!24/7\b){form}(?!/){_THEN}", "/") for form in ("M/D", "D/M")),
    )
)
_WRITTEN = pattern(
    rf"\b(?:(?P<before>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? )?(?P<month>{_MONTH})\b\.?"
    rf"(?:,? ?(?P<after>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d))?(?:,?(?: of)? {_YEAR}\b)?",
    holds=[name[:3] for name in _MONTHS],
)
_YEAR_ALONE = pattern(
    rf"\b(?:in|of|during|since|throughout|by|until|(?P<part>early|mid|late))[ -]{_YEAR}\b(?!-[\dwq])", holds=_DIGITS
)
_OF_A_PART = pattern(rf"\b(?:{'|'.join(_SEASONS)}|{_MONTH})\.?,? $")
_PARTS = {"early": (1, 4), "mid": (5, 8), "late": (9, 12)}
_SEASON = pattern(
    rf"\b(?P<last>last |this )?(?P<season>{'|'.join(_SEASONS)})(?: of)?(?: {_YEAR})?\b", holds=[*_SEASONS]
)
_COUNT = rf"(?P<count>\d{{1,4}}|{'|'.join(_COUNTS)})"
_AGO = pattern(
    rf"\b(?:(?P<half>half a) |(?:a )?{_COUNT}(?: of)? )(?P<unit>day|week|month|year)s? ago\b", holds=[" ago"]
)
_LATELY = pattern(
    rf"\b(?:last|past|previous) (?:a )?{_COUNT}(?: of)? (?P<unit>day|week|month|year)s?\b(?! of\b)",
    holds=["last ", "past ", "previous "],
)
_NEAR = pattern(
    r"\b(?P<which>last|this|past|previous) (?P<unit>week|month|quarter|year)\b(?! of\b)"
    r"|\b(?P<before>the day before )?(?P<day>today|yesterday|last night)\b",
    holds=["week", "month", "quarter", "year", "day", "night"],
)
_WEEKDAY = pattern(
    rf"\b(?:on(?: the)?|last|this|over the) (?P<weekday>{'|'.join(_WEEKDAYS)})\b", holds=["day", "weekend"]
)
_WEEK = pattern(r"(?<![\w-])(\d{4})-?w(\d{1,2})(?:-?([1-7]))?(?![\w-])", holds=_DIGITS)
_QUARTER = pattern(
    r"\bq(?P<before>[1-4])(?: of)? (?P<year>(?:19|20)\d\d)\b|\b(?P<first>(?:19|20)\d\d)[ -]?q(?P<after>[1-4])\b",
    holds=_DIGITS,
)
_DATE = (
    rf"\d{{4}}-\d{{1,2}}(?:-\d{{1,2}})?|(?:19|20)\d\d"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?)?(?:{_MONTH})(?: \d{{1,2}}\b(?!\d))?(?:,? (?:19|20)\d\d)?"
)
_RANGE = pattern(
    rf"\b(?:from|between) (?P<from>{_DATE}) (?:to|till|until|through|and) (?P<to>{_DATE})(?![\w-])",
    holds=["from ", "between "],
)
# Words that are names of months and something else: they count with a day, a year or one of these before them.
_UNSURE = frozenset({"may", "mar", "dec", "jan", "march"})
_LEADS = pattern(r"\b(?:in|of|since|until|by|during|early|late|mid|last|this|next|before|after)[ -]$")
_WHICH = pattern(r"\b(last|this) $")
_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_DECEMBER = 12
_LAST_DAY = 31
_OF_TWO_DIGITS = 99
_SATURDAY = 5
_AFTER = 30.0
_BEFORE = 3.0


class Span(msgspec.Struct, frozen=True):
    """A stretch of days, both ends included; `yearly` means that of any year."""

    first: date
    last: date
    yearly: bool = False


def spans(question: str, *, today: date) -> list[Span]:
    """Give the spans that a question names, each once, in the order of their kinds."""
    text = " ".join(question.lower().split())
    ranges = {match.span(): found for match in _RANGE.finditer(text) if (found := _between(match["from"], match["to"]))}
    for start, end in reversed(ranges):
        text = f"{text[:start]} {text[end:]}"
    found = [
        *ranges.values(),
        *_iso(text),
        *_numbered(text),
        *_weeks(text),
        *_quarters(text),
        *_written(text, today),
        *_years(text),
        *_seasons(text, today),
        *_relative(text, today),
        *_near(text, today),
    ]
    found = found or [*_weekdays(text, today)]
    return list(dict.fromkeys(found))


def closeness(day: date, asked: list[Span]) -> float:
    """Tell how well a day fits, 0..1: 1 within a span, less behind it (people tell afterwards), little before it."""
    return max((_fit(day, one) for span in asked for one in _instances(span, day)), default=0.0)


def _fit(day: date, span: Span) -> float:
    if span.first <= day <= span.last:
        return 1.0
    if day > span.last:
        return 0.9 * exp(-(day - span.last).days / _AFTER)
    return 0.7 * exp(-(span.first - day).days / _BEFORE)


def _instances(span: Span, day: date) -> Iterator[Span]:
    """Give a yearly span as it lies in the day's year and in the one before."""
    if not span.yearly:
        yield span
        return
    for year in (day.year, day.year - 1):
        if year >= 1:
            yield _days(year, span.first.month, span.first.day if span.first == span.last else None)


def _iso(text: str) -> Iterator[Span]:
    for year, month, day in _ISO.findall(text):
        if int(year) >= 1 and 1 <= int(month) <= 12:
            yield _days(int(year), int(month), int(day) if day else None)


def _numbered(text: str) -> Iterator[Span]:
    """Give dates of numbers alone; of a day and a month with a stroke between them, as they may be in either order."""
    for match in (match for form in _NUMBERED for match in form.finditer(text)):
        parts = {name: int(part) for name, part in match.groupdict().items()}
        year, month, day = parts.get("year", 2000), parts["month"], parts.get("day")
        if 1 <= month <= _DECEMBER and (day is None or 1 <= day <= _LAST_DAY):
            span = _days(year if year > _OF_TWO_DIGITS else 2000 + year, month, day)
            yield msgspec.structs.replace(span, yearly="year" not in parts)


def _written(text: str, today: date) -> Iterator[Span]:
    for match in _WRITTEN.finditer(text):
        day, year = match["before"] or match["after"], match["year"]
        if match["month"] in _UNSURE and not (day or year or _LEADS.search(_before(text, match))):
            continue
        month, date_of = _NUMBERS[match["month"]], int(day) if day else None
        which = _WHICH.search(_before(text, match))
        if which and not year:
            yield _days(_month_year(which[1], month, today), month, date_of)
        else:
            yield msgspec.structs.replace(_days(int(year) if year else 2000, month, date_of), yearly=not year)


def _before(text: str, match: re.Match[str]) -> str:
    """Give what stands right before a match, as much of it as says what kind of date it is."""
    return text[max(0, match.start() - _LONGEST_LEAD) : match.start()]


def _between(start: str, end: str) -> Span | None:
    """Give what lies between two dates, both included; one without a year has that of the other."""
    first, last = _only(start), _only(end)
    if first is None or last is None or (first.yearly and last.yearly):
        return None
    if first.yearly:
        first = _in_year(first, last.last.year)
    if last.yearly:
        last = _in_year(last, first.first.year)
    return Span(first.first, last.last) if first.first <= last.last else None


def _only(text: str) -> Span | None:
    found = [*_iso(text), *_written(f"in {text}", date.min), *_years(f"in {text}")]
    return found[0] if found else None


def _in_year(span: Span, year: int) -> Span:
    return _days(year, span.first.month, span.first.day if span.first == span.last else None)


def _weeks(text: str) -> Iterator[Span]:
    """Give weeks as ISO 8601 counts them, from Monday on; one that its year does not have is none."""
    for year, week, day in _WEEK.findall(text):
        with suppress(ValueError):
            first = date.fromisocalendar(int(year), int(week), int(day or 1))
            yield Span(first, first if day else _later(first, 6))


def _quarters(text: str) -> Iterator[Span]:
    for match in _QUARTER.finditer(text):
        year, quarter = int(match["year"] or match["first"]), int(match["before"] or match["after"])
        yield _three_months(year, 3 * quarter - 2)


def _years(text: str) -> Iterator[Span]:
    for match in _YEAR_ALONE.finditer(text):
        if match.group().startswith("of") and _OF_A_PART.search(_before(text, match)):
            continue
        year, (first, last) = int(match["year"]), _PARTS.get(match["part"], (1, 12))
        yield Span(date(year, first, 1), _days(year, last, None).last)


def _seasons(text: str, today: date) -> Iterator[Span]:
    for match in _SEASON.finditer(text):
        month, year = _SEASONS[match["season"]], match["year"]
        if year or match["last"]:
            yield _three_months(int(year) if year else _season_year(match["last"], month, today), month)


def _season_year(which: str, month: int, today: date) -> int:
    """Give the year of this season, or of the last one that is over."""
    over = _three_months(today.year, month).last < today
    return max(1, today.year - (which == "last " and not over))


def _month_year(which: str, month: int, today: date) -> int:
    """Give the year of this May, or of the last one that has begun before this month."""
    return max(1, today.year - (which == "last" and month >= today.month))


def _relative(text: str, today: date) -> Iterator[Span]:
    for match in _AGO.finditer(text):
        days = _DAYS[match["unit"]]
        middle = _earlier(today, days // 2 if match["half"] else _count(match["count"]) * days)
        around = days // (4 if match["half"] else 2)
        yield Span(_earlier(middle, around), min(today, _later(middle, around)))
    for match in _LATELY.finditer(text):
        yield Span(_earlier(today, _count(match["count"]) * _DAYS[match["unit"]]), today)


def _count(said: str) -> int:
    return int(said) if said.isdigit() else _COUNTS[said]


def _near(text: str, today: date) -> Iterator[Span]:
    for match in _NEAR.finditer(text):
        if match["day"]:
            day = _earlier(today, (match["day"] != "today") + (match["before"] is not None))
            yield Span(day, day)
        else:
            days = _DAYS[match["unit"]]
            whole = 2 if match["which"] in {"last", "previous"} else 1
            yield Span(_earlier(today, whole * days), today)


def _weekdays(text: str, today: date) -> Iterator[Span]:
    """Give weekdays as they lie before today; beside another date they are told of that one."""
    for match in _WEEKDAY.finditer(text):
        is_weekend = match["weekday"] == "weekend"
        number = _SATURDAY if is_weekend else _WEEKDAYS.index(match["weekday"])
        first = _earlier(today, (today.weekday() - number) % 7 or 7)
        yield Span(first, min(today, _later(first, 1)) if is_weekend else first)


def _days(year: int, month: int, day: int | None) -> Span:
    """Give a day, or all of a month; a day that the month does not have is the month."""
    last = 31 if month == _DECEMBER else (date(year, month + 1, 1) - timedelta(days=1)).day
    if day and day <= last:
        return Span(date(year, month, day), date(year, month, day))
    return Span(date(year, month, 1), date(year, month, last))


def _three_months(year: int, month: int) -> Span:
    behind = month + 2
    last_year, last_month = (year, behind) if behind <= 12 else (min(9999, year + 1), behind - 12)
    return Span(date(year, month, 1), _days(last_year, last_month, None).last)


def _earlier(day: date, days: int) -> date:
    return date.fromordinal(max(1, day.toordinal() - days))


def _later(day: date, days: int) -> date:
    return min(date.max, day + timedelta(days=min(days, (date.max - day).days)))

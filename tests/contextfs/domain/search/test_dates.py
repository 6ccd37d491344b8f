"""Dates in a question."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.dates import Span, closeness, spans
from tests.growth import is_linear

TODAY = date(2026, 3, 1)


def yearly(day: date) -> Span:
    return Span(day, day, yearly=True)


ASKED: list[tuple[str, list[Span]]] = [
    ("what happened on 3 June 2023", [Span(date(2023, 6, 3), date(2023, 6, 3))]),
    ("June 3rd, 2023: who came?", [Span(date(2023, 6, 3), date(2023, 6, 3))]),
    ("in May 2023", [Span(date(2023, 5, 1), date(2023, 5, 31))]),
    ("in May", [Span(date(2000, 5, 1), date(2000, 5, 31), yearly=True)]),
    ("2024-02-30", [Span(date(2024, 2, 1), date(2024, 2, 29))]),
    ("since 2024-02", [Span(date(2024, 2, 1), date(2024, 2, 29))]),
    ("what changed in 2022?", [Span(date(2022, 1, 1), date(2022, 12, 31))]),
    ("last spring", [Span(date(2025, 3, 1), date(2025, 5, 31))]),
    ("winter 2024", [Span(date(2024, 12, 1), date(2025, 2, 28))]),
    ("two weeks ago", [Span(date(2026, 2, 12), date(2026, 2, 18))]),
    ("yesterday", [Span(date(2026, 2, 28), date(2026, 2, 28))]),
    ("last week", [Span(date(2026, 2, 15), TODAY)]),
    ("9999-12-31", [Span(date(9999, 12, 31), date(9999, 12, 31))]),
    ("ten days ago", [Span(date(2026, 2, 19), date(2026, 2, 19))]),
    ("half a year ago", [Span(date(2025, 6, 1), date(2025, 11, 30))]),
    ("in the last two weeks", [Span(date(2026, 2, 15), TODAY)]),
    ("over the past 3 days", [Span(date(2026, 2, 26), TODAY)]),
    ("last quarter", [Span(date(2025, 8, 31), TODAY)]),
    ("the day before yesterday", [Span(date(2026, 2, 27), date(2026, 2, 27))]),
    ("last Tuesday", [Span(date(2026, 2, 24), date(2026, 2, 24))]),
    ("on Sunday", [Span(date(2026, 2, 22), date(2026, 2, 22))]),
    ("over the weekend", [Span(date(2026, 2, 28), TODAY)]),
    ("last Friday, 23 January 2026", [Span(date(2026, 1, 23), date(2026, 1, 23))]),
    ("last December", [Span(date(2025, 12, 1), date(2025, 12, 31))]),
    ("last March", [Span(date(2025, 3, 1), date(2025, 3, 31))]),
    ("this May", [Span(date(2026, 5, 1), date(2026, 5, 31))]),
    ("in early 2024", [Span(date(2024, 1, 1), date(2024, 4, 30))]),
    ("the last week of May", [Span(date(2000, 5, 1), date(2000, 5, 31), yearly=True)]),
    ("the last 2 weeks of May", [Span(date(2000, 5, 1), date(2000, 5, 31), yearly=True)]),
    ("previous week", [Span(date(2026, 2, 15), TODAY)]),
    ("in the previous month", [Span(date(2025, 12, 31), TODAY)]),
    ("on the weekend", [Span(date(2026, 2, 28), TODAY)]),
    ("on Mondays we deploy the last one", []),
    ("99999 years ago, may I ask, before the migration, march on", []),
    ("0000-13-45", []),
    ("what broke in 2026-W18?", [Span(date(2026, 4, 27), date(2026, 5, 3))]),
    ("2026w18-3", [Span(date(2026, 4, 29), date(2026, 4, 29))]),
    ("9999-W52", [Span(date(9999, 12, 27), date(9999, 12, 31))]),
    ("2026-W60, 0000-W01, 9999-W53, the week W18", []),
    ("in Q2 2026", [Span(date(2026, 4, 1), date(2026, 6, 30))]),
    ("2026-Q4", [Span(date(2026, 10, 1), date(2026, 12, 31))]),
    ("between March and May 2026", [Span(date(2026, 3, 1), date(2026, 5, 31))]),
    ("from 2026-03 to 2026-05-10", [Span(date(2026, 3, 1), date(2026, 5, 10))]),
    ("from 3 March 2026 to 5 April", [Span(date(2026, 3, 3), date(2026, 4, 5))]),
    ("from 2024 until 2025", [Span(date(2024, 1, 1), date(2025, 12, 31))]),
    ("from 9999-12-30 to 9999-12-31", [Span(date(9999, 12, 30), date(9999, 12, 31))]),
    ("from 2026-05 to 2026-03", [Span(date(2026, 5, 1), date(2026, 5, 31)), Span(date(2026, 3, 1), date(2026, 3, 31))]),
    ("from the attic to the cellar", []),
    ("5/13/2023", [Span(date(2023, 5, 13), date(2023, 5, 13))]),
    ("13/5/23", [Span(date(2023, 5, 13), date(2023, 5, 13))]),
    ("on 5/8/23", [Span(date(2023, 5, 8), date(2023, 5, 8)), Span(date(2023, 8, 5), date(2023, 8, 5))]),
    ("on 5/13", [Span(date(2000, 5, 13), date(2000, 5, 13), yearly=True)]),
    ("on 2/29", [Span(date(2000, 2, 29), date(2000, 2, 29), yearly=True)]),
    ("2023/5/8", [Span(date(2023, 5, 8), date(2023, 5, 8))]),
    ("8.5.2023", [Span(date(2023, 5, 8), date(2023, 5, 8))]),
    ("in 5/2023", [Span(date(2023, 5, 1), date(2023, 5, 31))]),
    ("in 5.2023, with v5.2023", [Span(date(2023, 5, 1), date(2023, 5, 31))]),
    ("24/7 on 3/4/5/6, half of 1/2 cup, v5.8.2023.1, on 13/32, 0/2023, src/12/24/2023", []),
    ("in the summer of 2023", [Span(date(2023, 6, 1), date(2023, 8, 31))]),
    ("in May of 2023", [Span(date(2023, 5, 1), date(2023, 5, 31))]),
    ("on 24/7, on 1/2 of the hosts, works on 2/2 machines, v5/2023, v1.2.2023, a 1/2/34 split", []),
    ("on 5/8 we met", [*map(yearly, (date(2000, 5, 8), date(2000, 8, 5)))]),
    ("on 5/8, ana", [*map(yearly, (date(2000, 5, 8), date(2000, 8, 5)))]),
    ("on 24/7/2023", [Span(date(2023, 7, 24), date(2023, 7, 24))]),
    ("on 5/13/23 ana left", [Span(date(2023, 5, 13), date(2023, 5, 13))]),
    ("of 2023", [Span(date(2023, 1, 1), date(2023, 12, 31))]),
]


@pytest.mark.parametrize(("question", "expected"), ASKED)
def test_dates_are_read(question: str, expected: list[Span]) -> None:
    assert expected == spans(question, today=TODAY)


@given(st.text(), st.dates())
def test_any_text_has_an_answer(text: str, today: date) -> None:
    found = spans(text, today=today)

    assert all(span.first <= span.last for span in found)


@pytest.mark.parametrize("unit", ["of 2023 ", "in may "])
def test_its_time_is_linear(unit: str) -> None:
    assert is_linear(lambda text: spans(text, today=TODAY), unit, 32_000)


@given(st.dates(date(1000, 1, 1)), st.dates(date(1000, 1, 1)))
def test_a_range_is_what_lies_between_its_ends(one: date, other: date) -> None:
    first, last = sorted((one, other))

    assert [Span(first, last)] == spans(f"what broke from {first} to {last}?", today=TODAY)


@given(st.dates(date(1000, 1, 1)))
def test_a_week_is_the_one_that_holds_its_days(day: date) -> None:
    year, week, weekday = day.isocalendar()
    [whole], [single] = (
        spans(text, today=TODAY) for text in (f"{year:04}-W{week:02}", f"{year:04}-W{week:02}-{weekday}")
    )

    assert (whole.first <= day <= whole.last, Span(day, day)) == (True, single)
    assert 0 == whole.first.weekday()


@given(st.sampled_from([question for question, expected in ASKED if expected]), st.dates(), st.dates(date(1, 1, 1)))
def test_closeness_lies_in_the_unit(question: str, today: date, day: date) -> None:
    assert 0 <= closeness(day, spans(question, today=today)) <= 1


def test_people_tell_afterwards() -> None:
    may = spans("in May 2023", today=TODAY)
    within, after, long_after, before = (
        closeness(day, may) for day in (date(2023, 5, 9), date(2023, 6, 10), date(2023, 12, 1), date(2023, 4, 20))
    )

    assert 1 == within > after > before > long_after
    assert closeness(date(2023, 5, 9), []) == 0.0


def test_a_date_without_a_year_is_meant_in_every_year() -> None:
    assert closeness(date(2019, 5, 9), spans("in May", today=TODAY)) == 1.0

"""Dates of the known data sets and of chats are read; what is no date is none."""

import pytest

from benchmarks.retrieval.dates import day, month_first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4:04 pm on 20 January, 2023", "2023-01-20T16:04:00+00:00"),
        ("12:09 am on 13 September, 2023", "2023-09-13T00:09:00+00:00"),
        ("March-15-2024", "2024-03-15T00:00:00+00:00"),
        ("2024-03-15T10:00:00", "2024-03-15T10:00:00+00:00"),
        ("29.12.2023, 22:13:01", "2023-12-29T22:13:00+00:00"),
        ("3 May, 2023", "2023-05-03T00:00:00+00:00"),
        ("Wed, 3 May 2023 10:00:00 +0000", "2023-05-03T10:00:00+00:00"),
        ("[29.12.23, 22:13:01]", "2023-12-29T22:13:00+00:00"),
        ("12/29/23, 10:13 PM", "2023-12-29T22:13:00+00:00"),
        ("3/5/2023", "2023-05-03T00:00:00+00:00"),
        ("1683108000", "2023-05-03T10:00:00+00:00"),
        ("1683108000.123456", "2023-05-03T10:00:00+00:00"),
        ("1683108000123", "2023-05-03T10:00:00+00:00"),
        ("99 Smarch, 2023", None),
        ("31.2.2023", None),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("٣ مايو", None),
        ("some day", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_read_as_people_and_programs_write_them(text: str | None, expected: str | None) -> None:
    found = day(text)

    assert expected == (found.isoformat() if found else None)


def test_the_month_stands_first_where_another_date_shows_it() -> None:
    assert month_first([None, "3/5/2023", "3/31/2023"])
    assert not month_first(["3/5/2023", "31/3/2023", "2023-03-31", "some day"])
    assert "2023-03-05T00:00:00+00:00" == str(day("3/5/2023", month_first=True)).replace(" ", "T")

"""Why nothing was found."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from contextfs.domain.search.model import SearchRequest
from contextfs.domain.search.nothing import why_nothing

MAY = datetime(2026, 5, 1, tzinfo=UTC)
ADA = UUID(int=7)

TOLD: list[tuple[dict[str, Any], str]] = [
    ({"types": ["decision", "fact"]}, "type decision, fact"),
    ({"tags": ["db"], "tools": ["codex"], "branch": "main"}, "tag db, tool codex, branch main"),
    ({"sources": ["message"], "author": ADA}, f"source message, author {ADA}"),
    ({"visibility": ["private"], "sensitivity": ["public"]}, "visibility private, sensitivity public"),
    ({"since": MAY, "until": MAY + timedelta(hours=1, minutes=2)}, "since 2026-05-01, before 2026-05-01T01:02:00Z"),
]


@pytest.mark.parametrize(("bounds", "told"), TOLD)
def test_every_bound_is_named(bounds: dict[str, Any], told: str) -> None:
    found = why_nothing(SearchRequest(query="x", **bounds))

    assert f"Nothing was found within {told}: with less of that, more may be found." == found


@pytest.mark.parametrize(("projects", "where"), [(None, ""), (1, " in that project"), (2, " in those projects")])
def test_without_bounds_the_question_is_not_answered_where_it_was_looked(projects: int | None, where: str) -> None:
    told = why_nothing(SearchRequest(query="x"), projects=projects)

    assert f"Nothing that can be seen{where} shares a word or a meaning with what was asked." == told


@pytest.mark.parametrize(
    ("words", "meaning", "shared"), [(True, False, "a word"), (False, True, "a meaning"), (False, False, "a word")]
)
def test_what_was_not_compared_is_not_named(*, words: bool, meaning: bool, shared: str) -> None:
    told = why_nothing(SearchRequest(query="x"), words=words, meaning=meaning)

    assert f"Nothing that can be seen shares {shared} with what was asked." == told


def test_what_was_found_and_is_not_relevant_enough_is_the_reason() -> None:
    told = why_nothing(SearchRequest(query="x", min_relevance=0.995, types=["fact"]), best=0.02134)

    assert "Nothing that was found has a relevance of 0.995: the best one has 0.02134." == told


def test_the_time_that_it_looks_back_to_is_named() -> None:
    then = datetime(2026, 5, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    plain, narrowed = (SearchRequest(query="x", as_of=then, types=types) for types in (None, ["fact"]))

    assert "Nothing that can be seen in that project as of 2026-05-01 shares" in why_nothing(plain, projects=1)
    assert "Nothing was found as of 2026-05-01 within type fact:" in why_nothing(narrowed)


def test_no_project_is_no_place() -> None:
    assert "project_ids is empty" in why_nothing(SearchRequest(query="x"), projects=0)


@pytest.mark.parametrize("until", [MAY, MAY - timedelta(days=120)])
def test_a_time_that_cannot_be_is_named_before_all_else(until: datetime) -> None:
    told = why_nothing(SearchRequest(query="x", types=["fact"], since=MAY, until=until))

    assert f"Nothing can be found: since 2026-05-01 is not before {until:%Y-%m-%d}." == told


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_the_ends_of_the_calendar_can_be_told(at: datetime) -> None:
    assert str(at.year) in why_nothing(SearchRequest(query="x", since=at))

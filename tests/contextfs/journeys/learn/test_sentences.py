"""What counts as the words of an author."""

import pytest

from contextfs.journeys.learn.sentences import sentences


def split(text: str) -> list[str]:
    return list(sentences(text))


def test_a_paragraph_is_split_at_its_full_stops() -> None:
    assert ["We use Go.", "It is fast!", "Is it?"] == split("We use Go. It is fast! Is it?")


def test_small_letters_may_begin_a_sentence() -> None:
    assert ["ok, works.", "now add the tests please"] == split("ok, works. now add the tests please")


@pytest.mark.parametrize(
    "text", ["Use main.go, e.g. for Node.js 20.1 and v1.2.", "See `a. B` there.", "Dr. Who vs. Dalek no. 5"]
)
def test_a_stop_inside_a_name_number_or_abbreviation_ends_nothing(text: str) -> None:
    assert [text] == split(text)


def test_a_line_broken_by_wrapping_is_joined() -> None:
    assert ["we store the sessions in Postgres"] == split("we store the sessions\nin Postgres")


def test_each_bullet_is_its_own_and_loses_its_mark() -> None:
    assert ["use pnpm", "use ruff", "use uv"] == split("- use pnpm\n* use ruff\n1. use uv")


@pytest.mark.parametrize(
    "line",
    [
        "> always use pnpm",
        "| always | use pnpm |",
        "$ always use pnpm",
        "# always use pnpm",
        "+always use pnpm",
        "    always_use(pnpm)",
        "2026-01-05 12:00:01 INFO always use pnpm",
        "ERROR: always use pnpm",
        "src/app.py:12 always use pnpm",
        "  12→always use pnpm",
        "const always = use(pnpm);",
        "├── always use pnpm",
        "✅ always use pnpm",
    ],
)
def test_quotes_tables_code_and_logs_are_not_words(line: str) -> None:
    assert split(f"first line.\n{line}\nLast line.") == ["first line.", "Last line."]


def test_fenced_code_is_left_out() -> None:
    assert ["before", "after"] == split("before\n```sh\nalways use pnpm\n```\nafter")


def test_an_open_fence_runs_to_the_end() -> None:
    assert ["before"] == split("before\n```\nalways use pnpm")


def test_bold_marks_are_dropped_and_code_marks_stay() -> None:
    assert ["Use `pnpm` always."] == split("**Use** `pnpm` always.")

"""Fingerprints and titles."""

import pytest

from contextfs.journeys.learn.candidates import fingerprint, title_of


@pytest.mark.parametrize(
    "other",
    ["Always use pnpm.", "always   use `pnpm`", "ALWAYS USE PNPM!", "**Always** use pnpm", "always use pnpm…"],
)
def test_a_fingerprint_looks_past_case_spacing_and_marks(other: str) -> None:
    assert fingerprint("always use pnpm") == fingerprint(other)


@pytest.mark.parametrize("other", ["always use npm", "never use pnpm", "always use pnpm 9", "use src/a.py", ""])
def test_a_fingerprint_tells_words_and_paths_apart(other: str) -> None:
    assert fingerprint("always use pnpm") != fingerprint(other)


def test_a_version_is_part_of_the_words() -> None:
    assert fingerprint("use Go 1.22") != fingerprint("use Go 122")


def test_a_long_text_is_cut_between_words_for_its_title() -> None:
    title = title_of("word " * 40)

    assert (True, True) == (len(title) <= 73, title.endswith("word…"))


def test_a_title_has_no_marks_of_formatting() -> None:
    assert title_of("**Use** `pnpm`.") == "Use pnpm"

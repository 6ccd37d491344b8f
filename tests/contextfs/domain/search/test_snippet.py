"""The words that show why a text was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.snippet import snippet
from contextfs.domain.search.tokens import query_terms
from contextfs.kit.errors import Invalid

FILLER = "lorem ipsum dolor sit amet " * 20


def test_a_short_text_is_shown_whole_on_one_line() -> None:
    assert "We use ES256." == snippet("We  use\nES256.\n", ["es256"])


def test_the_densest_stretch_is_shown() -> None:
    text = f"{FILLER} token here {FILLER} we rotate every token nightly {FILLER} token there {FILLER}"

    found = snippet(text, query_terms("rotating tokens"), width=80)

    assert "we rotate every token nightly" in found


def test_both_cuts_are_marked_and_fall_between_words() -> None:
    text = f"{FILLER} needle {FILLER}"

    found = snippet(text, ["needl"], width=60)

    assert (found[0], found[-1]) == ("…", "…")
    assert f" {found[1:-1]} " in f" {' '.join(text.split())} "


def test_without_a_match_it_is_the_beginning() -> None:
    found = snippet(f"First words. {FILLER}", ["absent"])

    assert found.startswith("First words. lorem")
    assert found.endswith("…")


def test_an_identifier_is_found_by_its_part() -> None:
    assert "retryPolicy" in snippet(f"{FILLER} set retryPolicy to none {FILLER}", query_terms("policy"), width=60)


def test_a_script_without_spaces() -> None:
    found = snippet(
        "あいうえお" * 100 + "認証は東京リージョンで行う" + "かきくけこ" * 100, query_terms("東京"), width=40
    )

    assert "東京" in found


def test_a_first_line_that_stands_beside_it_gives_way_to_what_follows() -> None:
    account = "Goal: why does `make test` hang in the nightly build of the main branch?\nOutcome: A lock was kept."
    title = "shop · why does make test hang in the nightly build of the… · 2026-03-01"

    assert "…main branch? Outcome: A lock was kept." == snippet(account, query_terms("why does it hang"), told=title)
    assert account.replace("\n", " ") == snippet(account, [], told="shop · something else · 2026-03-01")


def test_what_the_title_leaves_out_of_a_first_line_is_shown() -> None:
    text = "We deploy the billing service on Thursdays, once the freeze window has closed at 17:00.\n\nNobody is asked."
    title = "shop · We deploy the billing service on Thursdays, once the… · 2026-03-01"

    found = snippet(text, query_terms("when does the freeze window close"), told=title)

    assert "…freeze window has closed at 17:00. Nobody is asked." == found


def test_a_first_line_that_is_told_whole_is_not_shown() -> None:
    assert "Use it." == snippet("Why `uv`?\nUse it.", ["why"], told="shop · Why uv? · 2026-03-01")


def test_a_single_line_is_shown_though_it_stands_beside_it() -> None:
    assert "We use ES256." == snippet("We use ES256.", ["es256"], told="shop · We use ES256 · 2026-03-01")


@given(st.text(st.characters()), st.text(max_size=20), st.integers(20, 300))
def test_it_is_never_wider_than_asked_and_one_line(text: str, query: str, width: int) -> None:
    found = snippet(text, query_terms(query), width=width)

    assert len(found) <= width
    assert "\n" not in found


def test_a_width_that_shows_nothing_is_refused() -> None:
    with pytest.raises(Invalid):
        snippet("text", [], width=5)

"""How many candidates are looked at for what is shown."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.question import understand
from contextfs.domain.search.ranking import candidates


@given(st.integers(1, 100))
def test_more_are_proposed_than_shown(limit: int) -> None:
    assert 3 * limit <= candidates(limit) <= candidates(limit + 1)


def test_few_are_chosen_from_many() -> None:
    assert (80, 80, 180) == (candidates(1), candidates(10), candidates(60))


def test_more_are_looked_at_where_advice_is_asked_for() -> None:
    advice, matter = (
        understand(text, today=date(2026, 3, 1)) for text in ("How should I name it?", "what was it called")
    )

    assert (180, 80, 300) == (candidates(10, advice), candidates(10, matter), candidates(100, advice))

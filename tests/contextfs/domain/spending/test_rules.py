"""What a call costs."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.spending.rules import Prices, micros, month_of

COUNTS = st.integers(min_value=0, max_value=10**7)
PRICES = st.floats(min_value=0, max_value=1000, allow_nan=False)


def test_a_price_for_a_million_tokens_is_a_price_in_millionths() -> None:
    assert micros(Prices(0.25, 2.0), 1_000_000, 0) == 250_000
    assert micros(Prices(0.25, 2.0), 1000, 100) == 450


@given(prices=st.builds(Prices, PRICES, PRICES), into=COUNTS, out=COUNTS)
def test_a_cost_is_never_rounded_down(prices: Prices, into: int, out: int) -> None:
    assert micros(prices, into, out) >= prices.input * into + prices.output * out


def test_a_month_begins_at_its_first_moment() -> None:
    assert month_of(datetime(2026, 11, 28, 9, 30, 1, 5, tzinfo=UTC)) == datetime(2026, 11, 1, tzinfo=UTC)

"""What a call of a language model costs: in millionths of a dollar, rounded up, so that no cap is passed unseen."""

from datetime import datetime
from math import ceil
from typing import NamedTuple

MICROS = 1_000_000


class Prices(NamedTuple):
    """What a language model costs: dollars for a million tokens."""

    input: float
    output: float


def micros(prices: Prices, input_tokens: int, output_tokens: int) -> int:
    """Give a cost in millionths of a dollar: a price for a million tokens is one for a token in such millionths."""
    return ceil(prices.input * input_tokens + prices.output * output_tokens)


def month_of(now: datetime) -> datetime:
    """Give the moment at which the month of a cap began, in the time zone of `now`."""
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)

"""Adds up tokens. One model call is written as several lines, each of which repeats the call's usage."""

from collections.abc import Iterable

from contextfs.adapters.transcripts.claude_code.reader import Record
from contextfs.adapters.transcripts.model import Usage
from contextfs.adapters.transcripts.shapes import count, table

_FIELDS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")

Figures = tuple[int, int, int, int]
NOTHING: Figures = (0, 0, 0, 0)


def more(before: Figures, record: Record) -> Figures:
    """Give (input, output, cache creation, cache read) of a call after another of its lines: the greatest of each.

    While an answer streams, its first lines carry a preliminary count of output tokens.
    """
    usage = table(table(record.message).get("usage"))
    first, second, third, fourth = (count(usage.get(field)) for field in _FIELDS)
    figures = (max(before[0], first), max(before[1], second), max(before[2], third), max(before[3], fourth))
    return before if figures == before else figures


def total(calls: Iterable[Figures]) -> Usage:
    """Add the calls up."""
    sums = [0, 0, 0, 0]
    for figures in calls:
        for column, figure in enumerate(figures):
            sums[column] += figure
    return Usage(input_tokens=sums[0], output_tokens=sums[1], cache_creation_tokens=sums[2], cache_read_tokens=sums[3])

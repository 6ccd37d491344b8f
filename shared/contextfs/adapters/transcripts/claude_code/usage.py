"""Adds up tokens. One model call is written as several lines, each of which repeats the call's usage."""

from collections.abc import Iterable

from contextfs.adapters.transcripts.claude_code.reader import Record
from contextfs.adapters.transcripts.claude_code.tree import message_key
from contextfs.adapters.transcripts.model import Usage
from contextfs.adapters.transcripts.shapes import count, table

_FIELDS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")

Figures = tuple[int, int, int, int]
_NOTHING: Figures = (0, 0, 0, 0)


def by_call(records: Iterable[Record]) -> dict[str, Figures]:
    """Give (input, output, cache creation, cache read) of each model call: the greatest that any line says.

    While an answer streams, its first lines carry a preliminary count of output tokens.
    """
    calls: dict[str, Figures] = {}
    for n, record in enumerate(records):
        if record.type != "assistant":
            continue
        figures = _figures(record)
        key = message_key(record, n)
        before = calls.get(key, _NOTHING)
        calls[key] = (
            max(before[0], figures[0]),
            max(before[1], figures[1]),
            max(before[2], figures[2]),
            max(before[3], figures[3]),
        )
    return calls


def total(calls: Iterable[Figures]) -> Usage:
    """Add the calls up."""
    sums = [sum(column) for column in zip(*calls, strict=True)] or list(_NOTHING)
    return Usage(input_tokens=sums[0], output_tokens=sums[1], cache_creation_tokens=sums[2], cache_read_tokens=sums[3])


def _figures(record: Record) -> Figures:
    usage = table(table(record.message).get("usage"))
    first, second, third, fourth = (count(usage.get(field)) for field in _FIELDS)
    return first, second, third, fourth

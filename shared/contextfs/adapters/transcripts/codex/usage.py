"""Adds up tokens. Codex repeats the running total of the session after every step, and again at every turn's start."""

from typing import Any

from contextfs.adapters.transcripts.codex.reader import Record
from contextfs.adapters.transcripts.model import Usage
from contextfs.adapters.transcripts.shapes import count, is_table, table, text

_FIELDS = (
    "input_tokens",
    "output_tokens",
    "cache_write_input_tokens",
    "cached_input_tokens",
    "reasoning_output_tokens",
)

Figures = tuple[int, ...]
_NOTHING: Figures = (0,) * len(_FIELDS)


class Spent:
    """What a session spent: its last running total, else the sum of what its calls or its turns say.

    A running total that falls began anew; what was counted before is added.
    """

    def __init__(self) -> None:
        self._done = _NOTHING
        self._latest = _NOTHING
        self._calls: dict[str, Figures] = {}
        self._turns = _NOTHING

    def add(self, record: Record) -> None:
        """Take in what a record says of tokens, if it says anything."""
        if record.kind == "token_usage_record":
            call = text(record.payload.get("response_id")) or f"#{len(self._calls)}"
            self._calls[call] = figures(record.payload.get("usage"))
        elif record.kind == "event_msg" and record.type == "token_count":
            total = table(record.payload.get("info")).get("total_token_usage")
            if is_table(total):
                self._run_on(figures(total))
        elif record.kind == "event_msg" and record.type == "turn.completed":
            self._turns = _sum([self._turns, figures(record.payload.get("usage"))])

    def usage(self) -> Usage:
        """Give the sum."""
        total = _sum([self._done, self._latest])
        return _usage(total if any(total) else _sum(list(self._calls.values()) or [self._turns]))

    def _run_on(self, total: Figures) -> None:
        if sum(total[:2]) < sum(self._latest[:2]):
            self._done = _sum([self._done, self._latest])
        self._latest = total


def figures(usage: object) -> Figures:
    """Give (input, output, cache creation, cache read, reasoning); the cached ones are part of the input."""
    told: dict[str, Any] = table(usage)
    return tuple(count(told.get(field)) for field in _FIELDS)


def _sum(all_figures: list[Figures]) -> Figures:
    return tuple(sum(column) for column in zip(*all_figures, strict=True)) or _NOTHING


def _usage(total: Figures) -> Usage:
    return Usage(
        input_tokens=total[0],
        output_tokens=total[1],
        cache_creation_tokens=total[2],
        cache_read_tokens=total[3],
        reasoning_tokens=total[4],
    )

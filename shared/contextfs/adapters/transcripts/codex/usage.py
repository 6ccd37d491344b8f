"""Adds up tokens. Codex repeats the running total of the session after every step, and again at every turn's start."""

from collections.abc import Iterable
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


def spent(records: Iterable[Record]) -> Usage:
    """Give what a session spent: its last running total, else the sum of what its calls or its turns say.

    A running total that falls began anew; what was counted before is added.
    """
    totals: list[Figures] = []
    calls: dict[str, Figures] = {}
    turns: list[Figures] = []
    for record in records:
        if record.kind == "token_usage_record":
            calls[text(record.payload.get("response_id")) or f"#{len(calls)}"] = figures(record.payload.get("usage"))
        elif record.kind == "event_msg" and record.type == "token_count":
            total = table(record.payload.get("info")).get("total_token_usage")
            totals += [figures(total)] if is_table(total) else []
        elif record.kind == "event_msg" and record.type == "turn.completed":
            turns.append(figures(record.payload.get("usage")))
    return _usage(_last(totals) if any(map(any, totals)) else _sum(list(calls.values()) or turns))


def figures(usage: object) -> Figures:
    """Give (input, output, cache creation, cache read, reasoning); the cached ones are part of the input."""
    told: dict[str, Any] = table(usage)
    return tuple(count(told.get(field)) for field in _FIELDS)


def _last(totals: list[Figures]) -> Figures:
    done: list[Figures] = []
    latest = _NOTHING
    for total in totals:
        if sum(total[:2]) < sum(latest[:2]):
            done.append(latest)
        latest = total
    return _sum([*done, latest])


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

"""Adds up tokens: what each call says, else what the session's end says, else the replies' own counts."""

from collections.abc import Sequence
from typing import Any

from contextfs.adapters.transcripts.copilot.events import Event
from contextfs.adapters.transcripts.model import Usage
from contextfs.adapters.transcripts.shapes import count, table, text

_FIELDS = ("inputTokens", "outputTokens", "cacheWriteTokens", "cacheReadTokens", "reasoningTokens")


def spent(events: Sequence[Event]) -> Usage:
    """Give what a session spent, subagents included; cached tokens are part of the input."""
    calls: dict[str, dict[str, Any]] = {}
    ends: list[dict[str, Any]] = []
    replies: dict[str, dict[str, Any]] = {}
    for n, event in enumerate(events):
        if event.type == "session.usage_record":
            usage = table(event.data.get("usage"))
            calls[text(usage.get("apiCallId")) or f"#{n}"] = usage
        elif event.type == "session.shutdown":
            ends.append(event.data)
        elif event.type == "assistant.message":
            replies[text(event.data.get("messageId")) or f"#{n}"] = event.data
    known = list(calls.values()) or _at_the_end(ends) or list(replies.values())
    totals = [sum(count(one.get(field)) for one in known) for field in _FIELDS]
    return Usage(
        input_tokens=totals[0],
        output_tokens=totals[1],
        cache_creation_tokens=totals[2],
        cache_read_tokens=totals[3],
        reasoning_tokens=totals[4],
    )


def _at_the_end(ends: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what each model used by the last shutdown: the figures run on when a session is resumed."""
    if not ends:
        return []
    told = table(ends[-1].get("accountingSnapshot")) | ends[-1]
    used = [table(table(one).get("usage")) for one in table(told.get("modelMetrics")).values()]
    return [one for one in used if one]

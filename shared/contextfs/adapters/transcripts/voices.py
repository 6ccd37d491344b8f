"""Decides whose voice a line in the user's name is: a person's, or the tool speaking on its own."""

import re
from collections.abc import Callable

from contextfs.adapters.transcripts.injected import without_context
from contextfs.adapters.transcripts.model import Kind
from contextfs.adapters.transcripts.tally import Tally

_SUMMARIES = (
    "This session is being continued from a previous conversation",
    "Another language model started to solve this problem and produced a summary",
)
_WRAPPED = re.compile(r"<([a-z][a-z0-9]*(?:[-_][a-z0-9]+)+)\b[^<>]*>")


def heard(text: str, tally: Tally, *, is_notice: Callable[[str], bool] | None = None) -> tuple[Kind, str]:
    """Tell what a text in the user's name is, and give what is left of it without injected context.

    `injected` when nothing is left; `summary` for a compaction; `meta` for what one unknown hyphenated element wraps
    whole, and what the tool's reader knows for a notice of its tool (`is_notice`); else `prompt`. What one tool writes
    may be what a person says in another.
    """
    said = without_context(text, tally)
    if not said:
        return "injected", ""
    if said.startswith(_SUMMARIES):
        return "summary", said
    return ("meta" if _is_wrapped(said) or (is_notice is not None and is_notice(said)) else "prompt"), said


def headline(text: str, limit: int = 120) -> str | None:
    """Give the first line that says something, cut at `limit` characters; None when there is none."""
    line = next((line.strip() for line in text.splitlines() if line.strip(" \t#*->`")), "")
    return (line or None) if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def _is_wrapped(said: str) -> bool:
    opening = _WRAPPED.match(said)
    return opening is not None and said.endswith(f"</{opening[1]}>")

"""What another program said, brought within the limits of a message: pure, whatever it held."""

import hashlib
from typing import Any, cast

import msgspec

from contextfs.domain.sessions.model import ToolCall
from contextfs.kit.shapes import is_deep

MOST_OF_A_RESULT = 20_000
"""Characters of a tool's output, or of a value that a tool was given, that are stored."""
MOST_OF_A_TEXT = 1_000_000
"""Characters of any other message that are stored."""
MOST_CALLS = 500
MOST_TOKENS = 2_000_000_000
LONGEST_LINE, LONGEST_TITLE = 1000, 500

_MOST_OF_AN_INPUT = 200_000
_LONGEST_ID, _LONGEST_NAME = 300, 300
_DEEPEST_INPUT = 60
_NUL = "\x00"


def tool_call(call_id: str | None, name: str | None, given: Any) -> ToolCall:
    """Make a tool call; what is too large or too deep of its input is kept as the beginning of its text."""
    named = cut(name, _LONGEST_NAME) or "unknown"
    return ToolCall(name=named, id=cut(call_id, LONGEST_LINE), input=_input(given))


def identifier(text: str) -> str:
    """Keep an id; one that is too long is known by its hash."""
    kept = _without_nul(text)
    return kept if len(kept) <= _LONGEST_ID else f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def cut(text: str | None, longest: int) -> str | None:
    """Give the beginning of a text; None of an empty one."""
    return _without_nul(text)[:longest] if text else None


def clean(value: Any) -> Any:
    """Take NULs out of a JSON value, which the store cannot hold, and cut its long texts."""
    if isinstance(value, str):
        return shortened(value, MOST_OF_A_RESULT)[0]
    if isinstance(value, dict):
        return {_without_nul(str(name)): clean(one) for name, one in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [clean(one) for one in cast("list[Any]", value)]
    return value


def shortened(text: str, most: int) -> tuple[str, int | None]:
    """Cut a long text in its middle: beginnings say what it is, ends how it came out. Gives the length of a cut one."""
    text = _without_nul(text)
    if len(text) <= most:
        return text, None
    head, tail = most * 3 // 4, most // 4
    return f"{text[:head]}\n[… {len(text) - head - tail:,} characters …]\n{text[-tail:]}", len(text)


def _input(value: Any) -> Any:
    deep = is_deep(value, _DEEPEST_INPUT)
    kept = None if deep else clean(value)
    if not deep and len(msgspec.json.encode(kept)) <= _MOST_OF_AN_INPUT:
        return kept
    return {"cut": shortened(msgspec.json.encode(value).decode(), MOST_OF_A_RESULT)[0]}


def _without_nul(text: str) -> str:
    return text.replace(_NUL, "�") if _NUL in text else text

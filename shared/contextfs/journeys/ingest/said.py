"""The plain parts of foreign messages: their text, their moment, their role, and who said it."""

import hashlib
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, cast

import msgspec

from contextfs.domain.sessions.model import Role
from contextfs.kit.errors import BadInput
from contextfs.kit.storable import storable

ROLES: Mapping[str, Role] = MappingProxyType(
    {
        **dict.fromkeys(("user", "human", "customer", "client", "person", "visitor"), "user"),
        **dict.fromkeys(("assistant", "ai", "bot", "model", "agent", "support"), "assistant"),
        **dict.fromkeys(("system", "developer"), "system"),
        **dict.fromkeys(("tool", "function"), "tool"),
    }
)
"""What is written for a role elsewhere, in lower case, and which of ours it is."""

_LONGEST_ID = 300
_TEXTS = ("text", "content", "input_text", "output_text", "refusal")
_EARLIEST, _LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""Numbers from here on count nanoseconds, microseconds and milliseconds; those below, seconds: all since 1970."""


def text_of(content: Any) -> str:
    """Give a content as text: a text itself, the texts of its parts, or its JSON; what is no text is named."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(text for part in cast("list[Any]", content) if (text := _part(part)))
    return _part(content)


def moment_of(value: Any) -> datetime | None:
    """Read a moment: RFC 3339, or a number since 1970 in seconds or a finer unit; None where it is none."""
    if isinstance(value, str):
        number = _number(value)
        if number is None:
            return _within(_written(value))
        value = number
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    seconds = next((value / unit for least, unit in _UNITS if abs(value) >= least), value)
    try:
        return _within(_EPOCH + timedelta(seconds=seconds))
    except OverflowError:
        return None


def role_of(word: Any) -> Role | None:
    """Give our role for a word; None for one that nobody knows."""
    return ROLES.get(word.strip().lower()) if isinstance(word, str) else None


def line_of(value: Any, longest: int = 200) -> str | None:
    """Give a short text, cut; None where there is none."""
    return value[:longest] if isinstance(value, str) and value else None


def id_of(value: Any) -> str | None:
    """Give an id as text: numbers are ids, too; one that is too long is known by its hash."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    text = str(value)
    return text if len(text) <= _LONGEST_ID else f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def inside(value: Any, *names: str) -> Any:
    """Go into objects by names; None where one is missing."""
    for name in names:
        value = cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None
    return value


def parsed(value: Any) -> Any:
    """Read JSON where a text holds it; all else, and what cannot be stored, stays as it is."""
    if not isinstance(value, str) or value[:1] not in {"[", "{"}:
        return value
    try:
        return storable(msgspec.json.decode(value))
    except (msgspec.DecodeError, RecursionError, UnicodeError, BadInput):
        return value


def listed(value: Any) -> list[Any]:
    """Give a list as it is, and an empty one for all else."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def _part(part: Any) -> str:
    if not isinstance(part, dict):
        return part if isinstance(part, str) else msgspec.json.encode(part).decode()
    known = cast("dict[str, Any]", part)
    text = next((known[name] for name in _TEXTS if isinstance(known.get(name), str)), None)
    if text is not None:
        return text
    kind = known.get("type")
    return f"[{kind}]" if isinstance(kind, str) else msgspec.json.encode(known).decode()


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _written(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _within(moment: datetime | None) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment is not None and _EARLIEST <= moment <= _LATEST else None
    except OverflowError:
        return None

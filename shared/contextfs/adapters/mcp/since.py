"""Reads how far back a model wants to look."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from contextfs.kit.errors import Invalid

_AGO: Final = re.compile(r"(\d{1,6})([hdw])")
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def since(text: str | None, now: datetime, name: str = "since") -> datetime | None:
    """Read a date, or how long ago; without a time zone it is UTC. Invalid says how it is written."""
    if text is None:
        return None
    try:
        ago = _AGO.fullmatch(text.strip())
        if ago:
            return now - int(ago[1]) * _UNITS[ago[2]]
        parsed = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise Invalid(f"{name}: {text!r} is not a time: write 2026-11-01, 2026-11-01T09:30, 12h, 7d or 4w.") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)

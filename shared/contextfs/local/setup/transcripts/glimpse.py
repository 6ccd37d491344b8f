"""The first records of a tool's file: enough to tell where a conversation was had, however long it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

import msgspec

_LINE: Final = 4_000_000
_HEAD: Final = 1_000_000
_RECORDS: Final = 50
_WHOLE: Final = 16_000_000


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Give the first records of a file with one JSON object a line; what cannot be read is passed over."""
    seen = 0
    try:
        with path.open("rb") as file:
            for _ in range(_RECORDS):
                line = file.readline(_LINE)
                seen += len(line)
                if record := _object(line):
                    yield record
                if not line or seen > _HEAD:
                    return
    except OSError:
        return


def whole(path: Path) -> Any:
    """Read a small JSON file; None when it cannot be read, or is large."""
    try:
        return None if path.stat().st_size > _WHOLE else msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def head(path: Path) -> str:
    """Give the first text of a file; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return ""


def table(value: Any) -> dict[str, Any]:
    """Give a value as an object; an empty one when it is none."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _object(line: bytes) -> dict[str, Any]:
    try:
        return table(msgspec.json.decode(line))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}

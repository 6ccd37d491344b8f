"""Patterns that are compiled when they are first used: compiling takes longer than most commands use them for."""

import re
from typing import Any, AnyStr, cast


def pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Give what behaves as `re.compile(source, flags)`; a source that is no pattern is told at its first use."""
    return cast("re.Pattern[AnyStr]", _Pattern(source, flags))


class _Pattern:
    def __init__(self, source: Any, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Compile, and keep what was asked for: the next time it is found at once."""
        found = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, found)
        return found

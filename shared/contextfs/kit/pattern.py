"""Patterns that are compiled when they are first used: compiling takes longer than most commands use them for."""

import re
from typing import Any, AnyStr, cast


def pattern(source: AnyStr) -> re.Pattern[AnyStr]:
    """Give what behaves as `re.compile(source)`; a source that is no pattern is told at its first use."""
    return cast("re.Pattern[AnyStr]", _Pattern(source))


class _Pattern:
    def __init__(self, source: Any) -> None:
        self._source = source

    def __getattr__(self, name: str) -> Any:
        """Compile, and keep what was asked for: the next time it is found at once."""
        found = getattr(re.compile(self._source), name)
        setattr(self, name, found)
        return found

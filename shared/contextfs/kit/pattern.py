"""Patterns that are compiled when they are first used: compiling takes longer than most commands use them for."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, AnyStr, cast


def pattern(source: AnyStr, flags: int = 0, *, holds: Sequence[str] = ()) -> re.Pattern[AnyStr]:
    """Give what behaves as `re.compile(source, flags)`; a source that is no pattern is told at its first use.

    `holds`, for patterns of text: whatever the pattern finds has one of these in it, in small letters. A text that has
    none of them is answered without compiling.
    """
    return cast("re.Pattern[AnyStr]", _Holding(cast("str", source), flags, holds) if holds else _Pattern(source, flags))


class _Pattern:
    def __init__(self, source: Any, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Compile, and keep what was asked for: the next time it is found at once."""
        found = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, found)
        return found


class _Holding(_Pattern):
    def __init__(self, source: str, flags: int, holds: Sequence[str]) -> None:
        super().__init__(source, flags)
        self._holds = holds
        self._compiled: Callable[[], re.Pattern[str]] = cache(lambda: re.compile(source, flags))

    def search(self, text: str) -> re.Match[str] | None:
        return None if self._is_absent(text) else self._compiled().search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return iter(()) if self._is_absent(text) else self._compiled().finditer(text)

    def findall(self, text: str) -> list[Any]:
        return [] if self._is_absent(text) else self._compiled().findall(text)

    def sub(self, instead: str, text: str) -> str:
        return text if self._is_absent(text) else self._compiled().sub(instead, text)

    def _is_absent(self, text: str) -> bool:
        """Tell whether a text cannot match; of letters beyond ASCII some are like others, whatever their case."""
        small = text.lower()
        return text.isascii() and not any(one in small for one in self._holds)

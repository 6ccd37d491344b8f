"""Loads msgspec and pathlib without what these load for purposes that few commands have: an eighth of a search's time.

What is left out has a stand-in while they load, and is loaded itself by who uses it. A thread that imported it
meanwhile would keep the stand-in, so nothing is left out where another one runs.
"""

import os
import sys
from types import ModuleType

TYPE_CHECKING = False  # as `typing` has it, which this loads no sooner than it must
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_LEFT_OUT = (
    *("msgspec.inspect", "msgspec._json_schema", "msgspec.msgpack", "msgspec.toml", "msgspec.yaml"),
    "platform",  # of uuid, which asks which system it is
    "urllib.parse",  # of pathlib, which makes addresses of paths
)
_ABSENT = "typing_extensions"
"""What msgspec takes where it is installed, for 9 ms and no gain of ours."""


class _Later(ModuleType):
    """Stands in for a module. Functions that are taken from it while others load find the real one when called."""

    is_loading = True

    def __getattr__(self, name: str) -> "Any":
        """Give what the real module has."""
        if name.startswith("__"):
            raise AttributeError(name)
        if self.is_loading:
            return self._called_later(name)
        return self._real(name)

    def _called_later(self, name: str) -> "Callable[..., Any]":
        def call(*given: "Any", **named: "Any") -> "Any":
            return self._real(name)(*given, **named)

        return call

    def _real(self, name: str) -> "Any":
        __import__(self.__name__)
        return getattr(sys.modules[self.__name__], name)


def load() -> None:
    """Load them, unless something has done so, or another thread runs: who needs them loads all of them then."""
    modules: dict[str, Any] = sys.modules
    if "msgspec" in modules or not _is_alone():
        return
    standing = {name: _Later(name) for name in _LEFT_OUT if name not in modules}
    if "platform" in standing:
        standing["platform"].system = _system  # pyright: ignore[reportAttributeAccessIssue] - all that uuid asks
    is_absent = _ABSENT not in modules
    modules.update(standing)
    if is_absent:
        modules[_ABSENT] = None  # importing it fails now, as where it is not installed
    try:
        for name in ("msgspec", "pathlib"):
            __import__(name)
    finally:
        for name, one in standing.items():
            del modules[name]
            one.is_loading = False
        if is_absent:
            del modules[_ABSENT]


def _is_alone() -> bool:
    """Tell whether this thread is the only one: `threading` knows those that it started alone."""
    return len(sys._current_frames()) == 1  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - it is documented


def _system() -> str:
    return os.uname().sysname if sys.platform != "win32" else "Windows"

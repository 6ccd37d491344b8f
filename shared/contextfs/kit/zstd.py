"""Zstandard (RFC 8878), wherever this Python has it: built in from 3.14 on, by `backports.zstd` before."""

from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any, Final

MAGIC: Final = b"\x28\xb5\x2f\xfd"
"""How a frame begins."""
_MODULES: Final = ("compression.zstd", "backports.zstd")


@cache
def zstd() -> Any:
    """Give the module; None where there is none, since a Python can be built without it."""
    for name in _MODULES:
        with suppress(ImportError):
            return import_module(name)
    return None

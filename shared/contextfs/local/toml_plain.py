"""Reads TOML that is plainly right, in no time; whatever is not is left to `tomllib`, which takes 3 ms to load.

Plain are comments, tables with a bare name, and names with a number, `true`, `false` or a text without escapes: what
`ctx` writes, and most people do.
"""

from typing import Any, Final

_BARE: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_WORDS: Final = {"true": True, "false": False}
_LONGEST_NUMBER: Final = 18


def plain(text: str) -> dict[str, Any] | None:
    """Give exactly what `tomllib.loads` would; None where that is for it to say, or to refuse."""
    values: dict[str, Any] = {}
    table = values
    for line in text.split("\n"):
        said = line.strip(" \t")
        if not line.replace("\t", "").isprintable():
            return None
        if said.startswith("[") and said.endswith("]"):
            name = said[1:-1]
            if not _is_bare(name) or name in values:
                return None
            table = values[name] = {}
        elif said and not said.startswith("#"):
            name, _, written = (part.strip(" \t") for part in said.partition("="))
            value = _value(written)
            if value is None or not _is_bare(name) or name in table:
                return None
            table[name] = value
    return values


def _is_bare(name: str) -> bool:
    return bool(name) and _BARE.issuperset(name)


def _value(written: str) -> int | bool | str | None:
    if written.startswith('"') and written.endswith('"') and len(written) > 1:
        inside = written[1:-1]
        return None if '"' in inside or "\\" in inside else inside
    if written.isascii() and written.isdigit() and len(written) <= _LONGEST_NUMBER:
        return None if written.startswith("0") and written != "0" else int(written)
    return _WORDS.get(written)

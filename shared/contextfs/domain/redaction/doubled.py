"""What a JSON text says that nobody reads: of members of an object that have one name, all but the last.

A reader of it never sees them, but they stand in the text, and what is kept as it was written keeps them.
"""

import json
from typing import Any

import msgspec


def hidden(data: bytes, said: Any) -> list[Any]:
    """Give what stands in a JSON text and not in what was read of it, as objects of one member; mostly nothing.

    That is told at memory speed: a text has as many strings as what was read of it, unless something is hidden. Where
    it cannot be taken apart, all of the text counts as hidden.
    """
    try:
        written = msgspec.json.encode(said)
        if written == data.strip() or _strings(written) == _strings(data):  # most tools write as the encoder does
            return []
        return _taken_apart(data)
    except (ValueError, OverflowError, RecursionError):
        return [data.decode("utf-8", "replace")]


def _strings(data: bytes) -> int:
    """Count the quotes around strings: those behind an odd number of backslashes are within one."""
    plain = data.replace(rb"\\", b"") if rb"\\" in data else data
    return plain.count(b'"') - plain.count(rb"\"")


def _taken_apart(data: bytes) -> list[Any]:
    found: list[Any] = []

    def noted(members: list[tuple[str, Any]]) -> dict[str, Any]:
        read = dict(members)
        if len(read) < len(members):
            last = {name: place for place, (name, _) in enumerate(members)}
            found.extend({name: value} for place, (name, value) in enumerate(members) if last[name] != place)
        return read

    json.loads(data, object_pairs_hook=noted)
    return found

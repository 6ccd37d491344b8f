"""Reads VS Code's log of a chat session: changes that are played back onto one object, or (older) that object itself.

A line is `{"kind": 0, "v": object}` the beginning, `{"kind": 1, "k": path, "v": value}` a value that is set,
`{"kind": 2, "k": path, "v": [items], "i": length}` items that are added to a list, which is cut to `i` before when it
is given, or `{"kind": 3, "k": path}` a value that is taken away.
"""

from typing import Any, NamedTuple

import msgspec

from contextfs.adapters.transcripts.decoding import FAULTS, decode
from contextfs.adapters.transcripts.jsonl import objects
from contextfs.adapters.transcripts.shapes import is_list, is_table, items, table, text
from contextfs.adapters.transcripts.tally import Tally

_DECODER = msgspec.json.Decoder(Any)
_BEGIN, _SET, _ADD, _DELETE = range(4)
_REQUESTS, _IN_THE_LIST = "requests", 2


class Log(NamedTuple):
    """A session as it is after all changes, and the requests that it had and has no more."""

    session: dict[str, Any]
    removed: list[dict[str, Any]]


def played(data: bytes, tally: Tally) -> Log:
    """Play a log back; an empty session when there is none. What fits nowhere is counted."""
    whole = _whole(data)
    if whole:
        return Log(whole, [])
    state: dict[str, Any] = {}
    removed: dict[str, dict[str, Any]] = {}
    for _, change in objects(data, tally):
        kind = change.get("kind")
        removed |= _named(_replaced(state, change))
        if kind == _BEGIN and "v" in change:
            state = table(change["v"])
        elif not (isinstance(kind, int) and isinstance(change.get("k"), list)):
            tally.add_of("unknown", change.get("type"))
        elif not _changed(state, kind, change):
            tally.add("misplaced_change")
    live = _named(items(state.get(_REQUESTS)))
    return Log(state, [one for name, one in removed.items() if name not in live])


def _replaced(state: dict[str, Any], change: dict[str, Any]) -> list[Any]:
    """Give the requests that a change takes out of the list, or puts other ones in the place of."""
    requests, kind, way = items(state.get(_REQUESTS)), change.get("kind"), items(change.get("k"))
    if kind == _BEGIN:
        return requests
    if way[:1] != [_REQUESTS] or len(way) > _IN_THE_LIST:
        return []
    if len(way) == _IN_THE_LIST:
        return [requests[way[1]]] if _is_place(requests, way[1]) else []
    length = change.get("i")
    if kind != _ADD:
        return requests
    return requests[length:] if isinstance(length, int) and length >= 0 else []


def _named(requests: list[Any]) -> dict[str, dict[str, Any]]:
    return {name: one for one in map(table, requests) if (name := text(one.get("requestId")))}


def _whole(data: bytes) -> dict[str, Any] | None:
    try:
        value = table(decode(data.removeprefix(b"\xef\xbb\xbf"), _DECODER))
    except FAULTS:
        return None
    return (
        value if isinstance(value.get("requests"), list) else table(value.get("v")) if value.get("kind") == 0 else None
    )


def _changed(state: dict[str, Any], kind: int, change: dict[str, Any]) -> bool:
    """Carry out one change; False when there is no such place."""
    *way, last = items(change["k"]) or [None]
    inside: Any = state
    for step in way:
        inside = _at(inside, step)
    if kind == _ADD:
        return _add(inside, last, change)
    if kind == _SET:
        return _set(inside, last, change.get("v"))
    return kind == _DELETE and _delete(inside, last)


def _at(inside: Any, step: Any) -> Any:
    if is_table(inside):
        return inside.get(step) if isinstance(step, str) else None
    return items(inside)[step] if _is_place(inside, step) else None


def _is_place(inside: Any, step: Any) -> bool:
    return is_list(inside) and isinstance(step, int) and 0 <= step < len(inside)


def _add(inside: Any, last: Any, change: dict[str, Any]) -> bool:
    if is_table(inside) and isinstance(last, str):
        inside.setdefault(last, [])
    target = _at(inside, last)
    if not is_list(target):
        return False
    length = change.get("i")
    if isinstance(length, int) and 0 <= length <= len(target):
        del target[length:]
    target.extend(items(change.get("v")))
    return True


def _set(inside: Any, last: Any, value: Any) -> bool:
    if is_table(inside) and isinstance(last, str):
        inside[last] = value
        return True
    if _is_place(inside, last):
        inside[last] = value
        return True
    return False


def _delete(inside: Any, last: Any) -> bool:
    if is_table(inside) and isinstance(last, str):
        inside.pop(last, None)
        return True
    if _is_place(inside, last):
        del inside[last]
        return True
    return False

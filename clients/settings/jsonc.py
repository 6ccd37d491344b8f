"""Reads JSON with comments and trailing commas, as editors write it, and tells where in the text each value stands."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from contextfs.kit.errors import Invalid

_SPACE: Final = re.compile(r"(?:[ \t\r\n\ufeff]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_PLAIN: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_DEEPEST: Final = 100


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A value and its place: from `start` to before `end`. An object has members, an array has items."""

    start: int
    end: int
    members: "dict[str, Member] | None" = None
    items: "list[Node] | None" = None
    plain: Any = None

    @property
    def value(self) -> Any:
        """The value itself."""
        if self.members is not None:
            return {key: member.node.value for key, member in self.members.items()}
        return self.plain if self.items is None else [item.value for item in self.items]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member of an object; its name begins at `start`."""

    start: int
    node: Node


def parse(text: str) -> Node:
    """Read a text; Invalid tells the line that is wrong."""
    node = _Reader(text).value(_past_space(text, 0), 0)
    rest = _past_space(text, node.end)
    if rest != len(text):
        raise _wrong(text, rest)
    return node


def is_blank(text: str) -> bool:
    """Tell whether there is no value in a text: nothing but space and comments."""
    return _past_space(text, 0) == len(text)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text

    def value(self, at: int, depth: int) -> Node:
        if depth > _DEEPEST:
            raise _wrong(self._text, at)
        match self._text[at : at + 1]:
            case "{":
                return self._object(at, depth)
            case "[":
                return self._array(at, depth)
            case _:
                return self._plain(at)

    def _object(self, at: int, depth: int) -> Node:
        members: dict[str, Member] = {}
        end = at
        for start in self._elements(at, "}"):
            key = self._plain(start)
            colon = _past_space(self._text, key.end)
            if not isinstance(key.plain, str) or key.plain in members or self._text[colon : colon + 1] != ":":
                raise _wrong(self._text, start)
            node = self.value(_past_space(self._text, colon + 1), depth + 1)
            members[key.plain] = Member(start=start, node=node)
            end = self._ended = node.end
        return Node(start=at, end=self._closed(end, at, "}"), members=members)

    def _array(self, at: int, depth: int) -> Node:
        items: list[Node] = []
        end = at
        for start in self._elements(at, "]"):
            items.append(self.value(start, depth + 1))
            end = self._ended = items[-1].end
        return Node(start=at, end=self._closed(end, at, "]"), items=items)

    def _elements(self, at: int, closing: str) -> Iterator[int]:
        """Give where each element begins; the one that was read last ended at `_ended`."""
        place = _past_space(self._text, at + 1)
        while self._text[place : place + 1] != closing:
            yield place
            place = _past_space(self._text, self._ended)
            if self._text[place : place + 1] == ",":
                place = _past_space(self._text, place + 1)
            elif self._text[place : place + 1] != closing:
                raise _wrong(self._text, place)

    def _closed(self, end: int, at: int, closing: str) -> int:
        place = _past_space(self._text, end if end > at else at + 1)
        if self._text[place : place + 1] == ",":
            place = _past_space(self._text, place + 1)
        if self._text[place : place + 1] != closing:
            raise _wrong(self._text, place)
        return place + 1

    def _plain(self, at: int) -> Node:
        found = _STRING.match(self._text, at) or _PLAIN.match(self._text, at)
        if found is None:
            raise _wrong(self._text, at)
        try:
            return Node(start=at, end=found.end(), plain=json.loads(found[0]))
        except ValueError:
            raise _wrong(self._text, at) from None


def _past_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _wrong(text: str, at: int) -> Invalid:
    line = text.count("\n", 0, at) + 1
    return Invalid(f"line {line} is not JSON: correct it first.")

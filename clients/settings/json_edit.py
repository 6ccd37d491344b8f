"""Puts one value into a JSON text and takes it out again; comments, order and spacing of all else stay.

What is put in and taken out at once leaves the text as it was, to the byte.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from clients.settings.jsonc import Node, is_blank, parse
from contextfs.kit.errors import Invalid

Path = tuple[str, ...]
_SAME_LINE: Final = re.compile(r"[ \t]*(?://[^\n]*|/\*(?:(?!\*/)[^\n])*\*/[ \t]*(?=\r?\n))")
_COMMA: Final = re.compile(r"(?:[ \t\r\n]|//[^\n]*|/\*.*?\*/)*,", re.DOTALL)


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member of an object that is ours: `path` names it (`("mcpServers", "contextfs")`)."""

    path: Path
    value: Any

    def apply(self, text: str) -> str:
        """Put it in, over what stands there."""
        found = _at(parse(text), self.path) if not is_blank(text) else None
        if found is not None:
            return text if found.value == self.value else _put(_taken(text, self.path), self.path, self.value)
        return _put(text, self.path, self.value)

    def withdraw(self, text: str, before: str | None) -> str:
        """Take it out, and the objects around it that were made for it (they are not in `before`) and are empty."""
        if is_blank(text) or _at(parse(text), self.path) is None:
            return text
        return _without_empty(_taken(text, self.path), self.path[:-1], before)

    def is_in(self, text: str) -> bool:
        """Tell whether something stands in our place."""
        return not is_blank(text) and _at(parse(text), self.path) is not None


class Default(msgspec.Struct, frozen=True, kw_only=True):
    """A member that a file needs, and that stays as it is where it stands already."""

    path: Path
    value: Any

    def apply(self, text: str) -> str:
        """Put it in where nothing stands."""
        member = Member(path=self.path, value=self.value)
        return text if member.is_in(text) else member.apply(text)

    def withdraw(self, text: str, before: str | None) -> str:
        """Take it out where it came with us, and nobody else has come to need it since."""
        if before is None:
            return text
        without = Member(path=self.path, value=self.value).withdraw(text, before)
        return without if _value(without) == _value(before) else text

    def is_in(self, text: str) -> bool:  # noqa: ARG002 - as every edit
        """Tell that it is not what we are known by."""
        return False


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """An item of an array that is ours: whatever `is_ours` says is, in the array that `path` names."""

    path: Path
    value: Any
    is_ours: Callable[[Any], bool]

    def apply(self, text: str) -> str:
        """Put it behind what stands there; one of ours that is out of date goes."""
        there = self._ours(text)
        if [one.value for one in there] == [self.value]:
            return text
        for _ in there:
            text = self._dropped(text)
        found = None if is_blank(text) else _at(parse(text), self.path)
        if found is None:
            return _put(text, self.path, [self.value])
        if found.items is None:
            raise Invalid(f"{'.'.join(self.path)} is not a list: correct it first.")
        return _inserted(text, found, [one.end for one in found.items], _shown(self.value, text))

    def withdraw(self, text: str, before: str | None) -> str:
        """Take ours out, and what was made for it and is empty."""
        for _ in self._ours(text):
            text = self._dropped(text)
        return _without_empty(text, self.path, before)

    def is_in(self, text: str) -> bool:
        """Tell whether one of ours is there."""
        return bool(self._ours(text))

    def _ours(self, text: str) -> list[Node]:
        found = None if is_blank(text) else _at(parse(text), self.path)
        return [one for one in (found.items if found else None) or [] if self.is_ours(one.value)]

    def _dropped(self, text: str) -> str:
        found = _at(parse(text), self.path)
        items = (found.items if found else None) or []
        place = next(n for n, one in enumerate(items) if self.is_ours(one.value))
        assert found is not None  # noqa: S101 - an item was found in it
        return _removed(text, found, [(one.start, one.end) for one in items], place)


class All(msgspec.Struct, frozen=True, kw_only=True):
    """Several edits of one file, as one."""

    edits: Sequence[Member | Default | Item]

    def apply(self, text: str) -> str:
        """Put all in, in their order."""
        for one in self.edits:
            text = one.apply(text)
        return text

    def withdraw(self, text: str, before: str | None) -> str:
        """Take all out, in the other order."""
        for one in reversed(self.edits):
            text = one.withdraw(text, before)
        return text

    def is_in(self, text: str) -> bool:
        """Tell whether any of them is there."""
        return any(one.is_in(text) for one in self.edits)


def _at(node: Node, path: Path) -> Node | None:
    for name in path:
        if node.members is None or name not in node.members:
            return None
        node = node.members[name].node
    return node


def _value(text: str) -> Any:
    return {} if is_blank(text) else parse(text).value


def _put(text: str, path: Path, value: Any) -> str:
    """Put a member in, with the objects around it that are missing."""
    if is_blank(text):
        text = f"{text}{{}}{_newline(text)}"
    node, known = parse(text), 0
    while node.members is not None and known < len(path) - 1 and path[known] in node.members:
        node, known = node.members[path[known]].node, known + 1
    if node.members is None:
        raise Invalid(f"{'.'.join(path[:known]) or 'the file'} is not an object: correct it first.")
    for name in reversed(path[known + 1 :]):
        value = {name: value}
    shown = f"{json.dumps(path[known])}: {_shown(value, text)}"
    return _inserted(text, node, [one.node.end for one in node.members.values()], shown)


def _inserted(text: str, within: Node, ends: list[int], shown: str) -> str:
    """Write something behind the last element of an object or array, on a line of its own as the others are."""
    newline, indent = _newline(text), _indent(text, within.start)
    unit = _unit(text)
    lines = shown.replace("\n", f"{newline}{indent}{unit}")
    if not ends:
        at = _after_comment(text, within.start + 1)
        closing = "" if "\n" in text[at : within.end - 1] else f"{newline}{indent}"
        return f"{text[:at]}{newline}{indent}{unit}{lines}{closing}{text[at:]}"
    last = ends[-1]
    comma = _COMMA.match(text, last, within.end)
    if "\n" not in text[within.start : within.end]:
        at = comma.end() if comma else last
        flat = json.dumps(json.loads(f"{{{shown}}}" if within.members is not None else f"[{shown}]"))[1:-1]
        return f"{text[:at]}{' ' if comma else ', '}{flat}{',' if comma else ''}{text[at:]}"
    at = _after_comment(text, comma.end() if comma else last)
    head = text[:at] if comma else f"{text[:last]},{text[last:at]}"
    return f"{head}{newline}{indent}{unit}{lines}{',' if comma else ''}{text[at:]}"


def _taken(text: str, path: Path) -> str:
    within = _at(parse(text), path[:-1])
    members = (within.members if within else None) or {}
    assert within is not None  # noqa: S101 - the caller found it
    spans = [(one.start, one.node.end) for one in members.values()]
    return _removed(text, within, spans, list(members).index(path[-1]))


def _removed(text: str, within: Node, spans: list[tuple[int, int]], place: int) -> str:
    """Take an element out, as `_inserted` put it in; of one between others, its own lines go."""
    end = spans[place][1]
    comma = _COMMA.match(text, end, within.end)
    right = comma.end() if comma else end
    if place == 0:
        left = _after_comment(text, within.start + 1)
        if len(spans) == 1:
            inner, ours = text[right : within.end - 1], f"{_newline(text)}{_indent(text, within.start)}"
            return f"{text[:left]}{'' if inner == ours else inner}{text[within.end - 1 :]}"
        return f"{text[:left]}{text[right:]}"
    before = spans[place - 1][1]
    known = _COMMA.match(text, before, within.end)
    after_comma = known.end() if known else before
    is_flat = "\n" not in text[after_comma : spans[place][0]]
    left = after_comma if is_flat else _after_comment(text, after_comma)
    head = text[:left]
    if comma is None:
        head = f"{text[:before]}{text[after_comma:left]}"
    return f"{head}{text[right:]}"


def _without_empty(text: str, path: Path, before: str | None) -> str:
    known = None if before is None or is_blank(before) else parse(before)
    while path:
        found = None if is_blank(text) else _at(parse(text), path)
        if found is None or found.value not in ({}, []) or (known is not None and _at(known, path) is not None):
            return text
        text, path = _taken(text, path), path[:-1]
    return text


def _after_comment(text: str, at: int) -> int:
    """Give the place behind a comment that ends the line."""
    found = _SAME_LINE.match(text, at)
    return found.end() - (1 if found[0].endswith("\r") else 0) if found else at


def _shown(value: Any, text: str) -> str:
    return json.dumps(value, indent=_unit(text), ensure_ascii=False)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _unit(text: str) -> str:
    """Give one step of indentation, as the text's first indented line has it."""
    found = re.search(r"^([ \t]+)[\"\]}\[{]", text, re.MULTILINE)
    return found[1] if found and len(found[1]) <= 8 else "  "


def _indent(text: str, at: int) -> str:
    """Give the indentation of the line in which a place lies."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]

"""Secrets of Kubernetes in its manifests: base64 of what may be a plain word; nothing but its place gives it away.

A value is one where it stands below `data:` or `stringData:` of an object whose own `kind:` is `Secret`, as YAML says
by columns and JSON by braces. Other objects of the same text are none of ours.
"""

import re
from collections.abc import Iterator

import msgspec

from contextfs.domain.redaction.model import Span
from contextfs.domain.redaction.values import is_placeholder
from contextfs.kit.pattern import pattern

_RANK = 4
_DEEPEST = 32
"""Objects within each other that are followed: more would cost each line a longer look."""
_LEAST = 4
_ONCE = frozenset({b"apiVersion", b"kind"})
"""What an object says once: the second is another object's, though no `---` stands between."""
_MEMBERS = frozenset({b"data", b"stringData"})
_KIND = pattern(rb"(?im)^[ \t]*+(?:-[ \t]++){0,4}+[\"']?kind[\"']?:[ \t]++[\"']?secret\b")
_LINE = pattern(
    rb"(?m)^(?:(?P<cut>---|```|~~~|\x00)|(?P<lead>[ \t]*+(?:-[ \t]++){0,4}+)(?:\#"
    rb"|[\"']?(?P<name>[\w.-]{1,253})[\"']?:(?=[ \t\r\n]|\Z)[ \t]*+(?P<value>[^\n]*)|(?P<text>[^\s][^\n]*)))"
)
_QUOTED = pattern(rb"\"((?:[^\"\\\n]|\\.)*+)\"|'([^'\n]*+)'")
_BASE64 = pattern(rb"[A-Za-z0-9+/]{6,65536}={0,2}")
_JSON_KIND = pattern(rb"(?i)\"kind\"\s{0,8}:\s{0,8}\"secret\"")
_JSON = pattern(
    rb"\"(?P<name>[\w.-]{1,253})\"\s{0,8}:\s{0,8}(?:(?P<into>\{)|(?P<value>\"(?:[^\"\\\n]|\\.)*+\"))"
    rb"|\"(?:[^\"\\\n]|\\.)*+\"?|(?P<open>\{)|(?P<close>\})|(?P<cut>\x00)"
)


class _Object(msgspec.Struct):
    """An object that is being read: the member whose values are read now, and what goes if its kind is `Secret`."""

    column: int = 0
    is_secret: bool = False
    member: bytes = b""
    said: set[bytes] = msgspec.field(default_factory=set[bytes])
    values: list[Span] = msgspec.field(default_factory=list[Span])

    def enter(self, name: bytes, value: bytes) -> None:
        """Take a member's name, and its value if it stands beside it."""
        self.member = name
        if name in _ONCE:
            self.said.add(name)
        if name == b"kind":
            self.is_secret = _plain(value)[1].lower() == b"secret"

    def take(self, value: bytes, at: int) -> None:
        """Take a value below the member; `at` is its place in the text."""
        skipped, inside = _plain(value)
        is_found = _is_text(inside) if self.member == b"stringData" else self.member == b"data" and _is_base64(inside)
        if is_found:
            self.values.append(Span(at + skipped, at + skipped + len(inside), "kubernetes-secret", _RANK))

    def secrets(self) -> list[Span]:
        """Give what has to go, when all of the object was read."""
        return self.values if self.is_secret else []


def manifests(data: bytes, lowered: bytes) -> Iterator[Span]:
    """Find the values of each object of the kind `Secret` that a text is, or has in it, in YAML or JSON."""
    if b"secret" not in lowered or b"kind" not in lowered or b"data" not in lowered:
        return
    if _KIND.search(data):
        yield from _by_columns(data)
    if _JSON_KIND.search(data):
        yield from _by_braces(data)


def _by_columns(data: bytes) -> Iterator[Span]:
    around: list[_Object] = []
    for line in _LINE.finditer(data):
        lead, name = line["lead"], line["name"]
        if name is None and line["text"] is None and line["cut"] is None:
            continue  # a comment
        column = len(lead or b"")
        least = -1 if line["cut"] else lead.find(b"-") if b"-" in lead else column
        while around and around[-1].column > least:
            yield from around.pop().secrets()
        _take(around, column, line)
        is_beside = bool(around) and around[-1].column == column
        if is_beside and name in around[-1].said:
            yield from around.pop().secrets()
            is_beside = False
        if name and not is_beside and len(around) < _DEEPEST:
            around.append(_Object(column))
        if around and around[-1].column == column:
            around[-1].enter(name or b"", line["value"] or b"")
    for one in around:
        yield from one.secrets()


def _take(around: list[_Object], column: int, line: re.Match[bytes]) -> None:
    """Give what a line says to the object below whose `data:` it stands."""
    for one in around:
        if one.column < column and one.member in _MEMBERS:
            group = "text" if line["name"] is None else "value"
            one.take(line[group], line.start(group))
            return


def _by_braces(data: bytes) -> Iterator[Span]:
    around = [_Object()]
    for token in _JSON.finditer(data):
        name, value = token["name"], token["value"]
        if value is not None:
            if len(around) > 1:
                around[-2].take(value, token.start("value"))
            around[-1].enter(name, value)
        elif token["into"] or token["open"]:
            around[-1].enter(name or b"", b"")
            around.append(_Object())
        elif token["close"] and len(around) > 1:
            yield from around.pop().secrets()
        elif token["cut"]:
            for one in around:
                yield from one.secrets()
            around = [_Object()]
    for one in around:
        yield from one.secrets()


def _plain(value: bytes) -> tuple[int, bytes]:
    """Give a value without its quotes or the comment behind it, and how many bytes stand before it."""
    quoted = _QUOTED.match(value)
    if quoted:
        return 1, quoted[quoted.lastindex or 0]
    return 0, value.partition(b" #")[0].rstrip()


def _is_base64(value: bytes) -> bool:
    """Tell base64, which comes in fours, from a word."""
    return len(value) % 4 == 0 and _BASE64.fullmatch(value) is not None


def _is_text(value: bytes) -> bool:
    """Spare what only stands for a value, and the signs of YAML that stand before a block, an anchor or a tag."""
    return len(value) >= _LEAST and value[:1] not in b"|>&*!" and not is_placeholder(value)

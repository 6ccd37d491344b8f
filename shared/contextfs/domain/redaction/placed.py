"""Secrets that stand beside their name without a sign between: files, calls and lists of variables have them like that.

`define('DB_PASSWORD', '…')`, `name: DB_PASSWORD` with `value: …` below, `"db_password": {"value": "…"}`,
`<password>…</password>`, `login ann password …` of `.netrc`, a column beside a name, `requirepass …`.
Each form is told by what stands before the name, too.
"""

import re
from collections.abc import Callable
from typing import Final

import msgspec

from contextfs.domain.redaction.quotes import enclosed
from contextfs.domain.redaction.values import is_shown
from contextfs.kit.pattern import pattern

BEFORE: Final = 160
"""How many bytes before a name tell of its place."""

_SPACE = rb"(?:\s|\\[nrt])"
_PLACED = pattern(
    rb"""(?x) (?P<tail>(?:[_.-]?[A-Za-z0-9]{1,20}+){0,4})
    (?: (?P<listed>\\?["']?,?SPACE{1,60}
            (?:\\?"\w{1,24}\\?"\s{0,4}:\s{0,4}(?:true|false|null|\\?"[^"\\]{0,60}\\?"),SPACE{1,60}){0,2}
            \\?["']?[vV]alue\\?["']?\s{0,4}(?P<sign>[:=])[ \t]{0,4})
      | (?P<around>\\?":\s{0,4}\{SPACE{0,60}
            (?:\\?"(?:sensitive|type)\\?":\s{0,4}(?:true|false|\\?"\w{1,20}\\?"|\[[^\]]{0,80}\]),SPACE{0,60}){0,2}
            \\?"value\\?":\s{0,4}(?=\\?"))
      | (?P<call>\\?["'][ \t]{0,4},\s{0,40}(?=\\?["']))
      | (?P<element>>(?=(?P<inside>(?:[^<\s"]|"(?![,:\]}])){4,256})</))
      | (?P<columns>[ \t]{2,48}(?!["'])(?=[^\s().*\[\]]{6,512}[ \t]{0,8}(?:[\r\n]|\Z)))
      | (?P<word>\s{1,16}) )
    (?: (?P<open>\\?["']) | (?P<bare>[^\s"'`<>\\]{4,512}) )?""".replace(rb"SPACE", _SPACE),
)
_CALLS = pattern(rb"(?i)(?:\bdefine|\b(?:set|put|add|insert|append)\w{0,16}|env\w{0,12})\(\s{0,8}\\?[\"']\Z")
_LISTS = pattern(rb"(?i)(?:name|key)\\?[\"']?\s{0,4}[:=]\s{0,4}\\?[\"']?\Z")
_NETRC = pattern(rb"(?i)(?:^|[\r\n][ \t]*|machine\s+\S{1,128}\s+)login\s+\S{1,64}\s+\Z")
_SPARED: Final = {
    "call": pattern(
        rb"(?i)[a-z]\w{0,24}\(\d{1,5}(?:,[ ]?\d{1,3})?\)"
        rb"|(?:u?int|float|bytes|binary|bit|n?(?:var)?char|string|text|decimal|numeric|number|timestamp)(?::?\d{1,5})?"
    ),
    "element": pattern(rb"(?=[^?:]*[\x80-\xff?:])[A-Za-z\x80-\xff]+[?:]?"),
    "columns": pattern(rb"\d{1,5}/(?:tcp|udp|sctp|dccp)"),
}
"""What stands in a place of a form and is none: types of columns, words that a person is shown, ports of services."""


class Placed(msgspec.Struct, frozen=True):
    """A value, what the name beside it ends in, whether quotes or an element enclose it, and if it is one of JSON."""

    tail: bytes
    start: int
    text: bytes
    quoted: bool
    member: bool


def placed(data: bytes, at: int, after: int, head: bytes, word: bytes) -> Placed | None:
    """Give the value that stands beside a name: `at` is where its word begins, `after` where that ends."""
    found = _PLACED.match(data, after)
    if found is None:
        return None
    form = next(name for name in _FITS if found[name] is not None)
    before = data[max(0, at - len(head) - BEFORE) : at - len(head)]
    if not _FITS[form](before, head, word, found):
        return None
    start, text = _value(data, found)
    if not text or (form in _SPARED and _SPARED[form].fullmatch(text)) or (form == "listed" and is_shown(text)):
        return None
    is_member = form == "listed" and found["sign"] == b":" and found["open"] in {b'"', b'\\"'}
    return Placed(found["tail"], start, text, form != "columns", is_member)


def _value(data: bytes, found: re.Match[bytes]) -> tuple[int, bytes | None]:
    """Read to what ends the value: the end of its element, the quote that is like its first, or a sign."""
    if found["inside"]:
        return found.start("inside"), found["inside"]
    if found["open"]:
        return found.end("open"), enclosed(data, found.end("open"), found["open"])
    return found.start("bare"), found["bare"] and found["bare"].rstrip(b",;)]}")


def _is_listed(before: bytes, head: bytes, word: bytes, found: re.Match[bytes]) -> bool:  # noqa: ARG001
    """Spare passwords in forms of XML, whose values people are shown."""
    return _LISTS.search(before) is not None and not (found["sign"] == b"=" and word[:1] in b"pP")


def _is_column(before: bytes, head: bytes, word: bytes, found: re.Match[bytes]) -> bool:
    return before.rstrip(b" \t")[-1:] in b"\r\n" or _is_word(before, head, word, found)


def _is_word(before: bytes, head: bytes, word: bytes, found: re.Match[bytes]) -> bool:
    if found["tail"]:
        return False
    if word.lower() == b"pass":
        return head == b"require"
    return not head and word.lower() == b"password" and _NETRC.search(before) is not None


def _is_call(before: bytes, head: bytes, word: bytes, found: re.Match[bytes]) -> bool:  # noqa: ARG001
    return _CALLS.search(before) is not None


def _is_around(before: bytes, head: bytes, word: bytes, found: re.Match[bytes]) -> bool:  # noqa: ARG001
    return before.endswith(b'"')


def _is_element(before: bytes, head: bytes, word: bytes, found: re.Match[bytes]) -> bool:  # noqa: ARG001
    return before.endswith(b"<")


_FITS: Final[dict[str, Callable[[bytes, bytes, bytes, re.Match[bytes]], bool]]] = {
    "listed": _is_listed,
    "around": _is_around,
    "call": _is_call,
    "element": _is_element,
    "columns": _is_column,
    "word": _is_word,
}
"""Whether what stands before a name, in it and behind it is of a form."""

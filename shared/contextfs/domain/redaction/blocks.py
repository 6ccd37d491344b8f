"""Secrets that have a beginning and an end: `<private>` blocks and private keys in PEM."""

from collections.abc import Iterator

from contextfs.domain.redaction.model import Span
from contextfs.kit.pattern import pattern

_RANK = 0
_PRIVATE = pattern(rb"(?i)<(/?)private>")
_HEADER = pattern(rb"-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_FOOTER = pattern(rb"-----END (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_NUMBER = rb"(?:[0-9]{1,6}(?:\xe2\x86\x92|\t|[ ]?[|:][ ]?)|[>|+-][ \t]?)"
"""What tools write before a line that they show: its number, or a sign."""
_KEY_LINES = pattern(rb"(?:(?:\s|\\{1,2}[nrt])*+" + _NUMBER + rb"?[A-Za-z0-9+/=]{16,}+)*+")
_KEY_MATERIAL = pattern(rb"[A-Za-z0-9+/]{32}")
_KEY_LINE = pattern(rb"[ \t\r]*+" + _NUMBER + rb"?([A-Za-z0-9+/=]{1,128}+)[ \t\r]*+")
_NOTHING = pattern(rb"[ \t]*+(?:" + _NUMBER + rb")?[ \t\r]*+")
_PUTTY = b"Private-Lines:"
_PUTTY_LINES = pattern(
    rb"Private-Lines: [0-9]{1,3}(?P<value>(?:\\r|\r)?(?:\n|\\n)"
    rb"(?:(?:\\[nr]|\s)*+[A-Za-z0-9+/=]{4,64}+(?=[\s\\\"']|\Z))++)"
)
_SHORTEST_LINE, _SHORTEST_TAIL = 16, 24
_LONGEST_KEY = 32_768
_SERVICE_ACCOUNT = pattern(rb'private_key\\?"\s{0,4}:\s{0,4}\\?"$')


def blocks(data: bytes, lowered: bytes) -> Iterator[Span]:
    """Find what a person fenced as private, and private keys, whole or cut off at either end."""
    if b"-----BEGIN" in data:
        yield from _keys(data)
    if b"-----END" in data:
        yield from _tails(data)
    if _PUTTY in data:
        for match in _PUTTY_LINES.finditer(data):
            yield Span(match.start("value"), match.end("value"), "private-key", _RANK)
    if b"<private>" in lowered and b"</private>" in lowered:
        yield from _private(data)


def _private(data: bytes) -> Iterator[Span]:
    """Pair the tags by depth; without a closing tag nothing is fenced, for prose may speak of the tag itself."""
    depth, start, end = 0, 0, 0
    for tag in _PRIVATE.finditer(data):
        if not tag[1]:
            start = tag.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            end = tag.end()
            if depth == 0:
                yield Span(start, end, "private", _RANK)
    if depth and end > start:
        yield Span(start, end, "private", _RANK)


def _keys(data: bytes) -> Iterator[Span]:
    at = data.find(b"-----BEGIN")
    while at >= 0:
        header = _HEADER.match(data, at)
        end = _key_end(data, header.end()) if header else 0
        if header and _KEY_MATERIAL.search(data, header.end(), end):
            before = data[max(0, at - 32) : at]
            kind = "gcp-service-account-key" if _SERVICE_ACCOUNT.search(before) else "private-key"
            yield Span(at, end, kind, _RANK)
        at = data.find(b"-----BEGIN", max(end, at + 10))


def _tails(data: bytes) -> Iterator[Span]:
    """Find the lines of base64 before each footer; of a whole key they are a part."""
    before = 0
    for footer in _FOOTER.finditer(data):
        start = at = footer.start()
        found = 0
        for line in reversed(data[max(before, at - _LONGEST_KEY) : at].split(b"\n")):
            at -= len(line) + 1
            if _NOTHING.fullmatch(line):
                continue
            of_key = _KEY_LINE.fullmatch(line)
            if of_key is None or (found and len(of_key[1]) < _SHORTEST_LINE):
                break
            start, found = at + 1, found + len(of_key[1])
        if found >= _SHORTEST_TAIL:
            yield Span(max(start, before), footer.end(), "private-key", _RANK)
        before = footer.end()


def _key_end(data: bytes, start: int) -> int:
    """Give where the key ends: after its footer, or (cut off) after its last line of base64."""
    dashes = data.find(b"-----", start, start + _LONGEST_KEY)
    footer = _FOOTER.match(data, dashes) if dashes >= 0 else None
    if footer:
        return footer.end()
    lines = _KEY_LINES.match(data, start)
    return lines.end() if lines else start

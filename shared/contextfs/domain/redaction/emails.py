"""Email addresses of people: not those of machines, of examples, and not what only has their shape."""

from collections.abc import Iterator
from typing import Final
from unicodedata import combining

from contextfs.domain.redaction.model import Span
from contextfs.kit.pattern import pattern

_RANK: Final = 5
_LOCAL: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-"
_EACH: Final = frozenset(bytes([one]) for one in _LOCAL)
_ASCII: Final = 127
_LONGEST: Final = 64
"""Bytes before the @ (RFC 5321, section 4.5.3.1.1)."""
_DOMAIN: Final = pattern(
    rb"(?P<name>(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,5})(?P<top>[A-Za-z]{2,24})(?![A-Za-z0-9_@-]|\.[A-Za-z0-9])",
)
_WIDE_DOMAIN: Final = pattern(r"(?:[^\W_](?:[^\W_]|-(?=[^\W_-])){0,62}\.){1,5}[^\W\d_]{2,24}(?![\w@-]|\.[^\W_])")
"""As people write it (RFC 5890); in the DNS it begins with `xn--`."""
_LONGEST_DOMAIN: Final = 255
_LETTER: Final = pattern(rb"[A-Za-z\x80-\xff]")
_SIZE: Final = pattern(rb"[0-9]x\.")
_RESERVED: Final = pattern(
    rb"(?i)(?:^|\.)(?:example\.(?:com|net|org|edu)|example|test|invalid|localhost|local|internal)$"
)
"""Domains that nobody has (RFC 2606, RFC 6761, RFC 6762)."""
_MACHINE: Final = pattern(
    rb"(?i)^(?:git|hg|svn|(?:do[._-]?)?no[._-]?t?[._-]?reply.*|mailer-daemon|postmaster|bounces?)$"
)
_MACHINES: Final = (b"users.noreply.github.com", b"noreply.github.com", b"iam.gserviceaccount.com")
_FILES: Final = frozenset(
    b"png jpg jpeg gif svg webp ico css scss html js mjs ts jsx tsx json lock tgz gz zip whl yaml yml toml xml"
    b" txt".split()
)
_URL: Final = pattern(rb"://[^\s/\"'`<>]{0,200}$")
_AUTHORITY: Final = 208


def emails(data: bytes) -> Iterator[Span]:
    """Find the addresses of people."""
    at = data.find(b"@")
    while at >= 0:
        start = _start(data, at)
        end = _end(data, at + 1) if start < at else None
        if end and not _is_harmless(data, start, at, data[at + 1 : end]):
            yield Span(start, end, "email", _RANK)
        at = data.find(b"@", at + 1)


def _start(data: bytes, at: int) -> int:
    """Give where the part before the @ begins; in a text that quotes another one it may follow an `n`."""
    before = data[max(0, at - _LONGEST) : at]
    kept = len(before.rstrip(_LOCAL))
    if kept and before[kept - 1] > _ASCII:
        kept -= _letters(before[:kept], cased=kept < len(before))
    start = at - len(before) + kept
    if data[start - 1 : start] == b"\\" and data[start : start + 1] in {b"n", b"r", b"t"}:
        start += 1
    while start < at and data[start] in b".%-+":
        start += 1
    return start


def _letters(before: bytes, *, cased: bool) -> int:
    """Give how many bytes at the end belong to a part with letters beyond ASCII (RFC 6531).

    Where a part in ASCII follows them, only letters of scripts with capitals: others are written without spaces, and
    would take the sentence with them.
    """
    text = before.decode("utf-8", "replace")
    kept = len(text)
    while kept and (text[kept - 1].encode() in _EACH or _is_letter(text[kept - 1], cased=cased)):
        kept -= 1
    return len(text[kept:].encode())


def _is_letter(one: str, *, cased: bool) -> bool:
    if one.isascii():
        return False
    return one.lower() != one.upper() or combining(one) > 0 or (not cased and one.isalpha())


def _end(data: bytes, start: int) -> int | None:
    """Give where the domain ends that begins here, or None when none does."""
    narrow = _DOMAIN.match(data, start)
    text = data[start : start + _LONGEST_DOMAIN]
    behind = narrow.end() - start if narrow else 0
    if text.isascii() or (narrow and not _is_letter(text[behind:].decode("utf-8", "replace")[:1] or " ", cased=True)):
        return narrow.end() if narrow else None
    wide = _WIDE_DOMAIN.match(text.decode("utf-8", "replace"))
    return start + len(wide[0].encode()) if wide and not wide[0].isascii() else None


def _is_harmless(data: bytes, start: int, at: int, domain: bytes) -> bool:
    lowered = domain.lower()
    top = lowered.rpartition(b".")[2]
    return (
        _MACHINE.match(data[start:at]) is not None
        or lowered.endswith(_MACHINES)
        or _RESERVED.search(lowered) is not None
        or top in _FILES
        or _SIZE.match(lowered) is not None  # icon@2x.png
        or _LETTER.search(lowered.rpartition(b".")[0]) is None  # lodash@4.17.21.tar
        or _URL.search(data[max(0, start - _AUTHORITY) : start]) is not None  # the user of an address
    )

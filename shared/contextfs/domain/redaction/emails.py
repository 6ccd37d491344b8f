"""Email addresses of people: not those of machines, of examples, and not what only has their shape."""

from collections.abc import Iterator
from typing import Final

from contextfs.domain.redaction.model import Span
from contextfs.kit.pattern import pattern

_RANK: Final = 4
_LOCAL: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-"
_LONGEST: Final = 64
"""Bytes before the @ (RFC 5321, section 4.5.3.1.1)."""
_DOMAIN: Final = pattern(
    rb"(?P<name>(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,5})(?P<top>[A-Za-z]{2,24})(?![A-Za-z0-9_@-]|\.[A-Za-z0-9])",
)
_LETTER: Final = pattern(rb"[A-Za-z]")
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
        domain = _DOMAIN.match(data, at + 1) if start < at else None
        if domain and not _is_harmless(data, start, at, domain["name"] + domain["top"]):
            yield Span(start, domain.end(), "email", _RANK)
        at = data.find(b"@", at + 1)


def _start(data: bytes, at: int) -> int:
    """Give where the part before the @ begins; in a text that quotes another one it may follow an `n`."""
    before = data[max(0, at - _LONGEST) : at]
    kept = len(before.rstrip(_LOCAL))
    start = at - len(before) + kept
    if data[start - 1 : start] == b"\\" and data[start : start + 1] in {b"n", b"r", b"t"}:
        start += 1
    while start < at and data[start] in b".%-+":
        start += 1
    return start


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

"""Secrets of Kubernetes in its manifests: base64 of what may be a plain word; nothing but its place gives it away."""

import re
from collections.abc import Iterator

from contextfs.domain.redaction.model import Span
from contextfs.kit.pattern import pattern

_RANK = 4
_KIND = pattern(rb"(?im)^[ \t]*kind:[ \t]*[\"']?secret[\"']?[ \t]*\r?$")
_DATA = pattern(rb"(?m)^[ \t]*data:[ \t]*\r?$")
_LINE = pattern(rb"(?m)^[ \t]+(?:[\w.-]{1,253}:[ \t]*)?[\"']?(?P<value>[A-Za-z0-9+/]{8,65536}={0,2})[\"']?[ \t]*\r?$")
_INSIDE = pattern(rb"(?:[ \t]+[^\n]*(?:\n|\Z)|[ \t]*\r?\n|#[^\n]*\n)*")


def manifests(data: bytes, lowered: bytes) -> Iterator[Span]:
    """Find the values below `data:` in a text that is, or has in it, a manifest of the kind `Secret`."""
    if b"secret" not in lowered or b"data:" not in lowered or _KIND.search(data) is None:
        return
    end = 0
    for head in _DATA.finditer(data):
        if head.start() < end:
            continue
        inside = _INSIDE.match(data, head.end() + 1)
        end = inside.end() if inside else head.end()
        yield from (_span(found) for found in _LINE.finditer(data, head.end(), end) if not _is_name(found))


def _span(found: re.Match[bytes]) -> Span:
    return Span(found.start("value"), found.end("value"), "kubernetes-secret", _RANK)


def _is_name(found: re.Match[bytes]) -> bool:
    """Spare words beside the data, such as a name below `metadata:`: base64 comes in fours."""
    return len(found["value"]) % 4 != 0

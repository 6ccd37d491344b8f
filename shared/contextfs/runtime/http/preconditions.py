"""ETag, If-Match and If-None-Match (RFC 9110, section 13): a version is an entity tag."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contextfs.kit.errors import BadInput

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e]*)"\s*(?:,|$)')


def expected_versions(headers: Mapping[str, str]) -> frozenset[str] | None:
    """Read If-Match; None when it was not sent. Weak tags never match a change."""
    return _tags(headers, "if-match", keep_weak=False)


def known_versions(headers: Mapping[str, str]) -> frozenset[str] | None:
    """Read If-None-Match; None when it was not sent."""
    return _tags(headers, "if-none-match", keep_weak=True)


def version_of(reply: Any) -> str | None:
    """Give a reply's version, where its noun has one."""
    version = getattr(reply, "version", None)
    return version if isinstance(version, str) else None


def _tags(headers: Mapping[str, str], name: str, *, keep_weak: bool) -> frozenset[str] | None:
    text = headers.get(name)
    if text is None:
        return None
    if text.strip() == "*":
        return frozenset("*")
    found = list(_each(text))
    if not found or found[-1].end() != len(text):
        shown = "-".join(part.capitalize() for part in name.split("-"))
        detail = f'{shown} takes quoted versions, as ETag gave them: "3f2a…", or *.'
        raise BadInput(detail, where=f"header.{shown}")
    return frozenset(match[2] for match in found if keep_weak or not match[1])


def _each(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(text) and (match := _TAG.match(text, at)):
        yield match
        at = match.end()

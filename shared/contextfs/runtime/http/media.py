"""What a body is, by its Content-Type: a route says what it reads, and all else is refused."""

from collections.abc import Mapping
from email.message import Message
from functools import lru_cache

from contextfs.kit.errors import UnsupportedMedia
from contextfs.runtime.table import FORM, JSON, Route

_TEXTS = frozenset({JSON, FORM})
_UTF_8 = {"", "utf-8", "utf8"}


def media_type_of(route: Route, headers: Mapping[str, str]) -> str:
    """Read the type of a body, one of those that the route accepts; text has to be in UTF-8. Else UnsupportedMedia."""
    media_type, charset = _read(headers.get("content-type", ""))
    if media_type.endswith("+json"):
        media_type = JSON
    if media_type not in route.accepts or (media_type in _TEXTS and charset not in _UTF_8):
        raise UnsupportedMedia(f"Send {_said(route.accepts)}.", where="header.Content-Type")
    return media_type


@lru_cache(64)
def _read(header: str) -> tuple[str, str]:
    """Read a type and its charset, in lower case. Callers send the same few; reading one takes longer than its body."""
    told = Message()
    told["content-type"] = header
    return told.get_content_type(), str(told.get_param("charset", "")).lower()


def _said(accepts: tuple[str, ...]) -> str:
    if accepts == (JSON,):
        return f"JSON in UTF-8: Content-Type: {JSON}"
    return f"one of these as Content-Type: {', '.join(accepts)}"

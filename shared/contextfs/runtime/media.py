"""What a body is, by its Content-Type: a route says what it reads, and all else is refused."""

from collections.abc import Mapping
from email.message import Message

from contextfs.kit.errors import UnsupportedMedia
from contextfs.runtime.table import FORM, JSON, Route

_TEXTS = frozenset({JSON, FORM})
_UTF_8 = {"", "utf-8", "utf8"}


def media_type_of(route: Route, headers: Mapping[str, str]) -> str:
    """Read the type of a body, one of those that the route accepts; text has to be in UTF-8. Else UnsupportedMedia."""
    told = Message()
    told["content-type"] = headers.get("content-type", "")
    media_type, charset = told.get_content_type(), str(told.get_param("charset", "")).lower()
    if media_type.endswith("+json"):
        media_type = JSON
    if media_type not in route.accepts or (media_type in _TEXTS and charset not in _UTF_8):
        raise UnsupportedMedia(f"Send {_said(route.accepts)}.", where="header.Content-Type")
    return media_type


def _said(accepts: tuple[str, ...]) -> str:
    if accepts == (JSON,):
        return f"JSON in UTF-8: Content-Type: {JSON}"
    return f"one of these as Content-Type: {', '.join(accepts)}"

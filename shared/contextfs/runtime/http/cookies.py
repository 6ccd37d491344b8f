"""Our cookies (RFC 6265bis): no script reads them, no other site uses them, and over TLS no neighbour sets them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal

LOGIN: Final = "ctx_login"
BINDER: Final = "ctx_signin"
"""Ties a sign-in that was begun to the browser that began it."""

Crossing = Literal["Lax", "None"]


def read(headers: Mapping[str, str], name: str, public_url: str) -> str | None:
    """Read one of our cookies from a request's headers."""
    wanted = _full_name(name, public_url)
    for part in headers.get("cookie", "").split(";"):
        given, _, value = part.strip().partition("=")
        if given == wanted and value:
            return value
    return None


def write(name: str, value: str, public_url: str, lives: timedelta, crossing: Crossing = "Lax") -> str:
    """Give the Set-Cookie header; `crossing` None lets another site's form bring it, which needs TLS."""
    secure = _is_secure(public_url)
    crosses = crossing if secure else "Lax"
    told = f"{_full_name(name, public_url)}={value}; Path=/; Max-Age={int(lives.total_seconds())}; HttpOnly"
    return f"{told}; SameSite={crosses}{'; Secure' if secure else ''}"


def forget(name: str, public_url: str) -> str:
    """Give the Set-Cookie header that takes a cookie back."""
    return write(name, "", public_url, timedelta(0))


def _full_name(name: str, public_url: str) -> str:
    """Over TLS a browser takes `__Host-` names from this very host alone."""
    return f"__Host-{name}" if _is_secure(public_url) else name


def _is_secure(public_url: str) -> bool:
    return public_url.startswith("https://")

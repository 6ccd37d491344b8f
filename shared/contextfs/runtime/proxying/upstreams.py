"""Which models requests may be passed on to: those that the installation names, and no address of a caller's."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from contextfs.kit.errors import BadInput, Invalid, NotFound

NONE: Final = "none"
_UP: Final = frozenset({".", ".."})


def read(setting: str) -> dict[str, str]:
    """Read `openai=https://api.openai.com,…`; Invalid where one is no address."""
    if setting == NONE:
        return {}
    pairs = [one.partition("=") for one in setting.split(",")]
    return {name: _root(name, address) for name, _, address in pairs}


def address(upstreams: Mapping[str, str], name: str, path: str, query: str) -> str:
    """Give the address below an upstream; `path` is as it was sent. NotFound where no upstream has that name."""
    root = upstreams.get(name)
    if root is None:
        known = ", ".join(upstreams) or "none at all"
        raise NotFound(f"There is no upstream {name[:64]!r} here, but {known}: who runs this server may name others.")
    if any(unquote(part) in _UP for part in unquote(path).replace("\\", "/").split("/")):
        raise BadInput("The path leads up and out of the upstream: send it without `..`.", where="path")
    return f"{root}/{path}?{query}" if query else f"{root}/{path}"


def _root(name: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        is_root = parts.port != 0 and bool(parts.hostname) and parts.username is None
    except ValueError:
        is_root = False
    if not is_root:
        raise Invalid(f"Setting CONTEXTFS_UPSTREAMS: {name} has no address that can be asked: write it as https://….")
    return text.rstrip("/")

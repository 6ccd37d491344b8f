"""Where a request goes: to OpenAI, to Anthropic, or to whatever speaks as they do."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec

from contextfs.kit.errors import Invalid

OPENAI: Final = "https://api.openai.com/v1"
ANTHROPIC: Final = "https://api.anthropic.com"

_OPENAI_SETTINGS: Final = ("CONTEXTFS_OPENAI_UPSTREAM", "OPENAI_BASE_URL", "OPENAI_API_BASE")
_ANTHROPIC_SETTINGS: Final = ("CONTEXTFS_ANTHROPIC_UPSTREAM", "ANTHROPIC_BASE_URL")
_VERSION: Final = "/v1"
_OF_ANTHROPIC: Final = ("/v1/messages", "/v1/complete")
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Upstreams(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses of both, spelled as their own libraries take them: OpenAI's ends in `/v1`, Anthropic's does not."""

    openai: str = OPENAI
    anthropic: str = ANTHROPIC

    def url(self, path: str, query: str, headers: Mapping[str, str]) -> str:
        """Give the address that a request is meant for. Paths that both have are told apart by Anthropic's header."""
        if path.startswith(_OF_ANTHROPIC) or "anthropic-version" in headers:
            address = self.anthropic.rstrip("/") + path
        else:
            address = self.openai.rstrip("/") + path.removeprefix(_VERSION)
        return f"{address}?{query}" if query else address


def found(environment: Mapping[str, str], *, openai: str | None = None, anthropic: str | None = None) -> Upstreams:
    """Give the addresses that are named, or that the environment has for its programs, or the providers' own.

    Invalid where one is no address.
    """
    return Upstreams(
        openai=_address(openai or _first(environment, _OPENAI_SETTINGS) or OPENAI),
        anthropic=_address(anthropic or _first(environment, _ANTHROPIC_SETTINGS) or ANTHROPIC),
    )


def refuse_ourselves(upstreams: Upstreams, port: int) -> None:
    """Refuse to pass requests on to the port that we listen on: they would come back for ever."""
    for address in (upstreams.openai, upstreams.anthropic):
        parts = urlsplit(address)
        if parts.hostname in _LOOPBACK and parts.port == port:
            raise Invalid(f"{address} is this proxy itself: name the model's own address by --openai or --anthropic.")


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((environment[name] for name in names if environment.get(name)), None)


def _address(text: str) -> str:
    if not _is_address(text):
        raise Invalid(f"{text!r} is not an address of a model: write it like {OPENAI}, or http://127.0.0.1:11434/v1.")
    return text


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query and port != 0

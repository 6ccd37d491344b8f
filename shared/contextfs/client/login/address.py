"""Where the server is and which key to use: from arguments, the environment, this machine's stack, or a login."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from contextfs.client.http.errors import Unreachable
from contextfs.client.login.credentials import home, kept, key_of
from contextfs.kit.errors import Invalid, NotAuthenticated, Unavailable
from contextfs.kit.pattern import pattern

if TYPE_CHECKING:
    from urllib.parse import SplitResult

Id = UUID | str
"""An id, as a UUID or written out."""

HERE = pattern(r"http://(127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?/?")
"""The address of a server on this machine, plainly written, with its host and port."""

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_NO_SERVER = "No server is known: start one with `ctx up`, log in by `ctx auth login URL`, or set CONTEXTFS_URL."


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A server, the key to call it with, and the default project, with its name if known."""

    url: str
    key: str
    project_id: UUID | None = None
    project_name: str | None = None

    @property
    def is_secure(self) -> bool:
        """Whether the connection is encrypted."""
        return self.url[:6].lower() == "https:"

    @property
    def is_loopback(self) -> bool:
        """Whether the server runs on this machine, and so without a proxy in between."""
        return HERE.fullmatch(self.url) is not None or _split(self.url).hostname in _LOOPBACK

    def project(self, named: Id | None) -> UUID:
        """Return the named project, or else the default one. Invalid if neither is an id."""
        if named is None and self.project_id is None:
            raise Invalid("No project is named: pass project_id, or set CONTEXTFS_PROJECT_ID.", where="project_id")
        return as_uuid(named or self.project_id or "", "project_id")


class _Founding(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    project_id: UUID
    project: str | None = None

    def address(self, url: str, project_id: UUID | None) -> Address:
        """Return the address of the stack, for a project, or else for its first one."""
        meant = project_id or self.project_id
        name = self.project if meant == self.project_id else None
        return Address(url=url, key=self.key, project_id=meant, project_name=name)


class _Stack(msgspec.Struct, frozen=True, kw_only=True):
    """The part of `stack.json` that is read here."""

    port: int
    founding: _Founding


def find(
    environment: Mapping[str, str],
    *,
    url: str | None = None,
    key: str | None = None,
    project_id: UUID | None = None,
    or_login: bool = False,
) -> Address:
    """Find the server: from CONTEXTFS_URL, CONTEXTFS_API_KEY and CONTEXTFS_PROJECT_ID, or the stack of `ctx up`.

    With `or_login`, if none is known, it is the one server that somebody is logged in at. This is for what a person
    types: agents and recordings use only a server that was named for them.
    A key is sent only to its own server: that of the environment to the server named there, a kept one to the server
    that it was kept for, the stack's to the stack. NotAuthenticated and Unreachable say what is missing.
    """
    usual = environment.get("CONTEXTFS_URL") or None
    url = url or usual
    if usual in {None, url}:
        key = key or environment.get("CONTEXTFS_API_KEY") or None
    key = key or (key_of(environment, url) if url else None)
    named = environment.get("CONTEXTFS_PROJECT_ID")
    project_id = project_id or (as_uuid(named, "CONTEXTFS_PROJECT_ID") if named else None)
    stack = None if url and key else _stack(home(environment) / "stack.json")
    own = f"http://127.0.0.1:{stack.port}" if stack else None
    if url is None and own is None:
        if key is not None:
            raise Unreachable("No server is known for the key: set CONTEXTFS_URL to its server.")
        if not or_login:
            raise Unreachable(_NO_SERVER)
        url = _logged_in_at(environment)
        key = key_of(environment, url)
    url = _checked(url or own or "")
    if stack is not None and url == own and key in {None, stack.founding.key}:
        return stack.founding.address(url, project_id)
    if key is None:
        raise NotAuthenticated(f"No API key is known for {url}: set CONTEXTFS_API_KEY, or log in by `ctx auth login`.")
    return Address(url=url, key=key, project_id=project_id)


def server_of(environment: Mapping[str, str], url: str | None = None) -> str:
    """Return the address of the named server, of CONTEXTFS_URL, of this machine's stack, or of the only login.

    Unreachable if there is none.
    """
    named = url or environment.get("CONTEXTFS_URL")
    if named:
        return _checked(named)
    stack = _stack(home(environment) / "stack.json")
    return _logged_in_at(environment) if stack is None else f"http://127.0.0.1:{stack.port}"


def _logged_in_at(environment: Mapping[str, str]) -> str:
    """Return the one server that somebody is logged in at. Unreachable if there is none, or more than one."""
    logins = {url: one.until for url, one in kept(environment).items() if one.is_login}
    now = datetime.now(UTC)
    known = [url for url, until in logins.items() if until is None or until > now]
    if len(known) > 1:
        raise Unreachable(f"You are logged in at {', '.join(known)}: choose one with CONTEXTFS_URL.")
    if logins and not known:
        ended = next(iter(logins))
        raise Unreachable(f"Your login at {ended} has ended: `ctx auth login {ended}` starts a new one.")
    if not known:
        raise Unreachable(_NO_SERVER)
    return known[0]


def _stack(path: Path) -> _Stack | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Stack)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unavailable(f"{path} cannot be read ({error.strerror}): is it another user's?") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unavailable(f"{path} is damaged ({error}): restore it, or run `ctx up`.") from error


def _checked(url: str) -> str:
    if HERE.fullmatch(url):
        return url.rstrip("/")
    parts = _split(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise Invalid(f"{url!r} is not an address of a server: write it as https://contextfs.example.com.", where="url")
    return url.rstrip("/")


def _split(url: str) -> "SplitResult":
    from urllib.parse import urlsplit  # noqa: PLC0415 - a server on this machine is known by its plain address

    return urlsplit(url)


def as_uuid(value: Id, where: str) -> UUID:
    """Read an id. Invalid says which text is not one, and where it is."""
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except ValueError as error:
        raise Invalid(f"{where} is {value!r}, which is not an id: give all of its 32 digits.", where=where) from error

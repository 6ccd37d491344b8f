"""Keys of servers, kept for one user: in the keyring of the operating system, or in a file that only they can read.

`credentials.json` in the home of ContextFS names each server. Its entry is a key, or a record of one: when it ends,
whether a login made it, and whether the key itself is here or in the keyring. So the keyring is loaded only if it has
the key.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import msgspec

from contextfs.client import private_file
from contextfs.client.login import keyrings
from contextfs.kit.errors import Unavailable

FILE = "credentials.json"


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known about a server's key. `key` is empty if the keyring has it."""

    key: str = ""
    in_keyring: bool = False
    by_login: bool = False
    """Whether `ctx auth login` had it made: then nobody else has it, and a logout ends it."""
    until: datetime | None = None
    logged_in: bool = False
    """Whether `ctx auth login` kept it: one that was kept for a store is for that store."""

    @property
    def is_login(self) -> bool:
        """Whether a login uses it; older versions note this only for a key that the login had made."""
        return self.logged_in or self.by_login


def home(environment: Mapping[str, str]) -> Path:
    """Return the folder of this machine's installation: CONTEXTFS_HOME, or `.contextfs` in the user's home."""
    given = environment.get("CONTEXTFS_HOME")
    return Path(given).expanduser().absolute() if given else Path.home() / ".contextfs"


def key_of(environment: Mapping[str, str], url: str) -> str | None:
    """Return the key that is kept for a server, if there is one. Unavailable if the keyring does not open."""
    found = kept(environment).get(url)
    if found is None:
        return None
    return keyrings.read(_service(environment), url) if found.in_keyring else found.key


def keep(
    environment: Mapping[str, str],
    url: str,
    key: str,
    *,
    by_login: bool = False,
    until: datetime | None = None,
    logged_in: bool = False,
) -> Kept:
    """Keep the key of a server: in the keyring if there is one, else in the file. Return what was kept, and where."""
    in_keyring = keyrings.is_welcome(environment) and keyrings.write(_service(environment), url, key)
    made = Kept(
        key="" if in_keyring else key, in_keyring=in_keyring, by_login=by_login, until=until, logged_in=logged_in
    )
    _write(environment, kept(environment) | {url: made})
    return made


def forget(environment: Mapping[str, str], url: str) -> None:
    """Forget the key of a server, if one is kept."""
    known = kept(environment)
    found = known.pop(url, None)
    if found is None:
        return
    if found.in_keyring:
        keyrings.forget(_service(environment), url)
    _write(environment, known)


def kept(environment: Mapping[str, str]) -> dict[str, Kept]:
    """List the servers that a key is kept for."""
    file = home(environment) / FILE
    try:
        entries: Any = msgspec.json.decode(file.read_bytes())
        named = cast("dict[str, Any]", entries) if isinstance(entries, dict) else {}
        return {
            url: Kept(key=one) if isinstance(one, str) else msgspec.convert(one, Kept) for url, one in named.items()
        }
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Unavailable(f"{file} cannot be read ({error.strerror}): is it another user's?") from None
    except ValueError:  # msgspec's own errors are of this kind
        raise Unavailable(f"{file} is damaged: delete it, and log in again by `ctx auth login`.") from None


def _write(environment: Mapping[str, str], entries: Mapping[str, Kept]) -> None:
    written = {url: one.key if one == Kept(key=one.key) else msgspec.to_builtins(one) for url, one in entries.items()}
    text = msgspec.json.format(msgspec.json.encode(written), indent=2).decode()
    private_file.write(home(environment) / FILE, text)


def _service(environment: Mapping[str, str]) -> str:
    """Return the name that our keys are filed under: each home of ContextFS has its own."""
    return "contextfs" if "CONTEXTFS_HOME" not in environment else f"contextfs {home(environment)}"

"""The keyring of the operating system (Keychain, Credential Locker, Secret Service, KWallet), if there is one.

The package `keyring` reads and writes it: pip install 'contextfs-platform[keyring]'. It is loaded only when a key is
kept or read. CONTEXTFS_KEYRING=off switches it off.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from contextfs.kit.errors import Unavailable

VARIABLE = "CONTEXTFS_KEYRING"
_REAL = 1.0
"""Backends below this priority keep nothing, or keep it in the open."""


def is_welcome(environment: Mapping[str, str]) -> bool:
    """Tell whether keys may go into a keyring, and there is one."""
    return environment.get(VARIABLE, "").lower() != "off" and name() is not None


def name() -> str | None:
    """Return the name of this machine's keyring; None if there is none, or no package for it."""
    try:
        backend = _keyring().get_keyring()
    except ModuleNotFoundError:
        return None
    return str(backend.name) if backend.priority >= _REAL else None


def read(service: str, url: str) -> str | None:
    """Read the key of a server; None if it is not there. Unavailable if the keyring does not open."""
    try:
        keyring = _keyring()
    except ModuleNotFoundError:
        cure = "pip install 'contextfs-platform[keyring]', or log in again by `ctx auth login`"
        raise Unavailable(f"The key for {url} is in the keyring, and the package keyring is missing: {cure}.") from None
    try:
        return keyring.get_password(service, url)
    except keyring.errors.KeyringError as error:
        cure = "unlock it, or set CONTEXTFS_API_KEY"
        raise Unavailable(f"The keyring does not open ({error}): {cure}.") from None


def write(service: str, url: str, key: str) -> bool:
    """Keep the key of a server; False if the keyring does not accept it."""
    keyring = _keyring()
    try:
        keyring.set_password(service, url, key)
    except keyring.errors.KeyringError:
        return False
    return True


def forget(service: str, url: str) -> None:
    """Remove the key of a server, if it is there and the keyring opens."""
    with suppress(ModuleNotFoundError):
        keyring = _keyring()
        with suppress(keyring.errors.KeyringError):
            keyring.delete_password(service, url)


def _keyring() -> Any:
    import keyring  # noqa: PLC0415 - it looks for the system's services as it loads

    return keyring

"""Addresses of databases as a new connection needs them: with the password, or the token, that holds now."""

import logging
import time
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache, partial
from tempfile import NamedTemporaryFile
from typing import IO

from contextfs.adapters.database import address
from contextfs.adapters.database.address import Address
from contextfs.kit.clock import Clock, system_clock
from contextfs.kit.errors import ContextFSError, Invalid
from contextfs.kit.ports import Logins
from contextfs.kit.settings import PREFIX, Settings
from contextfs.runtime.secrets import Kept

_log = logging.getLogger(__name__)

PASSWORD = "password"  # noqa: S105 - the name of a way to log in


class Addresses:
    """Gives the address of each database. Connections that are open are none of its business."""

    def __init__(
        self,
        settings: Settings,
        environment: Mapping[str, str] | None = None,
        *,
        clock: Clock = system_clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._environment = environment or {}
        self._by_password = settings.database_login == PASSWORD
        self._check = address.parsed if self._by_password else address.passwordless
        self._kept = Kept(self._environment, monotonic, check=self._check)
        self._clock = clock

    def of(self, field: str) -> Address | None:
        """Give the address that a setting holds, or what tells it anew to each connection; None for none.

        It is told anew where its text is kept elsewhere, and where tokens take the place of a password that it lacks.
        Invalid names the setting whose text is no address, or whose server cannot be given a token. What is read later
        is judged in the same way; what is refused then is not taken, and the address that was known holds.
        """
        told: str | None = getattr(self._settings, field)
        variable = f"{PREFIX}{field.upper()}"
        if told is None:
            return None
        try:
            self._check(told)
        except Invalid as error:
            raise Invalid(f"Setting {variable}: {error.detail}.") from None
        current = self._vouched_for(self._current(variable, told))
        if self._by_password or (isinstance(current, str) and address.passwordless(current) is None):
            return current
        return partial(_with_token, variable, current, self._logins)

    def _current(self, variable: str, told: str) -> Address:
        if not self._kept.names(variable):
            return told
        return lambda: self._kept.text(variable, told)

    def _vouched_for(self, current: Address) -> Address:
        """Name the file of the authority that the settings hold: libpq reads one from a file alone."""
        if self._settings.database_authority is None:
            return current
        file = _file_of(self._settings.database_authority).name
        if isinstance(current, str):
            return address.with_authority(current, file)
        return lambda: address.with_authority(current(), file)

    @cached_property
    def _logins(self) -> Logins:
        """Choose who gives tokens."""
        try:
            if self._settings.database_login == "gcp-iam":
                from contextfs.adapters.clouds.gcp.logins import GoogleLogins  # noqa: PLC0415 - a heavy SDK

                return GoogleLogins()
            from contextfs.adapters.clouds.aws.logins import logins  # noqa: PLC0415 - only where it is chosen

            return logins(self._environment, self._clock)
        except ModuleNotFoundError as error:
            extra = self._settings.database_login.partition("-")[0]
            cure = f"pip install 'contextfs-platform[{extra}]'"
            raise Invalid(f"CONTEXTFS_DATABASE_LOGIN needs the package {error.name}: {cure}.") from error


@lru_cache
def _file_of(certificates: str) -> IO[str]:
    """Write certificates into a file of this process's own; it is there as long as the cache, which is this process."""
    try:
        file = NamedTemporaryFile("w", suffix=".pem", encoding="utf-8")  # noqa: SIM115 - the cache holds it
        file.write(certificates)
        file.flush()
    except OSError as error:
        detail = f"CONTEXTFS_DATABASE_AUTHORITY cannot be kept in a file ({error.strerror}): TMPDIR names a folder."
        raise Invalid(detail) from error
    return file


def _with_token(variable: str, current: Address, logins: Logins) -> str:
    """Give an address as it is now; the token, where it lacks a password, is for the server that it names now."""
    told = address.now(current)
    login = address.passwordless(told)
    if login is None:
        return told
    try:
        return address.with_password(told, logins.password(*login))
    except ContextFSError as error:
        _log.warning("no token to log in by", extra={"setting": variable, "detail": error.detail})
        raise

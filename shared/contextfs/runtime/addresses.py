"""Addresses of databases as a new connection needs them: with the password that holds now."""

from contextfs.adapters.database.address import Address
from contextfs.kit.settings import PREFIX, Settings
from contextfs.runtime.secrets import Kept


class Addresses:
    """Gives the address of each database. Connections that are open are none of its business."""

    def __init__(self, settings: Settings, kept: Kept | None = None) -> None:
        self._settings = settings
        self._kept = kept

    def of(self, field: str) -> Address | None:
        """Give the address that a setting holds, or what reads it anew where that is kept elsewhere; None for none."""
        before: str | None = getattr(self._settings, field)
        variable = f"{PREFIX}{field.upper()}"
        kept = self._kept
        if before is None or kept is None or not kept.names(variable):
            return before
        return lambda: kept.text(variable, before)

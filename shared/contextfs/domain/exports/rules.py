"""Where an export lies, how long it is kept, and when it is given up."""

from datetime import timedelta
from typing import Final
from uuid import UUID

KEPT: Final = timedelta(days=7)
LINK: Final = timedelta(minutes=15)
"""How long a link opens an export; who comes later asks for another."""
WRITTEN_WITHIN: Final = timedelta(hours=2)
"""An export that is pending longer was given up: its event is among the dead letters, or its writer never came."""


def key(org_id: UUID, export_id: UUID) -> str:
    """Give the key of an export's file: each organization has a folder of its own."""
    return f"exports/{org_id}/{export_id}.zip"


def file_name(export_id: UUID) -> str:
    """Give the name that an export is downloaded as."""
    return f"contextfs-{export_id}.zip"

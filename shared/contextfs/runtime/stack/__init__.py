"""The whole platform on one machine: a database, the gateway, the relay and the worker, kept running."""

from contextfs.runtime.stack.control import (
    DEFAULT_PORT,
    down,
    is_outdated,
    measure,
    owner_of,
    settings_of,
    status,
    up,
)
from contextfs.runtime.stack.home import Home
from contextfs.runtime.stack.model import Stack, StackStatus
from contextfs.runtime.stack.probe import supervised

__all__ = [
    "DEFAULT_PORT",
    "Home",
    "Stack",
    "StackStatus",
    "down",
    "is_outdated",
    "measure",
    "owner_of",
    "settings_of",
    "status",
    "supervised",
    "up",
]

"""How each session of the API and of the relay begins: told when it starts, or kept as defaults of their roles.

A proxy that shares connections among sessions (RDS Proxy, PgBouncer) refuses what is told, so migrations keep the same
as defaults of the roles in this database.
"""

from collections.abc import Mapping

SETTINGS: Mapping[str, str] = {
    "search_path": "contextfs, public, pg_temp",
    "timezone": "UTC",
    "datestyle": "ISO",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}
ROLES: Mapping[str, Mapping[str, str]] = {
    "contextfs_app": SETTINGS,
    # The tables of events are empty in one moment and full in the next: what the planner knows of their size is wrong,
    # and it would read a full one whole for every batch. Indexes are right for each question of the relay.
    "contextfs_relay": {**SETTINGS, "enable_seqscan": "off"},
}
"""Each role with the defaults of its sessions."""


def options() -> str:
    """Write the settings as the start of a session tells them."""
    return " ".join(f"-c {name}={value.replace(' ', '')}" for name, value in SETTINGS.items())

"""The server's settings: small, durable, and quiet about content. They win over the configuration file."""

import sys
from collections.abc import Mapping

SETTINGS: Mapping[str, str] = {
    # Memory of a laptop's background service.
    "shared_buffers": "64MB",
    "max_connections": "100",
    "huge_pages": "off",
    "max_logical_replication_workers": "0",
    # What was answered is on the disk.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    # One call for the whole disk where a thousand would cost seconds after a crash; Linux alone has it.
    "recovery_init_sync_method": "syncfs" if sys.platform == "linux" else "fsync",
    # The same answers as on a cloud's server, whatever this machine is set to.
    "jit": "off",
    "timezone": "UTC",
    "password_encryption": "scram-sha-256",
    # A client that hangs must not hold its locks.
    "idle_in_transaction_session_timeout": "60s",
    # The log tells of failures, never of texts and values.
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_messages": "log",  # an ERROR quotes values, and ranks below LOG; its client is told anyway
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    # The folder of the socket is closed to others; so is the socket.
    "unix_socket_permissions": "0700",
}


SINCE: Mapping[int, Mapping[str, str]] = {
    18: {"io_method": "sync"},  # no processes that read ahead for others: three of them take 20 MB
}
"""Settings that a version of Postgres brought."""


def arguments(options: Mapping[str, str], major: int) -> list[str]:
    """Write the settings of a major version, with `options` over them, as arguments of `postgres`."""
    later = {name: value for since, brought in SINCE.items() if since <= major for name, value in brought.items()}
    return [f"--{name}={value}" for name, value in {**SETTINGS, **later, **options}.items()]

"""Why a database lets nobody in, for logs: in words that are known beforehand, since the driver's quote an address.

An `@` in a password that is not written as `%40` makes the end of it a part of the host, for one.
"""

import psycopg

_REFUSALS = (
    "password authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "is not permitted to log in",
    "too many clients",
    "too many connections",
    "connection slots are reserved",
    "starting up",
    "shutting down",
    "connection refused",
    "timeout expired",
    "could not translate host name",
    "failed to resolve host",
    "network is unreachable",
    "no route to host",
    "no such file or directory",
    "certificate verify failed",
    "server certificate for",
    "root certificate file",
    "server does not support ssl",
    "does not exist",
)
"""What libpq and servers say, in lower case."""


def why(error: psycopg.Error) -> dict[str, object]:
    """Tell the kind of an error, and what is known of its text."""
    text = str(error).lower()
    return {"kind": type(error).__name__, "reasons": [one for one in _REFUSALS if one in text]}

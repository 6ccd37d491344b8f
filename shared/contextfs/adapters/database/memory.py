"""How much memory one backend of a server on this machine may take, held to by the kernel.

Postgres has no such limit. Where its processes are ours to hold (Linux, one machine; the same user, or a capability,
CAP_SYS_RESOURCE, that root in a container mostly lacks) a backend is given one for what it allocates: it then tells
that memory has run out, and goes on. Its stack and what is shared do not count. It does nothing for a server elsewhere,
nor for one of another user.
"""

import sys
from pathlib import Path

MOST = 256 * 1024 * 1024
"""Bytes that a backend may allocate."""


def hold(backend: int, role: str, most: int = MOST) -> bool:
    """Hold a backend of the server to its memory; False where it is not seen here, or not ours to hold.

    `role` is who it serves: a process with that number here may be another one than that of a server elsewhere.
    """
    if sys.platform != "linux":
        return False
    import resource  # noqa: PLC0415 - not on every system

    try:
        called = Path(f"/proc/{backend}/cmdline").read_bytes()
        if not called.startswith(b"postgres: ") or role.encode() not in called:
            return False
        resource.prlimit(backend, resource.RLIMIT_DATA, (most, most))
    except (OSError, ValueError):
        return False
    return True

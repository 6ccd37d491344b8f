"""Changes who the process is and becomes another program: run by its path in an interpreter of its own.

`python -I -S launch.py (plain|namespace|drop) <uid> <gid> (attached|detached) <program> <arguments…>`

It is a process of its own because a fork out of a program with threads may hang. `namespace` makes a user namespace in
which the caller goes by that uid (user_namespaces(7)), so a program that refuses root runs with root's own files and
without root's powers. `drop` becomes that user for good. `detached` leaves the program to init, as a daemon.
"""

import os
import signal
import sys
from pathlib import Path

_CLONE_NEWUSER = 0x10000000


def main(arguments: list[str]) -> None:
    """Become the program; OSError when the system refuses the change."""
    mode, uid, gid, life, *command = arguments
    if mode == "namespace":
        enter_namespace(int(uid), int(gid))
    elif mode == "drop":
        os.setgroups([int(gid)])
        os.setgid(int(gid))
        os.setuid(int(uid))
    for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored_by_python, signal.SIG_DFL)
    if life == "detached" and os.fork():
        os._exit(0)
    os.execv(command[0], command)  # noqa: S606 - the program and its arguments come from this package


def enter_namespace(uid: int, gid: int) -> None:
    """Make a user namespace in which this process is `uid`:`gid`; outside it stays who it was."""
    own_uid, own_gid = os.geteuid(), os.getegid()
    _unshare_user()
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny", encoding="ascii")
    (own / "uid_map").write_text(f"{uid} {own_uid} 1", encoding="ascii")
    (own / "gid_map").write_text(f"{gid} {own_gid} 1", encoding="ascii")


def _unshare_user() -> None:
    if sys.version_info >= (3, 12):
        os.unshare(_CLONE_NEWUSER)
        return
    import ctypes  # noqa: PLC0415 - costs 10 ms, and this mode alone needs it

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), "a new user namespace")


if __name__ == "__main__":
    main(sys.argv[1:])

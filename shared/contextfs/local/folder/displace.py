"""A file takes another one's place, and nothing is lost: what was there is looked at once it has no place any more.

Between a look at a file and a rename over it, an editor may save. So the two change places in one step (renameat2 of
Linux, renamex_np of macOS): what lay there lies beside then, where nobody opens it anew, and is given back if it is not
what was meant. Where a system cannot do that, the file is looked at right before.

It cannot tell who has a file open without having written yet, but on Linux: there a read lease is refused meanwhile.
"""

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache

Look = Callable[[str], bool]
"""Tells of what is to give way, by the path where it lies, whether nothing is lost by that."""

_CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM})
_HERE = -100
"""AT_FDCWD: a path is one from the working folder."""


def put(beside: str, target: str, may: Look) -> bool:
    """Put a file in the place of another one, or where there is none; False, and all is as it was, where `may` says no.

    `beside` is a path of ours on the same file system, and gone after; OSError when it cannot be done.
    """
    if not os.path.lexists(target):
        return put_new(beside, target)
    if not may(target):
        return False
    try:
        is_exchanged = _exchanged(beside, target)
    except FileNotFoundError:
        return False  # somebody deleted it meanwhile
    if not is_exchanged:
        os.replace(beside, target)  # noqa: PTH105 - thousands of files, one by one
    elif _is_in_use(beside, target) or not may(beside):
        _give_back(beside, target)
        return False
    else:
        os.unlink(beside)  # noqa: PTH108 - as above
    return True


def put_new(beside: str, target: str) -> bool:
    """Put a file where none is; one that came there meanwhile stays."""
    try:
        _link(beside, target)
    except FileExistsError:
        return False
    with suppress(FileNotFoundError):
        os.unlink(beside)  # noqa: PTH108 - as above
    return True


def take(target: str, beside: str, may: Look) -> bool:
    """Take a file away; False, and it is where it was, where `may` says no. FileNotFoundError when there is none."""
    if not may(target):
        return False
    os.replace(target, beside)  # noqa: PTH105 - as above
    if not _is_in_use(beside, None) and may(beside):
        os.unlink(beside)  # noqa: PTH108 - as above
        return True
    with suppress(FileExistsError):  # whoever saves there again saves what came after
        _link(beside, target)
    with suppress(FileNotFoundError):
        os.unlink(beside)  # noqa: PTH108 - as above
    return False


def _link(beside: str, target: str) -> None:
    """Give a file a second name, or where there are no such things a new one."""
    try:
        os.link(beside, target)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        os.rename(beside, target)  # noqa: PTH104 - as above


def _give_back(beside: str, target: str) -> None:
    """Change places once more, and again where somebody has saved there since: what was saved last stays."""
    ours = os.lstat(target).st_ino
    if _exchanged(beside, target) and os.lstat(beside).st_ino != ours:
        _exchanged(beside, target)
    os.unlink(beside)  # noqa: PTH108 - as above


def _exchanged(one: str, other: str) -> bool:
    """Have two files change places; False where a system cannot do that."""
    exchange = _exchange()
    if exchange is None:
        return False
    code = exchange(os.fsencode(one), os.fsencode(other))
    if code and code not in _CANNOT:
        raise OSError(code, os.strerror(code), other)
    return not code


@cache
def _exchange() -> Callable[[bytes, bytes], int] | None:
    """Find what exchanges two paths and gives the number of the error; loaded where a file is written anew."""
    if not sys.platform.startswith(("linux", "darwin")):
        return None
    import ctypes  # noqa: PLC0415 - 4 ms, which most commands need not spend

    library = ctypes.CDLL(None, use_errno=True)
    is_linux = sys.platform.startswith("linux")
    call = getattr(library, "renameat2" if is_linux else "renamex_np", None)
    if call is None:
        return None

    def exchange(one: bytes, other: bytes) -> int:
        done = call(_HERE, one, _HERE, other, 2) if is_linux else call(one, other, 2)
        return ctypes.get_errno() if done else 0

    return exchange


def _is_in_use(path: str, ours: str | None) -> bool:
    """Tell whether somebody has a file open to write in it; who says so of a file of `ours` as well tells nothing."""
    if not sys.platform.startswith("linux"):
        return False
    from contextfs.local.folder import lease  # noqa: PLC0415 - other systems do not tell

    return lease.is_refused(path) and not (ours and lease.is_refused(ours))

"""Whether somebody has a file open to write in it, as Linux tells: a read lease is refused while somebody has.

It keeps no lease. Linux only; loaded there alone.
"""

import fcntl
import os
import signal


def is_refused(path: str) -> bool:
    """Tell whether somebody who writes has a lease refused; False of a link, and where a file system gives none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)  # whoever opens it meanwhile sends this: nobody heeds it
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False

"""Tell whether a process still runs: what it left unfinished is otherwise left for good."""

import os
import sys


def is_running(process: int) -> bool:
    """Tell whether another process runs; where the system cannot be asked without harm, none is taken to."""
    if sys.platform == "win32" or process in {0, os.getpid()}:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

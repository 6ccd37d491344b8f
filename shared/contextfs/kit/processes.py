"""What other processes of this machine are: a process number alone may have been given to any program since."""

import os
import subprocess
import sys
from pathlib import Path


def command_line(pid: int) -> str:
    """Give a process's program and arguments, with a space between any two; empty when there is none of this number."""
    if sys.platform == "linux":
        try:
            return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).rstrip("\0").replace("\0", " ")
        except OSError:
            return ""
    asked = subprocess.run(  # noqa: S603 - a number is its only argument
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def works_in(pid: int, folder: Path) -> bool | None:
    """Tell whether a process has this working folder; None where that cannot be seen: another user's, or no Linux."""
    if sys.platform != "linux":
        return None
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except PermissionError:
        return None
    except OSError:
        return False

"""A person at a terminal: a program runs on a real pseudo-terminal, and is typed to."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_SECONDS = 60.0
_STARTER = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever runs the tests in the background ignores it, and hands that on
os.execvp(sys.argv[1], sys.argv[1:])
"""
CTX = (sys.executable, "-m", "clients.cli.main")


class Person:
    """Starts a program, types, and reads what is shown."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        self.resize(30, 100, tell=False)
        self.program = subprocess.Popen(
            [sys.executable, "-c", _STARTER, *command],
            cwd=folder,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""
        self._read_to = 0

    def sees(self, text: str) -> str:
        """Wait until a text is shown, after the last one; gives what was shown till then."""
        deadline = time.monotonic() + _SECONDS
        while text not in self.shown[self._read_to :]:
            assert self._look(deadline), f"{text!r} is not shown in {self.shown!r}"
        end = self.shown.index(text, self._read_to) + len(text)
        before, self._read_to = self.shown[self._read_to : end], end
        return before

    def types(self, text: str) -> None:
        """Type."""
        os.write(self._master, text.encode())

    def resize(self, rows: int, columns: int, *, tell: bool = True) -> None:
        """Change the size of the window."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if tell:
            self.program.send_signal(signal.SIGWINCH)

    def leaves(self) -> int:
        """Wait until the program has ended; gives its exit code."""
        deadline = time.monotonic() + _SECONDS
        while self._look(deadline):
            pass
        try:
            return self.program.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not leave after {self.shown!r}") from None

    def ends(self) -> None:
        """End the program, where it has not left."""
        self.program.kill()
        self.program.wait()
        os.close(self._master)

    def _look(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            part = os.read(self._master, 65536)
        except OSError:
            return False
        self.shown += part.decode(errors="replace")
        return bool(part)

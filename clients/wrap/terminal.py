"""Runs a program on a terminal of its own, between the person's terminal and it: each byte goes on as it comes.

Sizes, signals, colours and modes are the program's, as with `script(1)`: Ctrl-C and Ctrl-Z go to it. It is loaded where
there are pseudo-terminals, and never on win32.
"""

import errno
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import tty
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from clients.wrap.process import FORWARDED, forwarding, refused, write_all
from clients.wrap.tape import Tape

_CHUNK: Final = 1 << 16
_END_OF_FILE: Final = b"\x04"


def run(command: Sequence[str], environment: Mapping[str, str], tape: Tape) -> int:
    """Run a program; gives its exit code, negative where a signal ended it."""
    tape.size = size = _size(0) or _size(1) or (24, 80)
    keyboard = os.isatty(0)
    piped = None if keyboard else os.dup(0)
    process, master = pty.fork()
    if process == 0:
        _become(command, environment, piped)
    if piped is not None:
        os.close(piped)
    _resize(master, size)
    with _raw(is_terminal=keyboard), _woken(master, tape) as bell:
        carrier = _Carrier(process, master, bell, tape, keyboard=keyboard)
        with forwarding(carrier.signal):
            carrier.carry()
            carrier.wait()
    os.close(master)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1] if carrier.ended is None else carrier.ended)


class _Carrier:
    """Carries bytes both ways until the program has ended and all that it wrote is out.

    `ended` is how it ended, as `waitpid` gives it, where it was waited for meanwhile.
    """

    def __init__(self, process: int, master: int, bell: int, tape: Tape, *, keyboard: bool) -> None:
        self._process = process
        self._master = master
        self._bell = bell
        self._tape = tape
        self._reading = {master, bell, 0} if keyboard else {master, bell}
        self._pending = bytearray()
        self._is_over = False
        self.ended: int | None = None
        os.set_blocking(master, False)

    def carry(self) -> None:
        """Go on until nothing more comes."""
        while True:
            writing = [self._master] if self._pending else []
            ready, free, _ = select.select(self._reading, writing, [])
            if self._bell in ready:
                os.read(self._bell, 512)
            if 0 in ready:
                self._type()
            if free:
                self._flush()
            if self._master in ready and not self._show() and self._is_over:
                return
            if self._bell in ready and self._has_ended():
                while self._show():
                    pass
                return

    def wait(self) -> None:
        """Go on until the program has ended: it may have let go of its terminal before."""
        while not self._has_ended():
            select.select([self._bell], [], [])
            os.read(self._bell, 512)

    def signal(self, number: int) -> None:
        """Send the program a signal, unless it was waited for: its number may be another one's since."""
        if self.ended is None:
            with suppress(ProcessLookupError):
                os.kill(self._process, number)

    def _show(self) -> bool:
        """Show what the program wrote; False where there is nothing more now, or ever."""
        part = self._written()
        if not part:
            return False
        try:
            write_all(1, part)
        except BrokenPipeError:
            self.signal(signal.SIGHUP)
            self._is_over = True
            return False
        self._tape.add("output", part)
        return True

    def _written(self) -> bytes:
        """Take what the program has written by now: a terminal gives 4 kB at a time, however much there is."""
        parts: list[bytes] = []
        size = 0
        while size < _CHUNK:
            try:
                part = os.read(self._master, _CHUNK)
            except OSError as error:
                if error.errno not in {errno.EIO, errno.EAGAIN}:
                    raise
                self._is_over = error.errno == errno.EIO  # else there was nothing, whatever was promised
                break
            if not part:
                self._is_over = True
                break
            parts.append(part)
            size += len(part)
        return b"".join(parts)

    def _type(self) -> None:
        """Take what is typed; it waits here while the program does not read, so that both never wait for each other."""
        part = os.read(0, _CHUNK)
        if not part:
            self._reading.discard(0)
            self._pending += _END_OF_FILE
            return
        self._pending += part
        modes = termios.tcgetattr(self._master)[3]
        echoed, by_line = modes & termios.ECHO, modes & termios.ICANON
        if echoed or not by_line:  # a line without an echo is a password
            self._tape.add("typed" if echoed else "hidden", part)

    def _flush(self) -> None:
        with suppress(BlockingIOError):
            del self._pending[: os.write(self._master, self._pending)]

    def _has_ended(self) -> bool:
        """Tell whether the program has ended; without `waitid` (macOS before Python 3.13) it is waited for then."""
        try:
            if hasattr(os, "waitid"):
                return os.waitid(os.P_PID, self._process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
            with _undisturbed():
                if self.ended is None:
                    done, status = os.waitpid(self._process, os.WNOHANG)
                    self.ended = status if done else None
        except ChildProcessError:
            return True
        return self.ended is not None


def _become(command: Sequence[str], environment: Mapping[str, str], piped: int | None) -> None:
    """Become the program, in the child; it does not return. What is piped to us is piped to it."""
    try:
        if piped is not None:
            os.dup2(piped, 0)
            os.close(piped)
        os.execvpe(command[0], list(command), dict(environment))  # noqa: S606 - it is what the user asked for
    except OSError as error:
        code = refused(command, error)
        sys.stderr.flush()
        os._exit(code)


def _size(handle: int) -> tuple[int, int] | None:
    try:
        rows, columns, _, _ = struct.unpack("HHHH", fcntl.ioctl(handle, termios.TIOCGWINSZ, bytes(8)))
    except OSError:
        return None
    return (rows, columns) if rows and columns else None


def _resize(master: int, size: tuple[int, int]) -> None:
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))


@contextmanager
def _undisturbed() -> Generator[None]:
    """Let signals wait that would be forwarded: none comes between what a call did and what is noted of it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, FORWARDED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _raw(*, is_terminal: bool) -> Generator[None]:
    """Hand each key on at once; the person's terminal is as it was afterwards, whatever happens."""
    if not is_terminal:
        yield
        return
    before: list[Any] = termios.tcgetattr(0)
    try:
        tty.setraw(0)
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


@contextmanager
def _woken(master: int, tape: Tape) -> Generator[int]:
    """Give what can be read when a signal came: a child ended, or the window changed."""
    reading, writing = os.pipe()
    for one in (reading, writing):
        os.set_blocking(one, False)

    def resized(_number: int, _frame: object) -> None:
        size = _size(0) or _size(1)
        if size is not None:
            _resize(master, size)
            tape.add("size", b"%d %d" % size)

    wakeup = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    before = {one: signal.signal(one, do) for one, do in ((signal.SIGWINCH, resized), (signal.SIGCHLD, _heed))}
    os.write(writing, b"\0")  # it may have ended before we listened
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(wakeup)
        for one, handler in before.items():
            signal.signal(one, handler)
        os.close(reading)
        os.close(writing)


def _heed(_number: int, _frame: object) -> None:
    """Let the signal ring."""

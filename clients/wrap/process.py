"""Runs a program as a shell would: its exit code, its signals and its streams are its own."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from stat import S_ISREG
from typing import IO, Final

from clients.wrap.tape import MOST_BYTES, Tape

NOT_FOUND: Final = 127
NOT_EXECUTABLE: Final = 126

_CHUNK: Final = 1 << 19
FORWARDED: Final = () if sys.platform == "win32" else (signal.SIGTERM, signal.SIGHUP)
"""What asks us to end is for the program."""
_LEFT_TO_CHILD: Final = (signal.SIGINT,) if sys.platform == "win32" else (signal.SIGINT, signal.SIGQUIT)
"""A terminal sends these to the program as well, which decides what they mean."""


def untouched(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a program on our own streams; gives its exit code, negative where a signal ended it."""
    try:
        program = subprocess.Popen(command, env=environment)  # noqa: S603 - it is what the user asked for
    except OSError as error:
        return refused(command, error)
    with forwarding(program.send_signal):
        return program.wait()


def piped(command: Sequence[str], environment: Mapping[str, str], tape: Tape) -> int:
    """Run a program whose output is no terminal, and take a copy of what it reads and writes. Gives as `untouched`."""
    given = _given(tape)
    try:
        program = _started(command, environment, given)
    except OSError as error:
        return refused(command, error)
    with forwarding(program.send_signal):
        if program.stdin is not None:
            threading.Thread(target=_feed, args=(program.stdin, tape), daemon=True).start()
        assert program.stdout is not None  # noqa: S101 - it is a pipe
        _drain(program.stdout, tape)
        return program.wait()


def refused(command: Sequence[str], error: OSError) -> int:
    """Tell why a program did not start, with the code that shells give."""
    sys.stderr.write(f"ctx wrap: {command[0]}: {error.strerror}\n")
    return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE


@contextmanager
def forwarding(send: Callable[[int], None]) -> Generator[None]:
    """Pass on what asks us to end, by `send`, and leave the rest to the program, while it runs.

    `send` sends nothing once the program was waited for: its number may be another one's then.
    """

    def forward(number: int, _frame: object) -> None:
        send(number)

    before = {one: signal.signal(one, forward) for one in FORWARDED}
    before |= {one: signal.signal(one, _nothing) for one in _LEFT_TO_CHILD}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _nothing(_number: int, _frame: object) -> None:
    """Heed nothing: unlike to ignore, this is not handed down to programs."""


def _given(tape: Tape) -> int | None:
    """Tell where the program reads: a file or a terminal is its own, from a pipe we take a copy."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return None
    if S_ISREG(mode):
        tape.add("typed", os.pread(0, MOST_BYTES // 2, os.lseek(0, 0, os.SEEK_CUR)) if hasattr(os, "pread") else b"")
        return None
    return None if os.isatty(0) else subprocess.PIPE


def _started(command: Sequence[str], environment: Mapping[str, str], given: int | None) -> "subprocess.Popen[bytes]":
    """Start a program on pipes that hold as much as we take at once, where the system allows this user such ones."""

    def start(size: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 - as above
            command, env=environment, stdin=given, stdout=subprocess.PIPE, pipesize=size
        )

    try:
        return start(_CHUNK)
    except PermissionError:
        return start(-1)  # where it is the program that may not be run, this tells so


def _feed(into: IO[bytes], tape: Tape) -> None:
    with suppress(OSError, ValueError), into:
        while part := os.read(0, _CHUNK):
            tape.add("typed", part)
            into.write(part)
            into.flush()


def _drain(stream: IO[bytes], tape: Tape) -> None:
    """Hand the output on; where nobody reads it any more the program is told so, as by a pipe of its own."""
    with stream:
        while part := os.read(stream.fileno(), _CHUNK):
            try:
                write_all(1, part)
            except BrokenPipeError:
                return
            tape.add("output", part)


def write_all(handle: int, data: bytes) -> None:
    """Write all of it, however little is taken at once."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]

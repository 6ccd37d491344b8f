"""Carries the protocol between an editor and an agent, byte for byte, and lets a listener read along."""

import os
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from clients.wrap.process import forwarding, refused, write_all

MOST_OF_A_LINE: Final = 64 << 20
"""Bytes of a message that is read along; a longer one passes all the same."""

_CHUNK: Final = 1 << 16


def run(command: Sequence[str], editor: Callable[[bytes], object], agent: Callable[[bytes], object]) -> int:
    """Run an agent on our own streams; `editor` and `agent` are given each line. Gives its exit code, as shells do."""
    try:
        program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - as the user asked
    except OSError as error:
        return refused(command, error)
    if program.stdin is None or program.stdout is None:
        raise RuntimeError("a pipe is missing")
    there, back = program.stdin.fileno(), program.stdout.fileno()

    def forth() -> None:
        _carry(0, there, Lines(editor), first=True)  # no answer may come before its question was read
        with suppress(OSError):
            program.stdin.close()  # pyright: ignore[reportOptionalMemberAccess] - looked at above

    with forwarding(program.send_signal):
        threading.Thread(target=forth, daemon=True).start()
        _carry(back, 1, Lines(agent))
        program.stdout.close()
        return program.wait()


class Lines:
    """Parts what passes into lines. Whatever a reader does wrong stays here: then nothing more is read."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self._parts: list[bytes] = []
        self._size = 0
        self._is_broken = False

    def add(self, data: bytes) -> None:
        """Take what passed."""
        *ends, rest = data.split(b"\n")
        for end in ends:
            self._keep(end)
            if self._size <= MOST_OF_A_LINE and not self._is_broken:
                self._give(b"".join(self._parts))
            self._parts, self._size = [], 0
        self._keep(rest)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > MOST_OF_A_LINE:
            self._parts.clear()
        else:
            self._parts.append(part)

    def _give(self, line: bytes) -> None:
        try:
            self._take(line)
        except Exception:  # noqa: BLE001 - the editor and the agent go on
            self._is_broken = True


def _carry(source: int, target: int, lines: Lines, *, first: bool = False) -> None:
    """Carry all that comes; it is read along before it goes on, or after."""
    with suppress(OSError):
        while data := os.read(source, _CHUNK):
            if first:
                lines.add(data)
            write_all(target, data)
            if not first:
                lines.add(data)

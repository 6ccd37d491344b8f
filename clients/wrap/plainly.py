"""What was said where no terminal was: one request and one answer, as bytes that are text, or are not."""

import re
import shlex
from collections.abc import Sequence
from typing import Final

from clients.wrap.tape import Tape
from contextfs.domain.sessions.model import NewMessage

_ESCAPES: Final = re.compile(
    r"\x1b(?:\[[0-9;:?<>=]*[ ]?[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])|[\x00-\x08\x0b-\x1f\x7f]"
)
_LEAST_TEXT: Final = 0.9


def request_and_answer(command: Sequence[str], tape: Tape) -> list[NewMessage]:
    """Give what a program was given, or else how it was called, and what it wrote."""
    given = b"".join(event.data for event in tape.events() if event.kind == "typed")
    answer = _text(tape.output())
    if not answer.strip():
        return []
    left_out = {"left_out_bytes": tape.left_out} if tape.left_out else {}
    asked = _text(given) if given.strip() else ""
    called = shlex.join(command)
    return [
        NewMessage(role="user", content=f"{called}\n{asked}".strip()),
        NewMessage(role="assistant", content=answer, metadata=left_out),
    ]


def called(command: Sequence[str]) -> NewMessage:
    """Give how a program was called, as what a person said to it."""
    return NewMessage(role="user", content=shlex.join(command))


def _text(data: bytes) -> str:
    """Read a text without what steers a terminal; of what is none only its size is told."""
    text = data.decode(errors="replace")
    plain = _ESCAPES.sub("", text.replace("\r\n", "\n"))
    if "\0" in text or plain.count("\ufffd") > len(plain) * (1 - _LEAST_TEXT):
        return f"[{len(data):,} bytes that are not text]"
    return plain

"""What was said, as people and programs hand it to a command: words, a text, or JSON lines."""

import sys
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

import msgspec

from contextfs.domain.sessions.model import NewMessage, Role
from contextfs.kit.errors import Invalid
from contextfs.kit.expected import refused

STDIN = "-"

_TURNS: tuple[Role, Role] = ("user", "assistant")


def spoken(words: Sequence[str], role: Role | None) -> list[NewMessage]:
    """Give the messages of a command's words; `-`, or no words and something piped in, reads standard input.

    Several words are turns: the user's, the assistant's, and so on; with a role, all are of that role.
    """
    if list(words) == [STDIN] or (not words and not sys.stdin.isatty()):
        return read(sys.stdin.read(), role)
    roles = cycle(_TURNS) if role is None else cycle((role,))
    return [_checked({"role": one, "content": _said(word)}, "") for one, word in zip(roles, words, strict=False)]


def read(text: str, role: Role | None) -> list[NewMessage]:
    """Read messages: one JSON object a line, with `role` and `content`, or else a text that is one message."""
    lines = [line for line in enumerate(text.splitlines(), start=1) if line[1].strip()]
    if lines and lines[0][1].lstrip().startswith("{"):
        return list(_objects(lines, role))
    return [_checked({"role": role or "user", "content": _said(text.strip())}, "")] if text.strip() else []


def _objects(lines: Sequence[tuple[int, str]], role: Role | None) -> Iterator[NewMessage]:
    for number, line in lines:
        where = f"line {number}"
        try:
            found: Any = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeEncodeError) as error:
            raise Invalid(f"{where} is not JSON ({error}): write one object a line, with role and content.") from None
        yield _checked(({"role": role} if role else {}) | found if isinstance(found, dict) else found, where)


def _checked(message: Any, where: str) -> NewMessage:
    try:
        return msgspec.convert(message, NewMessage)
    except msgspec.ValidationError as error:
        place = f"{where}: " if where else ""
        raise Invalid(f"{place}{refused(error)}.".replace("`", "")) from None


def _said(text: str) -> str:
    if "\x00" in text:
        raise Invalid("A message has a character zero: remove it.")
    if not text.strip():
        raise Invalid("There is no text: give one.")
    return text

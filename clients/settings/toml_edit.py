"""Puts a table of ours at the end of a TOML text and takes it out again; all else stays to the byte."""

import json
import re
import tomllib
from typing import Any, Final, cast

import msgspec

from contextfs.kit.errors import Invalid

_HEAD: Final = re.compile(r"^[ \t]*\[{1,2}[^\n]*$", re.MULTILINE)


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table that is ours (`("mcp_servers", "contextfs")`), with texts and lists of texts in it."""

    path: tuple[str, ...]
    values: dict[str, Any]

    def apply(self, text: str) -> str:
        """Put it in, over what stands there."""
        found = self._found(text)
        if found == self.values:
            return text
        text = self._taken(text) if found is not None else text
        newline = "\r\n" if "\r\n" in text else "\n"
        head = f"[{'.'.join(self.path)}]"
        lines = [head, *(f"{name} = {_written(value)}" for name, value in self.values.items())]
        gap = "" if not text else newline if text.endswith("\n") else newline * 2
        return f"{text}{gap}{newline.join(lines)}{newline}"

    def withdraw(self, text: str, before: str | None) -> str:  # noqa: ARG002 - as every edit
        """Take it out."""
        return text if self._found(text) is None else self._taken(text)

    def is_in(self, text: str) -> bool:
        """Tell whether it is there."""
        return self._found(text) is not None

    def _found(self, text: str) -> Any:
        try:
            found: Any = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise Invalid(f"it is not TOML ({error}): correct it first.") from None
        for name in self.path:
            found = cast("dict[str, Any]", found).get(name) if isinstance(found, dict) else None
        return found

    def _taken(self, text: str) -> str:
        """Take out our head and all up to the next table that is none of ours, with the blank line before."""
        name = r"\s*\.\s*".join(rf"\"?{re.escape(part)}\"?" for part in self.path)
        ours = re.compile(rf"^[ \t]*\[\s*{name}\s*(?:\.[^\]]*)?\][^\n]*\n?", re.MULTILINE)
        while head := ours.search(text):
            following = _HEAD.search(text, head.end())
            end = following.start() if following else len(text)
            text = _without(text, head.start(), end)
        if self._found(text) is not None:
            raise Invalid(f"{'.'.join(self.path)} is written in a way that is not ours: take it out by hand.")
        return text


def _without(text: str, start: int, end: int) -> str:
    for blank in ("\r\n", "\n"):
        if text[:start].endswith(blank * 2) or text[:start] == blank:
            return text[: start - len(blank)] + text[end:]
    return text[:start] + text[end:]


def _written(value: Any) -> str:
    """Write a text, a list or a number: what JSON and TOML write alike."""
    return json.dumps(value, ensure_ascii=True)

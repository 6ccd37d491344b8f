"""Puts a line of ours into a shell script that a tool runs, and takes it out; where there is none it is all of it.

The line stands first, for scripts end where they like. It reads nothing, since what the tool says is said to the
script, and says nothing, since what the script says is the tool's to read.
"""

import re
from typing import Final

import msgspec

from contextfs.kit.errors import Invalid

_SHELL: Final = re.compile(r"#! *(?:/usr)?/bin/(?:env +)?(?:ba|z|da)?sh\b[^\n]*\n")
_FIRST: Final = "#!/bin/sh\n"
_QUIET: Final = " </dev/null >/dev/null 2>&1 || :  # ContextFS\n"


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A command as a line of a script; `is_ours` stands in each line that is ours."""

    line: str
    is_ours: str

    def apply(self, text: str) -> str:
        """Give the script with our line; Invalid where it is no shell's."""
        if not text.strip():
            return f"{_FIRST}{self.line}{_QUIET}"
        plain = self._without(text)
        begins = _SHELL.match(plain)
        if begins is None:
            raise Invalid(f"it is no script of a shell: have it run `{self.line}`.")
        return f"{begins[0]}{self.line}{_QUIET}{plain[begins.end() :]}"

    def withdraw(self, text: str, before: str | None) -> str:
        """Give the script without our line; nothing where that was all."""
        plain = self._without(text)
        return (before or "") if plain in {_FIRST, ""} else plain

    def is_in(self, text: str) -> bool:
        """Tell whether our line is there."""
        return self._without(text) != text

    def _without(self, text: str) -> str:
        return "".join(one for one in text.splitlines(keepends=True) if self.is_ours not in one)

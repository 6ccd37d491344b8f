"""Puts a line of ours into a shell script that a tool runs, and takes it out; where there is none it is all of it.

The line stands first, for scripts end where they like. It reads nothing, since what the tool says is said to the
script, and says nothing, since what the script says is the tool's to read.
"""

import re
from typing import Final

import msgspec

from contextfs.kit.errors import Invalid

_FIRST_LINE: Final = re.compile(r"#!([^\n]*)(?:\n|\Z)")
_SHELLS: Final = frozenset({"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"})
_FIRST: Final = "#!/bin/sh\n"
_MARK: Final = "# ContextFS"
_QUIET: Final = f" </dev/null >/dev/null 2>&1 || :  {_MARK}\n"


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A command as a line of a script; `is_ours` stands in each line that is ours, and our mark at its end."""

    line: str
    is_ours: str

    def apply(self, text: str) -> str:
        """Give the script with our line; Invalid where it is no shell's."""
        if not text.strip():
            return f"{_FIRST}{self.line}{_QUIET}"
        plain = self._without(text)
        begins = _FIRST_LINE.match(plain)
        if begins is None or not _is_shell(begins[1]):
            raise Invalid(f"it is not a shell script: make it run `{self.line}`.")
        return f"#!{begins[1]}\n{self.line}{_QUIET}{plain[begins.end() :]}"

    def withdraw(self, text: str, before: str | None) -> str:
        """Give the script without our line; nothing where that was all."""
        plain = self._without(text)
        return (before or "") if plain in {_FIRST, ""} else plain

    def is_in(self, text: str) -> bool:
        """Tell whether our line is there."""
        return self._without(text) != text

    def _without(self, text: str) -> str:
        lines = re.findall(r"[^\n]*\n|[^\n]+", text)  # a shell ends lines here alone
        return "".join(one for one in lines if not self._is_own(one))

    def _is_own(self, line: str) -> bool:
        return self.is_ours in line and line.rstrip().endswith(_MARK)


def _is_shell(line: str) -> bool:
    """Tell whether a script's first line names a shell: by its last name, wherever it lies, or as what `env` starts."""
    program, *rest = [word.rpartition("/")[2] for word in line.split()] or [""]
    if program == "env":
        program = next((word for word in rest if not word.startswith("-") and "=" not in word), "")
    return program in _SHELLS

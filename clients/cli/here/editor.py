"""The user's own editor, for a memory's text."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from clients.cli.line.command import Misused
from contextfs.kit.errors import Invalid
from contextfs.local.model import LocalMemory

_WORD_OF_WINDOWS = re.compile(r"""(?<!\S)'([^']*)'(?!\S)|(?:"[^"]*"|[^\s"])+""")


def edited(memory: LocalMemory) -> str:
    """Let the user's editor change the text."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise Misused("give the new text, or set EDITOR to a program that edits it")
    between = "\n\n" + "=" * 20 + " another text: keep one, delete the rest " + "=" * 20 + "\n\n"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "memory.md"
        file.write_text(between.join(memory.bodies or [memory.content]) + "\n", encoding="utf-8", newline="")
        try:
            subprocess.run([*words(editor, sys.platform), str(file)], check=True)  # noqa: S603 - the user's own editor
        except (OSError, ValueError, subprocess.CalledProcessError):
            raise Invalid(f"Nothing was changed: the editor {editor!r} did not end well.") from None
        said = file.read_text(encoding="utf-8").strip()
    if not said or between.strip() in said:
        raise Invalid("Nothing was changed: the text is empty, or still holds several texts.")
    return said


def words(editor: str, system: str) -> list[str]:
    """Take apart how an editor is called, on a system as `sys.platform` names it; ValueError where a quote is open.

    Of Windows, backslashes are parts of paths, and so is an apostrophe within a word.
    """
    if system != "win32":
        return shlex.split(editor)
    if editor.count('"') % 2:
        raise ValueError("No closing quotation")
    return [one[1] if one[1] is not None else one[0].replace('"', "") for one in _WORD_OF_WINDOWS.finditer(editor)]

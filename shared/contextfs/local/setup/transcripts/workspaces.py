"""Which folders a workspace of an editor has: one, or those that its `.code-workspace` lists.

That file is JSON with comments, written by people; only the paths of its folders are looked for.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from contextfs.local.setup.transcripts.glimpse import head, table, whole

_FILE: Final = "file://"
_REMOTE: Final = re.compile(r"vscode-remote://[^/]+")
_COMMENT: Final = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_FOLDERS: Final = re.compile(r'"folders"\s*:\s*\[((?:[^]"]|"(?:[^"\\]|\\.)*")*)')
"""The list of folders, as far as it is there; a path may have a bracket in it."""
_LISTED: Final = re.compile(r'"(path|uri)"\s*:\s*("(?:[^"\\]|\\.)*")')


def folders(workspace: Path, *, is_far_side: bool = False) -> list[str]:
    """Give the folders that `workspace.json` of an editor's storage names.

    On the far side of a remote session (`is_far_side`) an address of such a one is a folder of this machine.
    """
    told = table(whole(workspace))
    one = told.get("folder")
    found = [one] if isinstance(one, str) else list(_listed(told.get("workspace") or told.get("configuration")))
    return [_REMOTE.sub("", unquote(folder)) for folder in found] if is_far_side else found


def _listed(address: object) -> Iterator[str]:
    if not isinstance(address, str) or not address.startswith(_FILE):
        return
    path = unquote(address.removeprefix(_FILE))
    file = Path(path[1:] if re.match(r"/[A-Za-z]:", path) else path)
    said = _FOLDERS.search(_COMMENT.sub(r"\1", head(file)))
    for kind, quoted in _LISTED.findall(said[1]) if said else ():
        try:
            named = str(json.loads(quoted))
        except ValueError:
            continue
        yield named if kind == "uri" else os.path.normpath(file.parent / named)

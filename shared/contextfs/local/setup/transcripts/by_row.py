"""Tools that keep the conversations of all folders in one database: a row says in which folder one was had."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contextfs.adapters.transcripts import sqlite
from contextfs.adapters.transcripts.files import found
from contextfs.adapters.transcripts.opencode import where as opencode_where
from contextfs.adapters.transcripts.opencode.reader import SQL as OPENCODE
from contextfs.adapters.transcripts.zed import where as zed_where
from contextfs.adapters.transcripts.zed.reader import SQL as ZED
from contextfs.kit.errors import ContextFSError
from contextfs.local.setup.model import Surroundings
from contextfs.local.setup.transcripts.glimpse import table, whole
from contextfs.local.setup.transcripts.here import Here


def opencode(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give OpenCode's database where it has a session of ours, and sessions of versions that kept them in files."""
    for path in found(opencode_where.places(around.home, around.environment, around.platform)):
        if sqlite.is_database(path):
            told = [row.get("directory") for row in _rows(path, "session", OPENCODE["kept_sessions"])]
        else:
            told = [table(whole(path)).get("directory")]
        if any(map(here.holds, told)):
            yield path


def zed(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give Zed's database where it has a thread of ours."""
    for path in found(zed_where.places(around.home, around.environment, around.platform)):
        folders = (str(row.get("folder_paths") or "") for row in _rows(path, "threads", ZED["threads"]))
        if any(here.holds(one) for folder in folders for one in folder.split("\n")):
            yield path


def _rows(path: Path, of_table: str, question: str) -> list[dict[str, Any]]:
    """Give the rows of a table; none where it cannot be read now."""
    try:
        with sqlite.opened(path) as base:
            return list(base.rows(question)) if base.columns(of_table) else []
    except ContextFSError:
        return []

"""Cursor keeps a conversation in up to three places, and says in others which folder it was had in.

The editor's stand in one database for all folders: newer ones name theirs, older ones are named by the database of the
folder's workspace. The agent's are files, or databases of their own; `meta.json` beside these has the folder, else a
database that tells of the same conversation, else the file's own folder is called like it, with signs lost.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from contextfs.adapters.transcripts import sqlite
from contextfs.adapters.transcripts.cursor import chats, told, where
from contextfs.adapters.transcripts.cursor.editor import folder_of
from contextfs.adapters.transcripts.files import found
from contextfs.kit.errors import ContextFSError
from contextfs.kit.sql import load
from contextfs.local.setup.model import Surroundings
from contextfs.local.setup.transcripts.glimpse import table, whole
from contextfs.local.setup.transcripts.here import Here
from contextfs.local.setup.transcripts.workspaces import folders

SQL = load("contextfs.local.setup.transcripts", "sqlite.sql")

_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9]+")
_PANEL: Final = "workbench.panel.aichat.view."


def cursor(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give the files and databases in which Cursor tells of a repository; a chat that a file tells is in no other."""
    paths, names = _paths(around), named(here, around)
    beside, coded = _folders(around), {_coded(folder) for folder in here.folders}
    files = [path for path in paths if path.suffix == ".jsonl"]
    untold = _told_by_databases(paths, {path.stem for path in files} - {*beside})
    ours: list[Path] = []
    for path in files:
        folder = beside.get(path.stem) or untold.get(path.stem)
        if here.holds(folder) or (folder is None and (path.stem in names or _project(path) in coded)):
            ours.append(path)
    yield from ours
    in_files = told(ours)
    for path in paths:
        if where.is_chat(path):
            name = path.parent.name
            is_ours = name not in in_files and here.holds(beside.get(name) or _folder_of(path))
        else:
            is_ours = path.suffix != ".jsonl" and _has_ours(path, here, names)
        if is_ours:
            yield path


def named(here: Here, around: Surroundings) -> frozenset[str]:
    """Name the conversations of a repository that do not say so themselves: other files beside them do."""
    user = around.settings / "Cursor" / "User" / "workspaceStorage"
    ours = (path for path in found([(user, "*/workspace.json")]) if any(map(here.holds, folders(path))))
    of_editor = (name for path in ours for name in _names(path.with_name("state.vscdb")))
    return frozenset([*of_editor, *(name for name, folder in _folders(around).items() if here.holds(folder))])


def _paths(around: Surroundings) -> list[Path]:
    places = where.places(around.home, around.environment, around.platform)
    return [path for path in found(places) if where.is_session(path)]


def _folders(around: Surroundings) -> dict[str, object]:
    """Give the folder of each of the agent's chats that has one beside it."""
    kept = where.chats(around.home, around.environment, around.platform)
    return {
        path.parent.name: table(whole(path)).get("cwd") for path in found((one, f"*/*/{where.ABOUT}") for one in kept)
    }


def _told_by_databases(paths: Iterable[Path], names: Iterable[str]) -> dict[str, object]:
    """Give the folders of conversations, by their names, that an agent's chat or the editor has for them."""
    wanted = frozenset(names)
    told_by: dict[str, object] = {}
    for path in paths if wanted else ():
        if path.suffix == ".jsonl":
            continue
        if not where.is_chat(path):
            told_by |= _of_composers(path, wanted)
        elif path.parent.name in wanted and (folder := _folder_of(path)):
            told_by[path.parent.name] = folder
    return told_by


def _of_composers(path: Path, names: Iterable[str]) -> dict[str, object]:
    """Give the folders that an editor's database has for some conversations; none where it cannot be read now."""
    try:
        with sqlite.opened(path) as base:
            is_there = bool(base.columns("cursorDiskKV"))
            rows = [(name, row) for name in names if is_there for row in base.rows(SQL["composer"], {"id": name})]
    except ContextFSError:
        return {}
    return {name: folder for name, row in rows if (folder := _folder_in(row["value"]))}


def _coded(folder: str) -> str:
    return _NOT_PLAIN.sub("-", folder).strip("-").lower()


def _project(path: Path) -> str:
    """Give what a project is called below `projects`, of one of its transcripts."""
    return next((one.parent.name for one in path.parents if one.name == "agent-transcripts"), "").lower()


def _folder_of(path: Path) -> str | None:
    try:
        with sqlite.opened(path) as base:
            return chats.folder(base) if chats.is_chat(base) else None
    except ContextFSError:
        return None


def _has_ours(path: Path, here: Here, names: frozenset[str]) -> bool:
    """Tell whether an editor's database has a conversation of ours; none where it cannot be read now."""
    try:
        with sqlite.opened(path) as base:
            if base.columns("cursorDiskKV"):
                for row in base.rows(SQL["composers"]):
                    if row["key"].partition(":")[2] in names or here.holds(_folder_in(row["value"])):
                        return True
            tabs = base.rows(SQL["tabs"]) if base.columns("ItemTable") else ()
            return any(names.intersection(_tabs(row["value"])) for row in tabs)
    except ContextFSError:
        return False


def _names(path: Path) -> Iterator[str]:
    """Give the conversations that a workspace's database names: in a list, as a view, or as a tab of older versions."""
    try:
        with sqlite.opened(path) as base:
            rows = list(base.rows(SQL["named"])) if base.columns("ItemTable") else []
    except ContextFSError:
        return
    for row in rows:
        value = _json(row["value"])
        yield from (str(table(one).get("composerId")) for one in _items(value.get("allComposers")))
        yield from (str(one) for one in _items(value.get("selectedComposerIds")))
        yield from (key.removeprefix(_PANEL) for key in value if key.startswith(_PANEL))
        yield from _tabs(row["value"])


def _tabs(value: object) -> set[str]:
    return {str(table(tab).get("tabId")) for tab in _items(_json(value).get("tabs"))}


def _folder_in(value: object) -> object:
    return folder_of(table(table(_json(value).get("workspaceIdentifier")).get("uri")))


def _items(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _json(value: object) -> dict[str, Any]:
    data = value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
    try:
        return table(msgspec.json.decode(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}

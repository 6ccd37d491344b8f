"""Checks of a store's database, and of how it and the files agree. Refresh the store before."""

import sqlite3
from collections.abc import Iterator
from uuid import UUID

from contextfs.kit.errors import Unavailable
from contextfs.kit.sql import load
from contextfs.local import git
from contextfs.local.base.connection import FILE, explained
from contextfs.local.doctor.model import Check, count, some
from contextfs.local.folder import stepping
from contextfs.local.records.store import FILE as RECORDS
from contextfs.local.records.store import Records, Size
from contextfs.local.search.health import is_whole
from contextfs.local.store import LocalStore

SQL = load("contextfs.local.doctor", "sqlite.sql")

_DAMAGED = "move {} away: the next command makes it anew from the files, and `ctx import` brings conversations back"


def of_store(store: LocalStore) -> Iterator[Check]:
    """Look at the database, at what is unfinished, at what cannot be read, and at what is to be decided."""
    whole = _integrity(store)
    yield whole
    if whole.state != "ok":
        return
    yield _unfinished(store)
    status = store.status()
    yield _problems([f"{one.path} {one.reason}" for one in status.problems])
    yield _conflicts(status.conflicted)
    yield _in_step(store, status.behind)
    yield _search(store)
    yield _records(store)


def mend(store: LocalStore) -> int:
    """Write the files that memories lack, where git does not keep them away; gives how many were written."""
    lacking = [UUID(row["id"]) for row in _lacking(store)]
    with store.base.transaction():
        stepping.intend(store.base, store.place, lacking)
    return len(stepping.finish(store.base, store.place, lacking))


def _integrity(store: LocalStore) -> Check:
    file = store.place.local / FILE
    try:
        told = [str(next(iter(row.values()))) for row in store.base.all(SQL["quick_check"])]
    except sqlite3.Error as error:
        what, _, cure = explained(error, file).detail.partition(": ")
        return Check(name="database", state="fail", detail=what, cure=cure or _DAMAGED.format(file))
    if told != ["ok"]:
        detail = f"{file} is damaged: {some(told)}"
        return Check(name="database", state="fail", detail=detail, cure=_DAMAGED.format(file))
    return Check(name="database", state="ok", detail=f"{file} is whole")


def _unfinished(store: LocalStore) -> Check:
    here = len(stepping.pending(store.base, store.place))
    elsewhere = store.base.all(SQL["other_intents"], {"tree": store.place.tree})
    if here:
        detail = f"{count(here, 'file')} of an interrupted command are due"
        return Check(name="unfinished", state="warn", detail=detail, cure="`ctx status` finishes it")
    if elsewhere:
        detail = f"files are due in {some([row['tree'] for row in elsewhere])}"
        return Check(name="unfinished", state="warn", detail=detail, cure="`ctx status` in that worktree finishes it")
    return Check(name="unfinished", state="ok", detail="no command was interrupted")


def _problems(problems: list[str]) -> Check:
    if problems:
        detail = f"{count(len(problems), 'file')} cannot be taken in: {some(problems)}"
        return Check(name="files", state="fail", detail=detail, cure="mend the file; what was known before is kept")
    return Check(name="files", state="ok", detail="every file can be read")


def _conflicts(conflicted: int) -> Check:
    if conflicted:
        detail = f"{count(conflicted, 'memory has', 'memories have')} several texts"
        return Check(name="conflicts", state="warn", detail=detail, cure="`ctx conflicts` lists and settles them")
    return Check(name="conflicts", state="ok", detail="no memory has two texts")


def _in_step(store: LocalStore, behind: list[str]) -> Check:
    lacking = _lacking(store)
    if lacking:
        detail = (
            f"{count(len(lacking), 'memory has', 'memories have')} no file: {some([row['path'] for row in lacking])}"
        )
        return Check(name="in step", state="fail", detail=detail, cure="`ctx doctor --repair` writes them")
    away = len(store.base.all(SQL["without_file"], {"tree": store.place.tree}))
    told = [
        f"{count(away, 'memory is', 'memories are')} not in this branch" if away else "",
        f"{count(len(behind), 'file shows', 'files show')} an older state, which git put there" if behind else "",
    ]
    return Check(name="in step", state="ok", detail="; ".join(filter(None, told)) or "files and database agree")


def _search(store: LocalStore) -> Check:
    if is_whole(store.base):
        return Check(name="search", state="ok", detail="the search index agrees with what it was made of")
    return Check(name="search", state="fail", detail="the search index is damaged", cure="`ctx reindex` makes it anew")


def _records(store: LocalStore) -> Check:
    """Look at what is kept of other tools' files."""
    file = store.place.local / RECORDS
    if not file.exists():
        return Check(name="records", state="ok", detail="no file of another tool is kept")
    try:
        with Records.opened(store.place.local) as records:
            told = [str(next(iter(row.values()))) for row in records.base.all(SQL["quick_check"])]
            size, unread = records.size(), len(records.unread())
    except (sqlite3.Error, Unavailable) as error:
        told, size, unread = [str(error)], Size(), 0
    if told != ["ok"]:
        cure = f"move {file} away: the next `ctx import` keeps what the tools still have"
        return Check(name="records", state="fail", detail=f"{file} is damaged: {some(told)}", cure=cure)
    if unread:
        detail = f"{count(unread, 'file was', 'files were')} kept and not read: an import was cut off"
        return Check(name="records", state="warn", detail=detail, cure="`ctx import` reads what is left")
    detail = f"{count(size.files, 'file')} of other tools, {size.written / 1e6:,.1f} MB in {size.kept / 1e6:,.1f} MB"
    return Check(name="records", state="ok", detail=detail)


def _lacking(store: LocalStore) -> list[dict[str, str]]:
    """List the memories whose file is missing, unless git may keep it away: it does so with tracked files only."""
    rows = store.base.all(SQL["without_file"], {"tree": store.place.tree})
    has_git = git.repository(store.place.root) is not None
    return [row for row in rows if row["private"] or not has_git]

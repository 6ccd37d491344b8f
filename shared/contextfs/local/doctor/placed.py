"""Checks of a store's folder, settings and repository: they need no database, and run when that is broken."""

import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from contextfs.kit.errors import ContextFSError
from contextfs.local import config, git
from contextfs.local.doctor.model import Check, count, some
from contextfs.local.git import Repository
from contextfs.local.place import FOLDER, LOCAL, Place
from contextfs.local.setup import driver

_INIT = "`ctx init` completes it"


def of_place(place: Place, environment: Mapping[str, str]) -> Iterator[Check]:
    """Look at a store's folder, its settings and what git has to know of it."""
    yield _settings(place)
    yield _writable(place)
    yield _leftovers(place)
    repository = git.repository(place.root)
    if repository is None:
        yield Check(name="git", state="ok", detail=f"{place.root} is in no repository: memories stay on this machine")
        return
    try:
        yield _driver(repository, environment)
        yield _attributes(place, repository)
        yield _ignored(place, repository)
        yield _tracked(place, repository)
    except ContextFSError as error:
        yield Check(name="git", state="fail", detail=error.detail, cure="install git, or put it on PATH")


def _settings(place: Place) -> Check:
    try:
        text = config.text_of(place.config)
        found = config.parse(text, str(place.config))
        unknown = config.warnings(text, str(place.config))
    except ContextFSError as error:
        what, _, cure = error.detail.rpartition(": ")
        return Check(name="settings", state="fail", detail=what, cure=cure.rstrip("."))
    if unknown:
        return Check(name="settings", state="warn", detail=some(unknown), cure="mend the name, or delete the line")
    return Check(name="settings", state="ok", detail=f"format {found.format}, project {found.project.id}")


def _writable(place: Place) -> Check:
    refused = [
        str(folder)
        for folder in (place.folder, place.memories, place.local)
        if not os.access(folder if folder.exists() else _above(folder), os.W_OK | os.X_OK)
    ]
    if refused:
        cure = "is the disk read-only, or the folder another user's?"
        return Check(name="folder", state="fail", detail=f"{some(refused)} cannot be written", cure=cure)
    return Check(name="folder", state="ok", detail=f"{place.folder} can be written")


def _leftovers(place: Place) -> Check:
    notes, scratch = _files(place.local / "spool"), _files(place.folder / LOCAL / "tmp")
    if failed := [str(note) for note in notes if note.suffix == ".failed"]:
        detail = f"{count(len(failed), 'conversation')} could not be read again and again: {some(failed)}"
        cure = "`ctx import` of the transcript that it names tells why; delete it to forget the conversation"
        return Check(name="left over", state="warn", detail=detail, cure=cure)
    if scratch:
        detail = f"{len(scratch)} unfinished files of stopped commands lie in {place.folder / LOCAL / 'tmp'}"
        return Check(name="left over", state="warn", detail=detail, cure="delete them when no ctx runs")
    waiting = f"{count(len(notes), 'conversation')} noted, read with the next one" if notes else "nothing waits"
    return Check(name="left over", state="ok", detail=waiting)


def _driver(repository: Repository, environment: Mapping[str, str]) -> Check:
    command = driver.registered(repository).get("driver")
    if command is None:
        detail = "git does not know how to merge memories, and merges them line by line"
        return Check(name="merge driver", state="warn", detail=detail, cure="`ctx init` registers the driver")
    program = _program(command)
    if shutil.which(program, path=environment.get("PATH", "")) is None:
        detail = f"git is to merge memories by {program}, which is not there"
        return Check(name="merge driver", state="warn", detail=detail, cure="`ctx init` registers this installation")
    return Check(name="merge driver", state="ok", detail=f"git merges memories by {program}")


def _attributes(place: Place, repository: Repository) -> Check:
    printed = repository.run("check-attr", "-z", "merge", "eol", "--", str(place.memories.absolute() / "fact" / "x.md"))
    words = printed.split("\0")
    given = dict(zip(words[1::3], words[2::3], strict=False))
    missing = [f"{name}={value}" for name, value in (("merge", "contextfs"), ("eol", "lf")) if given.get(name) != value]
    if missing:
        detail = f"memories lack the attribute {some(missing)} in {FOLDER}/.gitattributes"
        return Check(name="attributes", state="warn", detail=detail, cure=_INIT)
    return Check(name="attributes", state="ok", detail="memories merge field by field, and have one kind of line ends")


def _ignored(place: Place, repository: Repository) -> Check:
    folder, memories = place.folder.absolute(), place.memories.absolute()
    if repository.succeeds("check-ignore", "-q", "--no-index", str(memories / "fact" / "x.md")):
        cure = f"`git check-ignore -v {FOLDER}/memories/fact/x.md` names the rule: take it out"
        return Check(name="ignored", state="warn", detail=f"git ignores {FOLDER}/memories", cure=cure)
    if not repository.succeeds("check-ignore", "-q", "--no-index", str(folder / LOCAL / "index.db")):
        detail = f"git does not ignore {FOLDER}/{LOCAL}, where private memories are"
        return Check(name="ignored", state="fail", detail=detail, cure=_INIT)
    return Check(name="ignored", state="ok", detail=f"git ignores {FOLDER}/{LOCAL}, and nothing else of it")


def _tracked(place: Place, repository: Repository) -> Check:
    printed = repository.run("ls-files", "-z", "--", str(place.folder.absolute() / LOCAL))
    files = [name for name in printed.split("\0") if name]
    if files:
        cure = f"`git rm -r --cached {FOLDER}/{LOCAL}`, then commit"
        return Check(name="tracked", state="fail", detail=f"git tracks what is private: {some(files)}", cure=cure)
    return Check(name="tracked", state="ok", detail=f"git tracks nothing of {FOLDER}/{LOCAL}")


def _program(command: str) -> str:
    """Give the program in a driver's command: the word after `command -v`, or the first."""
    try:
        words = shlex.split(command)
    except ValueError:
        return command
    at = words.index("-v") + 1 if "-v" in words[:-1] else 0
    return words[at] if words else command


def _above(folder: Path) -> Path:
    return next((one for one in folder.parents if one.exists()), folder)


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_file() and path.stat().st_size]
    except OSError:
        return []

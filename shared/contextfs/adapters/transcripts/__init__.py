"""Readers of other tools' transcripts: bytes in, sessions and messages out; each is loaded when it is used.

Each tool is a folder here, called like the tool; nothing else has to be told of it.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol, cast

import msgspec

from contextfs.adapters.transcripts import files, sqlite
from contextfs.adapters.transcripts.files import FOLDER, Beside
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.view import Data, viewed
from contextfs.kit.errors import ContextFSError, NotFound

READERS: dict[str, str] = {
    folder.name.rstrip("_").replace("_", "-"): f"{__name__}.{folder.name}"
    for folder in iter_modules(__path__)
    if folder.ispkg
}
"""The module of each tool's reader, by the tool's name."""


class Reader(Protocol):
    """A module that reads one tool's files. Reading is pure; finding and looking beside look at the disk."""

    TITLE: str
    """The tool's name, for people."""
    VERSION: int
    """Grows when the same bytes are read in a better way."""
    PATTERNS: tuple[str, ...]
    """Names of the tool's files, as globs, when a whole folder is read."""

    def read(self, data: bytes, *, name: str, beside: Beside = ...) -> list[Transcript]:
        """Read a file's bytes; Invalid when another tool wrote it. An empty list: there is nothing to import."""
        ...

    def find(self, home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
        """Give the tool's files on this machine."""
        ...

    def is_session(self, path: Path) -> bool:
        """Tell whether a file that a pattern names is one to read by itself."""
        ...

    def beside(self, path: Path) -> dict[str, Path]:
        """Give other files that say more about this one, each by the name that `read` knows it by."""
        ...


class DatabaseReader(Reader, Protocol):
    """A reader of SQLite databases, too: they are read where they lie, since they may be larger than the memory."""

    KEPT: sqlite.Kept
    """Its tables, each with the question that gives the rows that are read."""

    def read_base(self, base: sqlite.Base, *, name: str) -> list[Transcript]:
        """Read a database; Invalid when another tool made it."""
        ...


class StreamedReader(Protocol):
    """A reader that goes through a file line by line, so that a large one need not be in memory."""

    STREAMED: bool

    def read(self, data: Data, *, name: str, beside: Beside = ...) -> list[Transcript]:
        """Read as `Reader.read` does."""
        ...


def reader(tool: str) -> Reader:
    """Load a tool's reader; NotFound when there is none."""
    if tool not in READERS:
        raise NotFound(f"No reader is called {tool!r}; there are {', '.join(READERS)}.", where="tool")
    return cast("Reader", import_module(READERS[tool]))


def version(tool: str) -> str:
    """Name a tool's reader with its version, as `codex/1`."""
    return f"{tool}/{reader(tool).VERSION}"


def found(home: Path, env: Mapping[str, str], platform: str) -> dict[str, list[Path]]:
    """Give the files of every tool that has some on this machine; `platform` is spelled as `sys.platform`."""
    of_tools = {tool: reader(tool).find(home, env, platform) for tool in READERS}
    return {tool: paths for tool, paths in of_tools.items() if paths}


def paths_in(tool: str, path: Path) -> list[Path]:
    """Give the file itself, or the tool's files below a folder; NotFound when there is no such path."""
    of_tool = reader(tool)
    return [file for file in files.walk(path, of_tool.PATTERNS) if file == path or of_tool.is_session(file)]


def read_path(tool: str, path: Path) -> Iterator[tuple[Path, list[Transcript] | ContextFSError]]:
    """Read a file, or every file of the tool below a folder: each with its transcripts, or with why it was not read.

    One file's fault does not stop the others. NotFound at once when there is no such tool or path.
    """
    of_tool = reader(tool)
    for file in paths_in(tool, path):
        yield file, _read_one(of_tool, tool, file)


def _read_one(of_tool: Reader, tool: str, file: Path) -> list[Transcript] | ContextFSError:
    try:
        return [signed(one, tool, file) for one in _read(of_tool, file)]
    except ContextFSError as error:
        return error


def _read(of_tool: Reader, file: Path) -> list[Transcript]:
    if hasattr(of_tool, "read_base") and sqlite.is_database(file):
        with sqlite.opened(file) as base:
            return cast("DatabaseReader", of_tool).read_base(base, name=file.name)
    beside = {FOLDER: str(file.absolute().parent).encode()} | files.readable(of_tool.beside(file))
    if hasattr(of_tool, "STREAMED") and files.is_large(file):
        with viewed(file) as view:
            return cast("StreamedReader", of_tool).read(view, name=file.name, beside=beside)
    return of_tool.read(files.read(file), name=file.name, beside=beside)


def signed(one: Transcript, tool: str, file: Path) -> Transcript:
    """Note which file was read, and by which version of the reader: what says whether to read it again."""
    known = {"file": str(file.absolute()), "reader": version(tool)}
    return msgspec.structs.replace(one, metadata=one.metadata | known)

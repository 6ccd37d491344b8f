"""Readers of other tools' transcripts: bytes in, sessions and messages out; each is loaded when it is used."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from contextfs.adapters.transcripts import files
from contextfs.adapters.transcripts.model import Transcript
from contextfs.kit.errors import ContextFSError, NotFound

READERS: dict[str, str] = {
    "chatgpt": "contextfs.adapters.transcripts.chatgpt",
    "claude-code": "contextfs.adapters.transcripts.claude_code",
    "specstory": "contextfs.adapters.transcripts.specstory",
}
"""The module of each tool's reader."""


class Reader(Protocol):
    """A module that reads one tool's files. Reading is pure; only finding looks at the disk."""

    PATTERNS: tuple[str, ...]
    """Names of the tool's files, as globs, when a whole folder is read."""

    def read(self, data: bytes, *, name: str) -> list[Transcript]:
        """Read a file's bytes; Invalid when another tool wrote it. An empty list: there is nothing to import."""
        ...

    def find(self, home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
        """Give the tool's files on this machine."""
        ...


def reader(tool: str) -> Reader:
    """Load a tool's reader; NotFound when there is none."""
    if tool not in READERS:
        raise NotFound(f"No reader is called {tool!r}; there are {', '.join(READERS)}.", where="tool")
    return cast("Reader", import_module(READERS[tool]))


def read_path(tool: str, path: Path) -> Iterator[tuple[Path, list[Transcript] | ContextFSError]]:
    """Read a file, or every file of the tool below a folder: each with its transcripts, or with why it was not read.

    One file's fault does not stop the others. NotFound at once when there is no such tool or path.
    """
    tools_reader = reader(tool)
    for file in files.walk(path, tools_reader.PATTERNS):
        yield file, _read_one(tools_reader, file)


def _read_one(tools_reader: Reader, file: Path) -> list[Transcript] | ContextFSError:
    try:
        return tools_reader.read(files.read(file), name=file.name)
    except ContextFSError as error:
        return error

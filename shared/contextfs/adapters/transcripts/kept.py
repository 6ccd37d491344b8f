"""A tool's file as something to keep: what it is made of, and how it is read again from that.

A file is its own bytes and those of the files beside it. Of an export's zip its conversations are kept, and of a
database the rows of the tables that its reader reads: the rest of it is nobody's conversation.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final, cast

from contextfs.adapters.transcripts import DatabaseReader, Reader, archive, files, signed, sqlite
from contextfs.adapters.transcripts.files import FOLDER
from contextfs.adapters.transcripts.jsonl import LEFT_OUT, MAX_LINE_BYTES
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.view import Data, viewed

OWN: Final = ""
"""The part that is the file's own bytes. An export's second file is `#1`; what lies beside is `@` and its name."""

_NEXT, _BESIDE = "#", "@"

Part = tuple[str, Iterator[bytes]]
"""A part by its name, as lines with their ends; they are gone through before the next part is asked for."""


def is_rows(of_tool: Reader, file: Path) -> bool:
    """Tell whether a file is a database, of which rows are kept."""
    return hasattr(of_tool, "read_base") and sqlite.is_database(file)


def parts(of_tool: Reader, file: Path) -> Iterator[Part]:
    """Give what there is to keep of a file; errors as `files.read` and the readers have them."""
    if is_rows(of_tool, file):
        with sqlite.opened(file) as base:
            yield OWN, sqlite.dumped(base, cast("DatabaseReader", of_tool).KEPT)
        return
    with _seen(file) as data:
        if data[: len(archive.MAGIC)] == archive.MAGIC:
            documents = archive.unpack(data[:], name=file.name, wanted=f"an export of {of_tool.TITLE}")
            for n, document in enumerate(documents):
                yield f"{_NEXT}{n}" if n else OWN, iter([document])
        else:
            yield OWN, _lines(data, is_streamed=hasattr(of_tool, "STREAMED"))
    for name, data in files.readable(of_tool.beside(file)).items():
        yield f"{_BESIDE}{name}", iter([data])


def transcripts(of_tool: Reader, tool: str, file: Path, kept: Mapping[str, Data], *, rows: bool) -> list[Transcript]:
    """Read a file from its parts, whether it is there or not; Invalid as its reader has it."""
    return [signed(one, tool, file) for one in _read(of_tool, file, kept, rows=rows)]


def _read(of_tool: Reader, file: Path, kept: Mapping[str, Data], *, rows: bool) -> Iterator[Transcript]:
    if rows:
        with sqlite.restored(_lines(kept[OWN]), file.name) as base:
            yield from cast("DatabaseReader", of_tool).read_base(base, name=file.name)
        return
    beside = {name.removeprefix(_BESIDE): data[:] for name, data in kept.items() if name.startswith(_BESIDE)}
    beside[FOLDER] = str(file.absolute().parent).encode()
    for name, data in kept.items():
        if not name.startswith(_BESIDE):
            whole = data if hasattr(of_tool, "STREAMED") else data[:]
            yield from of_tool.read(cast("bytes", whole), name=file.name, beside=beside)


def _seen(file: Path) -> AbstractContextManager[Data]:
    return viewed(file) if files.is_large(file) else nullcontext(files.read(file))


def _lines(data: Data, *, is_streamed: bool = False) -> Iterator[bytes]:
    """Give lines with their ends; in the place of one that no reader of lines reads, what is kept of it."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        stop = len(data) if end < 0 else end + 1
        is_too_long = is_streamed and stop - start > MAX_LINE_BYTES
        yield LEFT_OUT % (stop - start) if is_too_long else data[start:stop]
        start = stop

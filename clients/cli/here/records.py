"""Conversations as they are read from what is kept of other tools' files: kept first, read second."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from clients.cli.here.store import now
from clients.cli.shown import output
from clients.cli.taking.reading import NOTHING, Only, Tally, conversations
from contextfs.adapters.transcripts import kept, reader, version
from contextfs.adapters.transcripts.normalised import Normalised, normalised
from contextfs.kit.errors import ContextFSError, Invalid, Unavailable
from contextfs.local import config
from contextfs.local.place import Place
from contextfs.local.records.cleaning import Cleaning
from contextfs.local.records.store import FILE as RECORDS
from contextfs.local.records.store import Kept, Records
from contextfs.local.sessions.removed.known import is_removed
from contextfs.local.store import LocalStore

Files = Mapping[str, Sequence[Path]]
"""Files, by the tool that wrote them."""


class Read(NamedTuple):
    """A conversation that was read; `is_new_reading` where its record, or its reader, is another than before."""

    file: Path
    one: Normalised
    is_new_reading: bool


class Again(NamedTuple):
    """What is to be read again of what is kept: of one tool or all, and of one file or folder or all."""

    tool: str | None
    path: Path | None


def new_of(place: Place, tool: str, files: Sequence[Path]) -> int:
    """Count those of a tool's files that this store has not kept and read since they changed."""
    if not (place.local / RECORDS).exists():
        return len(files)
    with Records.opened(place.local) as records:
        known = {one.path: datetime.fromisoformat(one.kept_at) for one in records.files(tool) if one.read_by}
    there = ((known.get(str(file)), file.stat().st_mtime) for file in files)
    return sum(kept is None or kept.timestamp() < changed for kept, changed in there)


@contextmanager
def reading(
    store: LocalStore, wanted: Files | Again, tally: Tally, tags: Sequence[str], only: Only | None = None
) -> Generator[Iterator[Read]]:
    """Give the conversations of files, or of what is kept of them; each file is kept before it is read.

    `only` says which conversations of a database are wanted, and then nothing of that is kept: most of it may be of
    other folders. Where the settings, or a disk, do not let a file be kept, it is read all the same, and that is told.
    """
    settings = config.read(store.place.config).records
    if not settings.keep and not isinstance(wanted, Again):
        yield _unkept(wanted, tally, tags, only)
        return
    with ExitStack() as stack:
        try:
            records = stack.enter_context(Records.opened(store.place.local))
        except Unavailable as error:
            if isinstance(wanted, Again):
                raise
            output.note(f"Records are not kept: {error.detail}")
            yield _unkept(wanted, tally, tags, only)
            return
        yield _Reading(store, records, tally, tags, only).of(wanted)
        gone = records.bound(settings.megabytes * 1_000_000, now())
        if gone:
            bound = f"[records] megabytes = {settings.megabytes}"
            output.note(f"{output.counted(len(gone), 'record')} let go: no more are kept than {bound} allows.")


class _Reading:
    """Reads for one command."""

    def __init__(
        self, store: LocalStore, records: Records, tally: Tally, tags: Sequence[str], only: Only | None
    ) -> None:
        self._base = store.base
        self._records = records
        self._policy = store.policy
        self._tally = tally
        self._tags = tags
        self._only = only

    def of(self, wanted: Files | Again) -> Iterator[Read]:
        """Give the conversations, one after the other; what was kept and never read comes with them."""
        if isinstance(wanted, Again):
            for one in self._records.files(wanted.tool):
                if wanted.path is None or Path(one.path).is_relative_to(wanted.path.absolute()):
                    yield from self._counted(one)
            return
        named = {(tool, str(file.absolute())) for tool, files in wanted.items() for file in files}
        for one in self._records.unread():
            if (one.tool, one.path) not in named:
                yield from self._counted(one)
        for tool, files in wanted.items():
            for file in files:
                yield from self._of_file(tool, file)

    def _of_file(self, tool: str, file: Path) -> Iterator[Read]:
        of_tool, cleaning = reader(tool), Cleaning(self._policy)
        if self._only is not None and kept.is_rows(of_tool, file):
            yield from _unkept({tool: [file]}, self._tally, self._tags, self._only)
            return
        self._tally.files += 1
        before = self._records.find(tool, file.absolute())
        try:
            one = self._records.keep(
                tool,
                file.absolute(),
                kept.parts(of_tool, file),
                cleaning,
                is_rows=kept.is_rows(of_tool, file),
                now=now(),
            )
        except ContextFSError as error:
            self._tally.failed.append((str(file), error.detail))
            return
        self._tally.redacted += max(0, one.secrets - (before.secrets if before else 0))
        yield from self._of_record(one)

    def _counted(self, one: Kept) -> Iterator[Read]:
        self._tally.files += 1
        yield from self._of_record(one)

    def _of_record(self, one: Kept) -> Iterator[Read]:
        """Give the conversations of a file that is kept; it counts as read when all of them were stored."""
        file, by = Path(one.path), version(one.tool)
        failed = len(self._tally.failed)
        try:
            with self._records.parts(one) as parts:
                found = kept.transcripts(reader(one.tool), one.tool, file, parts, rows=one.is_rows)
                for transcript in found:
                    talk = normalised(transcript, tags=self._tags)
                    self._tally.skipped_records.update(talk.skipped)
                    yield Read(file, talk, one.read_by != by)
        except ContextFSError as error:
            self._tally.failed.append((str(file), error.detail))
            if isinstance(error, Invalid) and one.read_by is None:
                self._records.forget(one)  # no reader of this tool ever made sense of it
            return
        if not found:
            self._tally.skipped_files.append((str(file), NOTHING))
            self._records.forget(one)
        elif all(is_removed(self._base, None, one.tool, transcript.external_id) for transcript in found):
            self._records.forget(one)  # what somebody removed is not kept in another form
        elif len(self._tally.failed) == failed:
            self._records.read(one, by)


def _unkept(files: Files, tally: Tally, tags: Sequence[str], only: Only | None) -> Iterator[Read]:
    for tool, paths in files.items():
        for file, one in conversations(tool, paths, tally, tags, only=only):
            yield Read(file, one, is_new_reading=False)

"""`ctx import` into the store of this folder."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from clients.cli.here.background import after_a_change
from clients.cli.here.records import Again, Files, Read, reading
from clients.cli.here.store import opened
from clients.cli.shown import output
from clients.cli.taking import report
from clients.cli.taking.reading import Only, Tally
from contextfs.adapters.transcripts.normalised import Normalised
from contextfs.domain.sessions.model import NewSession
from contextfs.domain.sessions.rules import TOLD_TWICE, is_told_otherwise
from contextfs.kit.errors import ContextFSError, NotFound, Unavailable
from contextfs.local import config
from contextfs.local.place import Place
from contextfs.local.sessions import learning
from contextfs.local.sessions.copies import COPIED, Copies, is_copy
from contextfs.local.sessions.removed.known import is_removed
from contextfs.local.sessions.store import LocalSessions

_COPY: Final = "a copy of a session that is kept, and says all of it"


def bring(
    place: Place,
    wanted: Files | Again,
    tally: Tally,
    *,
    tags: Sequence[str] = (),
    only: Only | None = None,
    json: bool = False,
    quiet: bool = False,
) -> None:
    """Keep files, store their conversations, learn from them, and tell what was stored; `only` as in `reading`."""
    project = config.read(place.config).project
    progress = output.Progress()
    of = "" if isinstance(wanted, Again) else f"/{sum(map(len, wanted.values()))}"
    with opened(place) as store:
        sessions = LocalSessions(store)
        try:
            with reading(store, wanted, tally, tags, only) as found:
                for now in keep_all(sessions, found, tally):
                    progress.show(f"{now.files}{of} files · {output.counted(now.stored, 'message')} stored")
        finally:
            progress.clear()
            learning.finish(sessions)
    after_a_change(place)
    if quiet:
        return
    if json:
        output.say_json(tally.shown() | {"learned": tally.learned, "project_id": str(project.id)})
        return
    report.summary(tally, project.name)
    if tally.learned:
        many = output.counted(tally.learned, "memory", "memories")
        output.say(f"  {output.dim('learned')}   {many}: `ctx memory list`")


def rehearsed(place: Place, wanted: Again, tally: Tally, tags: Sequence[str]) -> Iterator[tuple[Path, Normalised]]:
    """Give the conversations of what is kept, as they would be stored."""
    with opened(place) as store, reading(store, wanted, tally, tags) as found:
        yield from ((read.file, read.one) for read in found)


def keep_all(sessions: LocalSessions, found: Iterable[Read], tally: Tally) -> Iterator[Tally]:
    """Store one conversation after the other; one that cannot be stored does not stop the rest."""
    copies = Copies(sessions)
    for file, one, is_new_reading in found:
        if is_removed(sessions.store.base, None, one.tool, one.external_id):
            tally.skipped_files.append((str(file), "its conversation was removed here by `ctx sessions rm`"))
            continue
        known = sessions.known(one.tool, one.external_id) if one.tool == TOLD_TWICE else None
        if known is not None and is_told_otherwise(one.tool, known.metadata, one.fields["metadata"]):
            tally.skipped_files.append((str(file), "its conversation is kept as Cursor's other record tells it"))
            continue
        if is_copy(one.tool, one.external_id) and copies.is_told(one.messages):
            tally.skipped_files.append((str(file), _COPY))
            continue
        try:
            tally.learned += _keep(sessions, one, tally, copies, revise=is_new_reading)
        except Unavailable:
            raise
        except (ContextFSError, msgspec.ValidationError) as error:
            if isinstance(error, NotFound) and copies.is_gone(one.tool, one.external_id):
                tally.skipped_files.append((str(file), _COPY))
                continue
            tally.failed.append((str(file), error.detail if isinstance(error, ContextFSError) else str(error)))
        yield tally


def _keep(sessions: LocalSessions, one: Normalised, tally: Tally, copies: Copies, *, revise: bool) -> int:
    """Store a conversation whole, close it, and learn from it; gives how many memories are new."""
    new = NewSession(
        project_id=sessions.project_id,
        tool=one.tool,
        external_id=one.external_id,
        messages=list(one.messages),
        **one.session_fields(),
    )
    captured = sessions.capture(new, revise=revise, left=one.left, aside=one.aside)
    tally.add(captured)
    if captured.session.status == "open":
        sessions.complete(captured.session.id, one.ended_at)
    learned = learning.learn(sessions, captured.session.id)
    if one.tool == COPIED and not is_copy(one.tool, one.external_id):
        gone = copies.drop_told(captured.session.id)
        tally.skipped_files += [(name, _COPY) for name in gone]
    return learned

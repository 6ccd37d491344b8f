"""`ctx import` into the store of this folder."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from clients.cli import import_report, output
from clients.cli.here.background import after_a_change
from clients.cli.here.store import opened
from clients.cli.mapping import Normalised
from clients.cli.reading import Tally
from contextfs.domain.sessions.model import NewSession
from contextfs.kit.errors import ContextFSError, Unavailable
from contextfs.local import config
from contextfs.local.place import Place
from contextfs.local.sessions import learning
from contextfs.local.sessions.store import LocalSessions


def bring(
    place: Place,
    pairs: Iterable[tuple[Path, Normalised]],
    tally: Tally,
    *,
    of: int,
    json: bool = False,
    quiet: bool = False,
) -> None:
    """Store conversations, learn from them, and tell what was stored."""
    project = config.read(place.config).project
    progress = output.Progress()
    with opened(place) as store:
        sessions = LocalSessions(store)
        try:
            for now in keep_all(sessions, pairs, tally):
                progress.show(f"{now.files}/{of} files · {output.counted(now.stored, 'message')} stored")
        finally:
            progress.clear()
            learning.finish(sessions)
    after_a_change(place)
    if quiet:
        return
    if json:
        output.say_json(tally.shown() | {"learned": tally.learned, "project_id": str(project.id)})
        return
    import_report.summary(tally, project.name)
    if tally.learned:
        many = output.counted(tally.learned, "memory", "memories")
        output.say(f"  {output.dim('learned')}   {many}: `ctx memory list`")


def keep_all(sessions: LocalSessions, pairs: Iterable[tuple[Path, Normalised]], tally: Tally) -> Iterator[Tally]:
    """Store one conversation after the other; one that cannot be stored does not stop the rest."""
    for file, one in pairs:
        try:
            tally.learned += _keep(sessions, one, tally)
        except Unavailable:
            raise
        except (ContextFSError, msgspec.ValidationError) as error:
            tally.failed.append((str(file), error.detail if isinstance(error, ContextFSError) else str(error)))
        yield tally


def _keep(sessions: LocalSessions, one: Normalised, tally: Tally) -> int:
    """Store a conversation whole, close it, and learn from it; gives how many memories are new."""
    new = NewSession(
        project_id=sessions.project_id,
        tool=one.tool,
        external_id=one.external_id,
        messages=one.messages,
        **one.session_fields(),
    )
    captured = sessions.capture(new)
    tally.add(captured)
    if captured.session.status == "open":
        sessions.complete(captured.session.id, one.ended_at)
    return learning.learn(sessions, captured.session.id)

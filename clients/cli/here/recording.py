"""Keeps what was recorded in the store of a folder."""

from pathlib import Path
from uuid import UUID

from clients.cli.here.background import after_a_change
from clients.cli.here.store import opened
from contextfs.domain.sessions.model import Git, NewSession
from contextfs.local import git
from contextfs.local.place import Place
from contextfs.local.sessions import learning
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.setup import around
from contextfs.recording.model import Kept


class LocalSink:
    """Stores sessions without their secrets. The store is opened for each: other programs work in it meanwhile."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._cwd = str(Path.cwd())

    def keep(self, kept: Kept) -> object:
        """Store messages that are not stored yet."""
        with opened(self._place, look=False) as store:
            sessions = LocalSessions(store)
            new = NewSession(
                project_id=sessions.project_id,
                tool=kept.tool,
                external_id=kept.external_id,
                model=kept.model,
                git=here(self._place, self._cwd),
                metadata=kept.metadata,
                input_tokens=kept.input_tokens,
                output_tokens=kept.output_tokens,
                started_at=kept.started_at,
                messages=kept.messages,
            )
            captured = sessions.capture(new)
        return captured.session.id

    def complete(self, session: object) -> None:
        """Close a session, and learn from it."""
        if not isinstance(session, UUID):
            return
        with opened(self._place, look=False) as store:
            store.refresh()
            sessions = LocalSessions(store)
            sessions.complete(session)
            learning.learn(sessions, session)
            learning.finish(sessions)
        after_a_change(self._place)


def here(place: Place, cwd: str) -> Git:
    """Tell where in the repository we are."""
    repository = git.repository(place.root)
    if repository is None:
        return Git(cwd=cwd)
    return Git(remote=around.remote(repository), branch=repository.branch(), commit=repository.tip(), cwd=cwd)

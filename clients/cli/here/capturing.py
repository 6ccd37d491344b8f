"""`ctx capture`, `ctx append` and `ctx complete` in the store of this folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from clients.cli.here.background import after_a_change
from clients.cli.here.memory import checked
from clients.cli.here.store import opened
from clients.cli.shown import output
from contextfs.domain.sessions.model import Captured, Git, NewMessage, NewSession
from contextfs.kit.errors import Invalid
from contextfs.local import git
from contextfs.local.place import Place
from contextfs.local.sessions import learning
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.setup import around


def capture(
    place: Place,
    said: Sequence[NewMessage],
    *,
    tool: str,
    external_id: str | None,
    complete: bool,
    json: bool,
    **about: Any,
) -> None:
    """Keep a conversation, and print its id."""
    with opened(place, look=False) as store:
        sessions = LocalSessions(store)
        new = NewSession(
            project_id=sessions.project_id,
            tool=tool,
            external_id=external_id,
            git=_git(place),
            **about,
        )
        captured = sessions.capture(msgspec.structs.replace(checked(new), messages=[*said]))
        learned = _closed(sessions, captured) if complete else 0
        _print(sessions, captured, learned, json=json)
    after_a_change(place)


def append(place: Place, session: str, said: Sequence[NewMessage], *, json: bool) -> None:
    """Add messages to a session."""
    if not said:
        raise Invalid("There is nothing to append: give a text.")
    with opened(place, look=False) as store:
        sessions = LocalSessions(store)
        captured = sessions.append(sessions.find(session), said)
        _print_grown(captured, json=json)
    after_a_change(place)


def complete(place: Place, session: str, *, json: bool) -> None:
    """Close a session, and learn from it."""
    with opened(place) as store:
        sessions = LocalSessions(store)
        closed = sessions.complete(sessions.find(session))
        learned = learning.learn(sessions, closed.id)
        learning.finish(sessions)
    after_a_change(place)
    if json:
        output.say_json({"session": closed, "learned": learned})
    else:
        output.say(f"Completed: session {output.short(closed.id)}{_told(learned)}")


def _closed(sessions: LocalSessions, captured: Captured) -> int:
    sessions.complete(captured.session.id)
    learned = learning.learn(sessions, captured.session.id)
    learning.finish(sessions)
    return learned


def _git(place: Place) -> Git:
    """Tell where in the repository we are."""
    repository = git.repository(place.root)
    cwd = str(Path.cwd())
    if repository is None:
        return Git(cwd=cwd)
    return Git(remote=around.remote(repository), branch=repository.branch(), commit=repository.tip(), cwd=cwd)


def _print(sessions: LocalSessions, captured: Captured, learned: int, *, json: bool) -> None:
    if json:
        session = sessions.get(captured.session.id)
        output.say_json({"session": session, "receipt": captured.receipt, "learned": learned})
        return
    output.say(str(captured.session.id))
    done = "Captured" if captured.created else "Grown" if captured.added else "Known already"
    output.note(
        f"{done}: {output.counted(captured.session.message_count, 'message')}{_redacted(captured)}{_told(learned)}"
    )


def _print_grown(captured: Captured, *, json: bool) -> None:
    if json:
        output.say_json({"session": captured.session, "receipt": captured.receipt})
        return
    known = f", {captured.present:,} known already" if captured.present else ""
    output.say(
        f"Appended: {output.counted(captured.added, 'message')} to session {output.short(captured.session.id)}, "
        f"which has {captured.session.message_count:,}{known}{_redacted(captured)}"
    )


def _redacted(captured: Captured) -> str:
    many = captured.receipt.redacted
    return f"; {output.counted(many, 'secret')} taken out before storing" if many else ""


def _told(learned: int) -> str:
    return f"; {output.counted(learned, 'memory', 'memories')} learned: `ctx memory list`" if learned else ""

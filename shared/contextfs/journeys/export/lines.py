"""A project of the server as the lines of an export, one at a time."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from contextfs.domain.exports import contents
from contextfs.domain.exports.model import Content
from contextfs.domain.exports.store import Counts
from contextfs.domain.feed.model import SentRevision
from contextfs.domain.memories.revisions import Fields
from contextfs.domain.sessions.model import Git
from contextfs.journeys.export.format import FORMAT, Head, Line, MessageKept, ProjectKept, SessionKept
from contextfs.kit.ports import Row, Transaction

_encode = msgspec.json.Encoder().encode
_SAME = set(SessionKept.__struct_fields__) - {"git", "shared", "own", "learned"}


def lines(
    tx: Transaction, project: ProjectKept, wanted: list[Content], counts: Counts, now: datetime
) -> Iterator[bytes]:
    """Write a project, always in the same order, and count what is written."""
    yield _encode(Head(format=FORMAT, project=project, exported_at=now)) + b"\n"
    if "memories" in wanted:
        for revisions in contents.memories(tx, project.id):
            for row in revisions:
                counts.revisions += 1
                yield _encode(Line(revision=_revision(row))) + b"\n"
    if "sessions" in wanted:
        for session in contents.sessions(tx, project.id):
            counts.sessions += 1
            yield _encode(Line(session=_session(session))) + b"\n"
            for row in contents.messages(tx, session["id"]):
                counts.messages += 1
                yield _encode(Line(message=msgspec.convert(row, MessageKept))) + b"\n"


def _revision(row: Row) -> SentRevision:
    return SentRevision(
        memory_id=row["memory_id"],
        fields=msgspec.convert(row["fields"], Fields),
        author=row["author"],
        clock=row["clock"],
        parents=row["parents"],
    )


def _session(row: Row) -> SessionKept:
    """Give a session as a machine has it that was told of it: who sees it here decides, not who captured it there."""
    git = Git(remote=row["git_remote"], branch=row["git_branch"], commit=row["git_commit"], cwd=row["cwd"])
    shared = "private" if row["visibility"] == "private" else "project"
    kept = {name: row[name] for name in _SAME}
    return SessionKept(**kept, git=git, shared=shared, own=False, learned=0)

"""`ctx share` and `ctx unshare` on a server."""

from uuid import UUID

from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import ContextFS, MemoryWritten, SessionWritten
from contextfs.kit.errors import NotFound
from contextfs.local.config import Level

_MOST_IN_A_PAGE = 200


def show_to(id: str, level: Level, *, json: bool) -> None:  # noqa: A002 - the argument's name
    """Let others see a memory or a session, or keep it from them."""
    with server.opened() as client:
        written = _shown(client, id, level)
    if json:
        output.say_json(written)
        return
    done = "Private now" if level == "private" else "Shared now"
    kind, one = ("memory", written.memory) if isinstance(written, MemoryWritten) else ("session", written.session)
    output.say(f"{done}: {kind} {output.short(one.id)}")


def _shown(client: ContextFS, id: str, level: Level) -> MemoryWritten | SessionWritten:  # noqa: A002 - the argument's name
    memory_id = _memory(client, id)
    if memory_id is not None:
        return client.memories.update(memory_id, visibility=level)
    session_id = server.whole_id(id, client.sessions.list(page_size=_MOST_IN_A_PAGE), "memory or session")
    return client.sessions.update(session_id, visibility=level)


def _memory(client: ContextFS, id: str) -> UUID | None:  # noqa: A002 - the argument's name
    try:
        return client.memories.get(
            server.whole_id(id, client.memories.list(page_size=_MOST_IN_A_PAGE, superseded=True), "memory")
        ).id
    except NotFound:
        return None

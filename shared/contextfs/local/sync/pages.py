"""Pages of the feed, ready to be taken in. Where there are many, and a second core, another process makes them ready.

It asks the server for them, decodes them, names revisions by their hashes, and makes rows and texts, while this process
stores those before. It touches nothing of the store, and is no more than a help: where it fails or is stopped, this
process asks for what is missing itself, and tells what is wrong.
"""

import marshal
import os
import select
import signal
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Thread
from typing import IO, Any, NamedTuple
from uuid import UUID

import msgspec

from contextfs.client.resources.sync import Sync
from contextfs.domain.feed.model import Pulled, SentRevision
from contextfs.domain.memories.revisions import Revision
from contextfs.local.ahead import Ahead
from contextfs.local.base.memories import Draft
from contextfs.local.folder.glance import may_fork
from contextfs.local.folder.stepping import Text
from contextfs.local.taking import Prepared, prepared

_CHANGES_A_PAGE = 2000
_LENGTH_BYTES = 8


class Page(NamedTuple):
    """What changed up to a position: its revisions made ready, and the rest of it as it came."""

    revisions: Prepared
    rest: Pulled


def pages(server: Sync, project_id: UUID, *, cursor: int, origin: UUID) -> Iterator[Page]:
    """Give the pages of the feed from a position on; the next ones are asked for and made ready while one is stored."""
    if not (sys.platform == "linux" and may_fork()):  # other systems' libraries do not all outlive a fork
        yield from map(_page, _received(server, project_id, cursor=cursor, origin=origin))
        return
    first = server.pull(project_id, cursor=cursor, origin=origin, limit=_CHANGES_A_PAGE)
    if not first.more:
        yield _page(first)
        return
    with _helper(server, project_id, cursor=first.cursor, origin=origin) as coming:
        last = _page(first)
        yield last
        for page in coming:
            last = page
            yield page
    if last.rest.more:
        yield from map(_page, _received(server, project_id, cursor=last.rest.cursor, origin=origin))


def _received(server: Sync, project_id: UUID, *, cursor: int, origin: UUID) -> Iterator[Pulled]:
    """Give the pages as the server gives them; the next one is asked for while one is worked on."""
    ask = partial(server.pull, project_id, origin=origin, limit=_CHANGES_A_PAGE)
    page = ask(cursor=cursor)
    while page.more:
        coming = Ahead(partial(ask, cursor=page.cursor))
        yield page
        page = coming.result()
    yield page


def _page(pulled: Pulled) -> Page:
    return Page(prepared(map(_revision, pulled.revisions), sent=True), msgspec.structs.replace(pulled, revisions=[]))


def _revision(sent: SentRevision) -> Revision:
    return Revision(
        memory_id=sent.memory_id,
        parents=tuple(sent.parents),
        fields=sent.fields,
        author=sent.author,
        clock=sent.clock,
    )


@contextmanager
def _helper(server: Sync, project_id: UUID, *, cursor: int, origin: UUID) -> Generator[Iterator[Page]]:
    """Have a child make pages ready. What it has of ours it neither uses nor closes, its connections are its own.

    Where the system gives none, no page comes.
    """
    if sys.platform == "win32":
        raise NotImplementedError
    forked = _forked()
    if forked is None:
        yield iter(())
        return
    child, reader, writer = forked
    if child == 0:
        try:
            os.close(reader)
            Thread(target=_end_unread, args=(writer,), daemon=True).start()
            with server.apart() as own, os.fdopen(writer, "wb") as pipe:
                for pulled in _received(own, project_id, cursor=cursor, origin=origin):
                    _write(pipe, _page(pulled))
        finally:
            os._exit(0)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as pipe:
            yield _read(pipe)
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _forked() -> tuple[int, int, int] | None:
    """Make a child, with both ends of a pipe (child, reader, writer); None at a limit of processes, memory or files."""
    if sys.platform == "win32":
        raise NotImplementedError
    try:
        reader, writer = os.pipe()
    except OSError:
        return None
    try:
        return os.fork(), reader, writer
    except OSError:
        os.close(reader)
        os.close(writer)
        return None


def _end_unread(writer: int) -> None:
    """End this process once nobody is left to read what it writes, whatever it waits for."""
    if sys.platform == "win32":
        raise NotImplementedError
    end = select.poll()
    end.register(writer, 0)  # that the other end is closed is told unasked
    end.poll()
    os._exit(0)


def _write(pipe: IO[bytes], page: Page) -> None:
    drafts = [(one.added, one.row) for one in page.revisions.drafts]
    texts = {name: (one.heads, one.content) for name, one in page.revisions.texts.items()}
    content = marshal.dumps((drafts, texts, page.revisions.latest, msgspec.json.encode(page.rest)))
    pipe.write(len(content).to_bytes(_LENGTH_BYTES, "big"))
    pipe.write(content)
    pipe.flush()


def _read(pipe: IO[bytes]) -> Iterator[Page]:
    """Give the pages that come whole; after the last one, or where the child was stopped, there are no more."""
    while len(head := pipe.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
        size = int.from_bytes(head, "big")
        content = pipe.read(size)
        if len(content) < size:
            return
        drafts, texts, latest, rest = _plain(content)
        ready = Prepared([Draft(*one) for one in drafts], {name: Text(*one) for name, one in texts.items()}, latest)
        yield Page(ready, msgspec.json.decode(rest, type=Pulled))


def _plain(content: bytes) -> Any:
    return marshal.loads(content)  # noqa: S302 - our own child wrote it

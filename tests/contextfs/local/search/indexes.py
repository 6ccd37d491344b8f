"""The index of a machine's store, as a command opens it, and what a search of it shows."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from contextfs.kit.ports import Embedder
from contextfs.local import config
from contextfs.local.base.connection import FILE, Base
from contextfs.local.search.index import LocalIndex
from contextfs.local.search.model import LocalReply, Wanted
from tests.contextfs.local.places import Machine


@contextmanager
def opened(
    machine: Machine,
    embedder: Embedder | None = None,
    *,
    later: Callable[[], bool] = lambda: False,
    is_read_only: bool = False,
) -> Generator[LocalIndex]:
    """Open the index of a machine's store, as it is where that cannot be written."""
    folder = machine.root / ".contextfs/local"
    base = Base.as_it_is(folder / FILE) if is_read_only else Base.open(folder)
    yield LocalIndex(
        base,
        folder,
        project=lambda: config.read(machine.root / ".contextfs/config.toml").project,
        embedder=lambda: embedder,
        me=lambda: machine.who,
        sharing=lambda: config.read(machine.root / ".contextfs/config.toml").share,
        languages=lambda: config.read(machine.root / ".contextfs/config.toml").search.spoken,
        now=lambda: machine.now,
        entropy=machine.random.randbytes,
        later=later,
    )
    base.close()


def found(machine: Machine, query: str, embedder: Embedder | None = None, **more: Any) -> LocalReply:
    """Search a machine's store, by words where there is no embedder."""
    with opened(machine, embedder) as index:
        return index.search(Wanted(query=query, **more))


def said(machine: Machine, query: str, embedder: Embedder | None = None, **more: Any) -> list[str]:
    """Give the snippets of what was found."""
    return [hit.snippet for hit in found(machine, query, embedder, **more).hits]

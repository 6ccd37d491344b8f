"""Make the index anew, or finish what is due: with progress, resumable at any point, one process at a time."""

from contextlib import AbstractContextManager

from contextfs.kit.errors import Unavailable
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.search import due
from contextfs.local.search.index import LocalIndex
from contextfs.local.search.model import Reindexed
from contextfs.local.search.queries import SQL
from contextfs.local.sync.alone import SEARCH, alone

_BEGUN = "search reindex"


def alone_at_it(index: LocalIndex, *, patience: float = 0.0) -> AbstractContextManager[bool]:
    """Hold the lock of those who index for long; gives False when another process holds it for `patience` seconds."""
    return alone(index.folder, SEARCH, patience=patience)


def reindex(index: LocalIndex) -> Reindexed:
    """Make everything anew, from the store; one that was interrupted is gone on with. Vectors that are whole stay."""
    base = index.base
    wanted = due.made_of(index.languages())
    resumed = mark(base, _BEGUN) == wanted
    if not resumed:
        with base.transaction():
            due.make_anew(base, index.languages())
            set_mark(base, _BEGUN, wanted)
    embedded, degraded = finish(index, check=True)
    with base.transaction():
        base.run(SQL["optimize"])
        set_mark(base, _BEGUN, "")
    counts = base.one(SQL["sizes"]) or {}
    return Reindexed(**counts, embedded=embedded, resumed=resumed, degraded=degraded)


def finish(index: LocalIndex, *, check: bool = False) -> tuple[int, list[str]]:
    """Take in what is due, and give every passage that waits its vector; `check` looks at each vector that is there.

    Gives how many were embedded, and why others could not be.
    """
    index.mended(lambda: None)
    try:
        model = index.embedder()
    except Unavailable as error:
        return 0, [error.detail]
    if model is None:
        return 0, []
    from contextfs.local.search.meaning import Meaning  # noqa: PLC0415 - numpy is loaded where it is there

    return Meaning(index.base, index.folder, model).complete(check=check, progress=index.progress)

"""`ctx why` in the store of this folder."""

from clients.cli.here.index import opened
from contextfs.domain.context.record import PackRecord
from contextfs.local.packs import store
from contextfs.local.place import Place


def pack(place: Place, name: str) -> PackRecord:
    """Read a pack."""
    with opened(place) as index:
        return store.find(index.base, name)

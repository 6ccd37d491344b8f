"""Push of records: what a tool wrote of a session that others see goes to the server, too, as it is kept here.

Only of files that hold one conversation, and are named by it: the others could tell of more than is shared. Of a file
that grew the end is sent alone. What the server will not take is left out, and not tried again until it changes.
"""

from hashlib import sha256
from pathlib import Path
from uuid import UUID

from contextfs.adapters.transcripts import version
from contextfs.adapters.transcripts.kept import OWN
from contextfs.client.records import bring, read_again
from contextfs.client.resources.sessions import Sessions
from contextfs.local.base.connection import Row
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.records.pieces import is_named_by
from contextfs.local.records.store import FILE, Kept, Records
from contextfs.local.store import LocalStore
from contextfs.local.sync.state import SQL


def push(store: LocalStore, server: Sessions, url: str) -> int:
    """Send what the server lacks of records of sessions that it knows; gives of how many it was sent."""
    if not (store.place.local / FILE).exists():
        return 0
    sent = 0
    with Records.opened(store.place.local) as records:
        for row in store.base.all(SQL["recorded"]):
            kept = records.find(row["tool"], Path(row["file"]))
            if kept is None or kept.read_by is None or not _is_alone(kept, row):
                continue
            state = f"{url} {kept.id} {kept.size} {store.policy.edition}"
            if mark(store.base, _name(row)) != state:
                sent += _sent(records, kept, server, row)
                set_mark(store.base, _name(row), state)
            _tell(store, server, row, url)
    return sent


def _name(row: Row) -> str:
    return f"record sent {row['id']}"


def _tell(store: LocalStore, server: Sessions, row: Row, url: str) -> None:
    """Have the server read a record again where other messages were left behind than when it was last told of that."""
    name, of_server = f"record left {row['id']}", f"{url} "
    before, now = mark(store.base, name) or "", of_server + _digest(row["left_behind"])
    is_known = now == (before if before.startswith(of_server) else of_server + _digest(None))
    if not is_known and read_again(server, UUID(row["id"]), reader=version(row["tool"])):
        set_mark(store.base, name, now)


def _digest(names: str | None) -> str:
    return sha256(names.encode()).hexdigest() if names else "none"


def _is_alone(kept: Kept, row: Row) -> bool:
    return not kept.is_rows and is_named_by(Path(kept.path), row["external_id"] or "")


def _sent(records: Records, kept: Kept, server: Sessions, row: Row) -> bool:
    with records.parts(kept) as parts:
        data = bytes(parts.get(OWN, b"")[:])
    return bring(data, server, UUID(row["id"]), reader=version(kept.tool))

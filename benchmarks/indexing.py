"""What indexing costs beyond the model: new messages until search finds them by meaning, against the embedder alone."""

import os
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row

from benchmarks.calls import Caller
from benchmarks.measure import Row, row
from clients.cli import sample
from contextfs.adapters.database import embedded
from contextfs.adapters.database.migrate import migrate
from contextfs.adapters.transcripts import read_path
from contextfs.journeys.enter.organization import Founding, found, plan
from contextfs.journeys.find.embed import BATCH
from contextfs.kit.errors import ContextFSError
from contextfs.kit.events import Event
from contextfs.kit.ports import Embedder
from contextfs.kit.settings import Settings
from contextfs.runtime.events.reaction import Reactor
from contextfs.runtime.wiring import Wiring, consumers_of, triggers

SESSIONS, MESSAGES = 5, 128
_INDEXING = frozenset({"triggers.index_session", "triggers.embed"})


def run() -> list[Row]:
    """Measure on a fresh embedded database; nothing is measured where no model was made yet."""
    home = Path(os.environ.get("CONTEXTFS_HOME", Path.home() / ".contextfs"))
    model = home / "models" / "all-MiniLM-L6-v2.int8.bin"
    if not model.exists():
        return []
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
        server = embedded.start(Path(folder) / "data")
        try:
            return [_measure(server.dsn(), model)]
        finally:
            embedded.stop(Path(folder) / "data")


def _measure(admin: str, model: Path) -> Row:
    migrate(admin, passwords={"contextfs_app": "app"})
    url = make_conninfo(admin, user="contextfs_app", password="app")  # noqa: S106 - of a database that goes at once
    wired = Wiring(Settings(database_url=url, key_pepper="p" * 32, redaction_key="r" * 32, model=str(model)))
    founding = plan(organization="O", email="o@o", project="p", now=wired.clock(), entropy=os.urandom)
    found(wired.services, founding, wired.clock())
    embedder = wired.services.embedder()
    assert embedder is not None  # noqa: S101 - there is a model
    try:
        with psycopg.Connection[DictRow].connect(admin, autocommit=True, row_factory=dict_row) as connection:
            _indexed(connection, wired, founding, _texts(0))
            times: tuple[list[float], list[float]] = ([], [])
            for number in range(1, SESSIONS + 1):
                texts = _texts(number)
                times[0].append(_indexed(connection, wired, founding, texts))
                times[1].append(_embedded(embedder, texts))
    finally:
        wired.close()
    return row(f"indexing of {MESSAGES} messages, with vectors", "the embedder alone", times, goal="≤ 1.25")


def _texts(number: int) -> list[str]:
    """Give the sample's messages again and again, each a little other than all before: what is known costs nothing."""
    read = [found for _, found in read_path("claude-code", sample.FOLDER) if not isinstance(found, ContextFSError)]
    said = [message.content for found in read for one in found for message in one.messages if message.content]
    return [f"{said[place % len(said)]} ({number}.{place})" for place in range(MESSAGES)]


def _indexed(connection: psycopg.Connection[DictRow], wired: Wiring, founding: Founding, texts: list[str]) -> float:
    """Store a session, and carry its events to what indexes until none is left; gives the milliseconds of that."""
    messages = [{"role": "user", "content": text} for text in texts]
    body = {"project_id": str(founding.project_id), "tool": "bench", "messages": messages}
    Caller(wired, founding).post("sessions.create", body)
    reactor, table = Reactor(wired.services, wired.clock), {one.name: one for one in triggers()}
    started = time.perf_counter()
    while waiting := connection.execute("delete from contextfs.outbox returning *").fetchall():
        for event in (Event(**{name: one[name] for name in Event.__struct_fields__}) for one in waiting):
            for consumer in _INDEXING.intersection(consumers_of(event.type)):
                reactor.react(table[consumer], event)
    return (time.perf_counter() - started) * 1000


def _embedded(embedder: Embedder, texts: list[str]) -> float:
    """Embed texts in the same batches; gives the milliseconds."""
    started = time.perf_counter()
    for start in range(0, len(texts), BATCH):
        list(embedder.embed(texts[start : start + BATCH]))
    return (time.perf_counter() - started) * 1000

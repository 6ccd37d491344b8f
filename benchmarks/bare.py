"""The floor of a call: the row that it reads or writes, read or written by one statement and nothing else.

The tables have the columns, checks and indexes of ours, and no foreign keys, triggers, history or row-level security;
each statement is prepared, and is a transaction of its own on a connection of the same pool.
"""

import time
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from benchmarks.measure import Clock
from contextfs.adapters.database.postgres import PostgresDatabase

_TABLES = """
create table bare_memories (like contextfs.memories including all);
create table bare_messages (like contextfs.messages including all);
grant select, insert on bare_memories, bare_messages to contextfs_app
"""
_SHOWN = (
    "id, project_id, type, title, content, tags, metadata, visibility, sensitivity, confidence, pinned, valid_from,"
    " valid_to, expires_at, provenance, anchors, author_id, author_kind, session_id, conflicted, bodies, version,"
    " created_at, updated_at"
)


class Bare:
    """Inserts and selects rows like one memory and one message of ours."""

    def __init__(self, admin: str, database: PostgresDatabase) -> None:
        self._admin = admin
        self._pool = database._pool  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - the same pool
        with psycopg.connect(admin, autocommit=True) as connection, connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(_TABLES)
            self._memory = _row(cursor, "memories")
            self._message = _row(cursor, "messages")
        self._add_memory = _insert("bare_memories", self._memory)
        self._add_message = _insert("bare_messages", self._message)
        self._get = f"select {_SHOWN} from bare_memories where org_id = %(org_id)s and id = %(id)s".encode()  # noqa: S608 - our own names
        self.known = self.memory("text")

    def memory(self, content: str) -> Any:
        """Insert a memory; gives its id."""
        named = {"id": uuid4(), "content": content, "fingerprint": uuid4().hex}
        self._run(self._add_memory, self._memory | named)
        return named["id"]

    def message(self) -> None:
        """Insert a message."""
        self._run(self._add_message, self._message | {"id": uuid4()})

    def get(self, memory_id: Any) -> dict[str, Any] | None:
        """Select a memory by its id, all that we tell of one."""
        return self._run(self._get, {"org_id": self._memory["org_id"], "id": memory_id})

    def processor_clock(self) -> Clock:
        """Make a clock of the processor time that this process and the server's sessions use; Linux alone has it.

        The clock of another process is numbered as clock_getcpuclockid(3) does.
        """
        with psycopg.connect(self._admin, autocommit=True) as connection:
            sessions = connection.execute("select pid from pg_stat_activity where usename = 'contextfs_app'").fetchall()
        clocks = [(~pid << 3) | 2 for (pid,) in sessions]
        return lambda: time.process_time() + sum(map(time.clock_gettime, clocks))

    def _run(self, statement: bytes, parameters: dict[str, Any]) -> dict[str, Any] | None:
        with self._pool.connection() as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchone() if cursor.description else None


def _row(cursor: psycopg.Cursor[dict[str, Any]], table: str) -> dict[str, Any]:
    """Take a row of ours, ready to be written again."""
    query = sql.SQL("select * from contextfs.{} limit 1").format(sql.Identifier(table))
    row = cursor.execute(query).fetchone() or {}
    kinds = cursor.execute(
        "select column_name from information_schema.columns"
        " where table_schema = 'contextfs' and table_name = %s and data_type = 'jsonb'",
        [table],
    )
    return row | {name: Jsonb(row[name]) for name in (kind["column_name"] for kind in kinds)}


def _insert(table: str, row: dict[str, Any]) -> bytes:
    query = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
    )
    return query.as_bytes()

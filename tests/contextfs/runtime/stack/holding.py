"""Calls that are under way for as long as a test wants: they wait for a table that it has."""

from collections.abc import Generator
from contextlib import contextmanager

import psycopg

from contextfs.runtime.stack.probe import wait_until

Administrator = psycopg.Connection[tuple[object, ...]]


@contextmanager
def memories_held(administrator: str) -> Generator[Administrator]:
    """Keep everybody from the memories until the connection is rolled back, at the end of the block at the latest."""
    with psycopg.connect(administrator) as connection:
        connection.execute("lock table contextfs.memories in access exclusive mode")
        yield connection
        connection.rollback()


def wait_for_a_call(connection: Administrator) -> None:
    """Wait until somebody waits for the memories."""
    query = "select 1 from pg_locks where not granted and relation = 'contextfs.memories'::regclass"
    wait_until(lambda: connection.execute(query).fetchone() is not None, 20, "nobody waits for the memories")

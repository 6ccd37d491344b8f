"""What was stored before there was a feed stands at its beginning, for those who may see it."""

from collections.abc import Callable
from uuid import uuid4

import psycopg

from contextfs.adapters.database.migrate import migrate, shipped
from tests.contextfs.adapters.database.tenancy import (
    AT,
    Connection,
    assume,
    insert,
    memory_row,
    project_row,
    session_row,
)

FEED = "0012_pre_feed.sql"
STATES = "select kind, subject, cardinality(items), reader from contextfs.feed order by position"
COUNTERS = "select position from contextfs.feed_counters"


def _settle(connection: Connection) -> tuple[list[object], list[object]]:
    """Write a private memory with two revisions, and a session with 1500 messages; gives their ids and readers."""
    org, user, project, memory, session = (uuid4() for _ in range(5))
    assume(connection, org, user)
    owner = {"org_id": org, "name": "Org", "created_at": AT, "updated_at": AT}
    insert(connection, "organizations", owner)
    insert(connection, "projects", project_row(org, project))
    insert(connection, "memories", memory_row(org, project, memory, user, "private"))
    place = {"org_id": org, "project_id": project}
    for name in ("a", "b"):
        told = {"memory_id": memory, "id": name, "author": "x", "clock": "c", "stored_at": AT}
        connection.execute(
            "insert into contextfs.revisions (org_id, project_id, memory_id, id, parents, fields, author, clock,"
            " stored_at) values (%(org_id)s, %(project_id)s, %(memory_id)s, %(id)s, '{}', '{}', %(author)s, %(clock)s,"
            " %(stored_at)s)",
            place | told,
        )
    insert(connection, "sessions", session_row(org, project, session, user, "project"))
    connection.execute(
        "insert into contextfs.messages (org_id, project_id, session_id, id, role, kind, content, created_at,"
        " stored_at) select %s, %s, %s, gen_random_uuid(), 'user', 'prompt', 'x', %s, %s from generate_series(1, 1500)",
        (org, project, session, AT, AT),
    )
    return [memory, user], [session, None]


def test_a_feed_begins_with_what_is_there(new_database: Callable[[], str]) -> None:
    url = new_database()
    migrate(url, migrations=[one for one in shipped() if one.name < FEED])
    with psycopg.connect(url) as connection:
        memory, session = _settle(connection)

    migrate(url)
    with psycopg.connect(url) as connection:
        told = [[kind, subject, items, reader] for kind, subject, items, reader in connection.execute(STATES)]
        [(position,)] = connection.execute(COUNTERS).fetchall()

    assert sorted(told, key=str) == sorted(
        [
            ["memory", memory[0], 2, memory[1]],
            ["session", session[0], 999, None],
            ["session", session[0], 501, None],
        ],
        key=str,
    )
    assert position == 3

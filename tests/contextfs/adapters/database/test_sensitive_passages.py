"""What was indexed before search knew how sensitive a thing is learns it, and code of before goes on meanwhile."""

from collections.abc import Callable
from uuid import uuid4

import psycopg

from contextfs.adapters.database.migrate import migrate, shipped
from contextfs.domain.search.tokens import dimension, term_key
from tests.conftest import PASSWORDS, as_role
from tests.contextfs.adapters.database.tenancy import AT, assume, insert, memory_row, passage_row, session_row

BEFORE = (
    "select body from contextfs.find_passages(%s, %s, null, null, 50, null,"
    " null, null, null, null, null, null, null, null, now())"
)


def test_passages_of_before_learn_how_sensitive_they_are(new_database: Callable[[], str]) -> None:
    url, org, project = new_database(), uuid4(), uuid4()
    names = [one.name for one in shipped()]
    pre = next(place for place, name in enumerate(names) if name.endswith("_pre_sensitive_passages.sql"))
    migrate(url, passwords=PASSWORDS, migrations=shipped()[:pre])
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        assume(connection, org, org)
        stamps = {"created_at": AT, "updated_at": AT}
        insert(connection, "organizations", {"org_id": org, "name": "a"} | stamps)
        insert(connection, "projects", {"org_id": org, "id": project, "name": "p", "created_by": org} | stamps)
        for sensitivity in ("restricted", None):
            memory = uuid4()
            marks = {"sensitivity": sensitivity}
            insert(connection, "memories", memory_row(org, project, memory, org, "project") | marks)
            row = passage_row(org, project, memory, org, "project", f"heron memory {sensitivity}")
            insert(connection, "passages", row)
            session = uuid4()
            insert(connection, "sessions", session_row(org, project, session, org, "project") | marks)
            said = {"source": "message", "source_id": uuid4(), "memory_id": None, "session_id": session}
            heard = passage_row(org, project, memory, org, "project", f"heron message {sensitivity}")
            insert(connection, "passages", heard | said)
    migrate(url, passwords=PASSWORDS, migrations=shipped()[: pre + 1])
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        assume(connection, org, org)
        meanwhile = connection.execute(BEFORE, ([term_key(org, "heron")], [dimension("heron")])).fetchall()
    migrate(url, passwords=PASSWORDS, migrations=shipped())
    with psycopg.connect(url) as connection:
        learned = connection.execute("select body, sensitivity from contextfs.passages").fetchall()

    assert 4 == len(meanwhile)
    assert {
        *(("heron memory restricted", "restricted"), ("heron message restricted", "restricted")),
        *(("heron memory None", None), ("heron message None", None)),
    } == {*learned}

"""Adding a memory reads no other one: however many there are, indexes tell whether the same is said already."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from contextfs.adapters.database import session
from contextfs.kit.sql import load
from tests.conftest import settings_for
from tests.contextfs.adapters.database.tenancy import AT, assume, insert, memory_row, project_row

_SQL = load("contextfs.domain.memories")
_MANY = 2_000
_FILL = """
insert into contextfs.memories (
    org_id, project_id, id, type, content, visibility, author_id, author_kind, heads, version, fingerprint,
    created_at, updated_at
)
select org_id, project_id, gen_random_uuid(), 'fact', 'text ' || n, visibility, author_id, author_kind, heads, version,
    md5(n::text), created_at, updated_at
from contextfs.memories, generate_series(1, %s) as n
"""
_READ = "select seq_tup_read from pg_stat_xact_user_tables where relname = 'memories'"


@pytest.mark.parametrize("gist", [None, "we deploy with uv"])
def test_adding_a_memory_reads_no_other_one(new_schema: Callable[[], str], gist: str | None) -> None:
    url = new_schema()
    org, user, project = uuid4(), uuid4(), uuid4()
    row = memory_row(org, project, uuid4(), user, "project")
    with psycopg.connect(url, autocommit=True) as admin:
        insert(admin, "organizations", {"org_id": org, "name": "Org", "created_at": AT, "updated_at": AT})
        insert(admin, "projects", project_row(org, project))
        insert(admin, "memories", row)
        admin.execute(_FILL, [_MANY])
        admin.execute("analyze contextfs.memories")
        fields = admin.execute("select to_jsonb(m) from contextfs.memories as m limit 1").fetchone()
    assert fields is not None
    with psycopg.connect(settings_for(url).database_url, options=session.options()) as app:
        assume(app, org, user)
        for _ in range(8):  # by then a plan is made that is kept
            memory = fields[0] | {"id": str(uuid4()), "fingerprint": uuid4().hex}
            place = {name: memory[name] for name in ("org_id", "project_id")}
            told: dict[str, Any] = {
                "id": uuid4().hex,
                "memory_id": memory["id"],
                "parents": [],
                "fields": {},
                "stored_at": AT,
            }
            revision = place | told | {"author": "x", "clock": "c", "stored_at": AT.isoformat()}
            wanted = {name: memory[name] for name in ("project_id", "fingerprint", "visibility")}
            app.execute(_SQL["same"].encode(), wanted | {"gist": gist})
            stored = {"memory": Jsonb(memory), "revision": Jsonb(revision), "is_known": True}
            app.execute(_SQL["add"].encode(), stored)
        read = app.execute(_READ).fetchone()

    assert (0,) == read

"""What a call leaves behind is written in one order, and wholly or not at all."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest

from contextfs.kit.call import Call
from contextfs.kit.errors import NotFound
from contextfs.kit.principal import Principal
from contextfs.runtime.door.settle import settle
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.conftest import Rows, rows

__all__ = ["rows"]

TABLES = ("outbox", "audit_log", "usage_records", "feed_counters", "feed")
NOTING = """
    create table public.written (place bigserial, name text);
    create function public.note_writing() returns trigger language plpgsql security definer as $$
    begin
        insert into public.written (name) values (tg_table_name);
        return new;
    end $$;
"""


@pytest.fixture
def noted(database_url: str) -> Iterator[psycopg.Connection]:
    """Give a connection that reads from `public.written` in which order the tables were written to."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(NOTING)
        for table in TABLES:
            connection.execute(
                f"create trigger noted before insert on contextfs.{table}"  # pyright: ignore[reportArgumentType] - ours
                " for each row execute function public.note_writing()"
            )
        yield connection
        connection.execute("drop function public.note_writing cascade; drop table public.written")


def written(wiring: Wiring, tenant: Tenant, project: UUID, *, of_projects: list[UUID] | None = None) -> None:
    """Let a call do one thing in a project."""
    principal = Principal(org_id=tenant.org_id, actor_id=tenant.user_id, actor="key:k", user_id=tenant.user_id)
    claims = (
        "select contextfs.assume(%(org)s, %(user)s, %(projects)s::uuid [])",
        {"org": tenant.org_id, "user": tenant.user_id, "projects": of_projects},
    )
    with wiring.services.database.transaction(claims) as (tx, _):
        call = Call(principal=principal, now=datetime.now(UTC), tx=tx, services=wiring.services)
        call.emit("memory.created", uuid4(), project, type="fact")
        call.share("memory", uuid4(), project)
        settle(call, audits="memory.created", meters="memories.written", request_id="r")


def test_the_counter_that_others_wait_for_comes_when_all_else_is_written(
    wiring: Wiring, tenant: Tenant, noted: psycopg.Connection
) -> None:
    for _ in range(8):  # the plan is one of its own at first, and a common one later
        written(wiring, tenant, tenant.project_id)
        order = [name for (name,) in noted.execute("select name from public.written order by place")]
        noted.execute("truncate public.written")

        assert sorted(order[:3]) == ["audit_log", "outbox", "usage_records"]
        assert order[3:] == ["feed_counters", "feed"]


@pytest.mark.parametrize("what", ["absent", "not theirs", "not open to them"])
def test_a_change_in_a_project_that_is_not_there_is_refused_and_leaves_nothing(
    what: str, wiring: Wiring, tenant: Tenant, other_tenant: Tenant, rows: Rows
) -> None:
    project = {"absent": uuid4(), "not theirs": other_tenant.project_id}.get(what, tenant.project_id)
    before = [rows.of(table, one) for table in TABLES for one in (tenant, other_tenant)]

    with pytest.raises(NotFound):
        written(wiring, tenant, project, of_projects=[uuid4()] if what == "not open to them" else None)

    assert [rows.of(table, one) for table in TABLES for one in (tenant, other_tenant)] == before

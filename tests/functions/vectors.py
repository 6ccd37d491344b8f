"""Vectors that a test gives to passages by itself."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from tests.conftest import Tenant
from tests.functions.conftest import Rows


def begin(rows: Rows, tenant: Tenant, model: str, dimensions: int = 384, state: str = "serving") -> UUID:
    """Begin a generation for which all of the tenant's passages wait."""
    generation = uuid4()
    rows.connection.execute(
        "insert into contextfs.generations (org_id, id, model, dimensions, state, started_at)"
        " values (%s, %s, %s, %s, %s, now())",
        [tenant.org_id, generation, model, dimensions, state],
    )
    rows.connection.execute(
        "insert into contextfs.vectors (org_id, generation_id, passage_id, project_id)"
        " select org_id, %s, id, project_id from contextfs.passages where org_id = %s",
        [generation, tenant.org_id],
    )
    return generation


def give(rows: Rows, tenant: Tenant, memory: str, vector: Iterable[float]) -> None:
    """Give a memory's passages a vector."""
    rows.connection.execute(
        "update contextfs.vectors as v set embedding = %s::halfvec from contextfs.passages as p"
        " where v.org_id = %s and p.org_id = v.org_id and p.id = v.passage_id and p.memory_id = %s",
        [str(list(vector)), tenant.org_id, memory],
    )


def vectors(rows: Rows, tenant: Tenant) -> list[dict[str, Any]]:
    """Read a tenant's vectors with the model and the state of their generation, and the text of their passage."""
    query = (
        "select g.model, g.state, v.generation_id, v.said, v.embedding, p.body"
        " from contextfs.vectors as v"
        " inner join contextfs.generations as g on g.org_id = v.org_id and g.id = v.generation_id"
        " inner join contextfs.passages as p on p.org_id = v.org_id and p.id = v.passage_id"
        " where v.org_id = %s order by g.started_at, p.body"
    )
    return rows.connection.execute(query, [tenant.org_id]).fetchall()

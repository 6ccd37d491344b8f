"""Something that happened, and what came of it, seen by the database's owner."""

import os
from uuid import UUID

import psycopg

from contextfs.kit.clock import system_clock
from contextfs.kit.events import Event
from contextfs.kit.ids import uuid7
from tests.conftest import Tenant


def memory_created(tenant: Tenant, content: str = "The staging database listens on port 5433.") -> Event:
    """Store a memory and tell of it, as the outbox would."""
    body = {"project_id": str(tenant.project_id), "content": content}
    stored = tenant.call("POST", "/v1/memories", body).json()["memory"]
    return happened(tenant, "memory.created", UUID(stored["id"]))


def happened(tenant: Tenant, event_type: str, subject: UUID) -> Event:
    """Tell that something happened in a tenant's project."""
    return Event(
        id=uuid7(system_clock(), os.urandom),
        type=event_type,
        org_id=tenant.org_id,
        project_id=tenant.project_id,
        subject=subject,
        time=system_clock(),
        actor="test",
        reader=tenant.user_id,
    )


def passages_of(database_url: str, event: Event) -> int:
    """Count the passages of an event's subject."""
    query = "select count(*) from contextfs.passages where org_id = %s and memory_id = %s"
    return _count(database_url, query, event.org_id, event.subject)


def forget_passages_of(database_url: str, event: Event) -> None:
    """Take the passages away, so that one sees whether they are made again."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("delete from contextfs.passages where org_id = %s", [event.org_id])


def times_taken(database_url: str, event: Event) -> int:
    """Count the triggers that took an event."""
    query = "select count(*) from contextfs.consumed_events where org_id = %s and event_id = %s"
    return _count(database_url, query, event.org_id, event.id)


def outbox_of(database_url: str, tenant: Tenant) -> int:
    """Count the events of a tenant that are still to be published."""
    return _count(database_url, "select count(*) from contextfs.outbox where org_id = %s", tenant.org_id)


def _count(database_url: str, query: str, *values: UUID) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return int(row[0])

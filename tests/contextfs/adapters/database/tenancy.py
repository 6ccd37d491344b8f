"""Tenants with rows in every table, written the way the API writes: as its role, with claims."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from contextfs.domain.search.bm25 import sparsevec_text, weights
from contextfs.domain.search.tokens import term_key, terms
from tests.conftest import as_role

Connection = psycopg.Connection[Any]

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
AVERAGE_LENGTH = 60.0


@dataclass(frozen=True)
class Ids:
    """A tenant's ids: two users, two projects; in each project what is private to `user` and what is shared."""

    org: UUID
    user: UUID
    colleague: UUID
    project: UUID
    other_project: UUID
    private_session: UUID
    shared_session: UUID
    private_memory: UUID
    shared_memory: UUID
    elsewhere_memory: UUID


def assume(connection: Connection, org: UUID, user: UUID, projects: list[UUID] | None = None) -> None:
    """Set the claims of the open transaction."""
    connection.execute("select contextfs.assume(%s, %s, %s)", (org, user, projects))


def tenant_tables(connection: Connection) -> list[str]:
    """List every table of the schema but the ledger of migrations."""
    rows = connection.execute(
        "select relname from pg_class where relnamespace = 'contextfs'::regnamespace and relkind in ('r', 'p')"
        " and relname <> 'migrations' order by 1"
    )
    return [name for (name,) in rows]


def count(connection: Connection, table: str, org: UUID | None = None) -> int:
    """Count the rows of a table that this connection sees, of one organization or of all."""
    query = sql.SQL("select count(*) from contextfs.{} where %(org)s::uuid is null or org_id = %(org)s")
    row = connection.execute(query.format(sql.Identifier(table)), {"org": org}).fetchone()
    assert row is not None
    return row[0]


def insert(connection: Connection, table: str, values: dict[str, Any]) -> None:
    """Insert one row."""
    names = sql.SQL(", ").join(map(sql.Identifier, values))
    places = sql.SQL(", ").join(map(sql.Placeholder, values))
    statement = sql.SQL("insert into contextfs.{} ({}) values ({})")
    connection.execute(statement.format(sql.Identifier(table), names, places), values)


def settle_tenant(url: str) -> Ids:
    """Write a tenant with at least one row in every table, with the address of the tables' owner; gives its ids."""
    ids = Ids(*(uuid4() for _ in range(10)))
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        assume(connection, ids.org, ids.user)
        _enter(connection, ids)
        _sign_in(connection, ids)
        _converse(connection, ids)
        _remember(connection, ids)
        _happen(connection, ids)
        _share(connection, ids)
        for table in ("organizations", "memberships", "custom_roles", "projects", "api_keys", "sessions"):
            connection.execute(
                sql.SQL("update contextfs.{} set updated_at = updated_at + interval '1 hour'").format(
                    sql.Identifier(table)
                )
            )
    with psycopg.connect(url) as connection:
        assume(connection, ids.org, ids.user)
        _count(connection, ids)
    with psycopg.connect(as_role(url, "contextfs_relay")) as connection:
        connection.execute("select contextfs.look_at_anchor(%s, %s)", (ids.org, AT))
    return ids


def project_row(org: UUID, project: UUID, name: str = "p") -> dict[str, Any]:
    """Give a row of `projects`."""
    return {"org_id": org, "id": project, "name": name, "created_by": org, "created_at": AT, "updated_at": AT}


def role_row(org: UUID, role: UUID, by: UUID) -> dict[str, Any]:
    """Give a row of `custom_roles`."""
    named = {"org_id": org, "id": role, "name": "reader", "permissions": ["memories:read"]}
    return named | {"created_by": by, "created_at": AT, "updated_at": AT}


def session_row(org: UUID, project: UUID, session: UUID, user: UUID, visibility: str) -> dict[str, Any]:
    """Give a row of `sessions`."""
    return {
        "org_id": org,
        "project_id": project,
        "id": session,
        "tool": "claude-code",
        "status": "open",
        "visibility": visibility,
        "started_at": AT,
        "created_by": user,
        "created_at": AT,
        "updated_at": AT,
    }


def memory_row(org: UUID, project: UUID, memory: UUID, user: UUID, visibility: str) -> dict[str, Any]:
    """Give a row of `memories`."""
    return {
        "org_id": org,
        "project_id": project,
        "id": memory,
        "type": "fact",
        "content": "the port is 5433",
        "visibility": visibility,
        "author_id": user,
        "author_kind": "human",
        "heads": ["r"],
        "version": "v",
        "fingerprint": "f",
        "created_at": AT,
        "updated_at": AT,
    }


def passage_row(
    org: UUID, project: UUID, memory: UUID, user: UUID, visibility: str, text: str, ordinal: int = 0
) -> dict[str, Any]:
    """Give a row of `passages` for a memory's text."""
    words = terms(text)
    return {
        "org_id": org,
        "project_id": project,
        "id": uuid4(),
        "source": "memory",
        "source_id": memory,
        "memory_id": memory,
        "ordinal": ordinal,
        "starts": 0,
        "ends": len(text),
        "context": "",
        "body": text,
        "terms": sorted({term_key(org, word) for word in words}),
        "weights": sparsevec_text(weights(words, average_length=AVERAGE_LENGTH)),
        "type": "fact",
        "author_id": user,
        "trust": 1.0,
        "visibility": visibility,
        "occurred_at": AT,
    }


def mention_row(
    org: UUID, project: UUID, memory: UUID, user: UUID, visibility: str, key: str = "postgres"
) -> dict[str, Any]:
    """Give a row of `mentions`."""
    told = {"kind": "tool", "key": key, "name": "Postgres", "weight": 1.0, "valid_from": AT}
    return _of_memory(org, project, memory, user, visibility) | told


def edge_row(
    org: UUID, project: UUID, memory: UUID, user: UUID, visibility: str, target: str = "tool:postgres"
) -> dict[str, Any]:
    """Give a row of `edges`."""
    told = {"source": f"memory:{memory}", "relation": "decided_for", "target": target, "valid_from": AT}
    return _of_memory(org, project, memory, user, visibility) | told


def _of_memory(org: UUID, project: UUID, memory: UUID, user: UUID, visibility: str) -> dict[str, Any]:
    owned: dict[str, Any] = {"org_id": org, "project_id": project, "memory_id": memory}
    return owned | {"author_id": user, "visibility": visibility}


def _enter(connection: Connection, ids: Ids) -> None:
    stamps = {"created_at": AT, "updated_at": AT}
    insert(connection, "organizations", {"org_id": ids.org, "name": "Org"} | stamps)
    for user, role in ((ids.user, "owner"), (ids.colleague, "member")):
        member = {"org_id": ids.org, "user_id": user, "email": f"{user}@example.test", "role": role}
        insert(connection, "memberships", member | stamps)
    insert(connection, "custom_roles", role_row(ids.org, uuid4(), ids.user))
    invited = {"org_id": ids.org, "id": uuid4(), "email": "e@example.test", "role": "member", "hash": b"h"}
    insert(connection, "invitations", invited | {"created_by": ids.user, "created_at": AT, "expires_at": AT})
    for project, name in ((ids.project, "first"), (ids.other_project, "second")):
        insert(connection, "projects", project_row(ids.org, project, name))
    for project in (None, ids.project, ids.other_project):
        key = {"org_id": ids.org, "id": uuid4(), "project_id": project, "user_id": ids.user, "name": "key"}
        secret = {"hash": b"h", "hint": "hint", "role": "owner", "permissions": ["*"], "created_by": ids.user}
        insert(connection, "api_keys", key | secret | stamps)
        insert(connection, "key_uses", {"org_id": ids.org, "key_id": key["id"], "last_used_at": AT})
    generation = {"org_id": ids.org, "id": uuid4(), "model": "m", "state": "serving", "started_at": AT}
    insert(connection, "generations", generation)  # from now on each passage waits for a vector: a row of `vectors`
    batch = {"org_id": ids.org, "generation_id": generation["id"], "event_id": uuid4(), "passages": [uuid4()]}
    insert(connection, "vector_batches", batch | {"taken_at": AT, "taken_until": AT})
    source = {"org_id": ids.org, "id": uuid4(), "project_id": ids.project, "name": "desk", "preset": "json"}
    signs: dict[str, Any] = {"scheme": "standard", "tool": "json", "tags": [], "sealed": b"s", "created_by": ids.user}
    insert(connection, "sources", source | signs | stamps)
    asked = {"org_id": ids.org, "id": uuid4(), "project_id": ids.project, "requested_by": ids.user}
    times = {"created_at": AT, "expires_at": AT}
    insert(connection, "exports", asked | {"contents": ["memories"], "status": "pending"} | times)


def _sign_in(connection: Connection, ids: Ids) -> None:
    login_id = uuid4()
    login = {"org_id": ids.org, "id": login_id, "user_id": ids.user, "hash": b"h", "method": "key"}
    times = dict.fromkeys(("rotated_at", "created_at", "used_at", "expires_at"), AT)
    insert(connection, "logins", login | times)
    for project in (ids.project, ids.other_project):
        token = {"org_id": ids.org, "id": uuid4(), "login_id": login["id"], "user_id": ids.user, "project_id": project}
        ends = {"hash": b"h", "permissions": ["*"], "created_at": AT, "expires_at": AT}
        insert(connection, "access_tokens", token | ends)
    program = {"org_id": ids.org, "id": uuid4(), "user_id": ids.user, "client_id": "c", "client_name": "c"}
    code = {"redirect_uri": "r", "challenge": "c", "permissions": ["*"], "audience": "a", "code_hash": b"h"}
    insert(connection, "grants", program | code | dict.fromkeys(("code_expires_at", "created_at", "expires_at"), AT))
    settings = {"enabled": False, "provider": "okta", "auto_provision": False, "default_role": "member"}
    mappings = {"attribute_mapping": Jsonb({}), "group_roles": Jsonb({})}
    insert(connection, "sso_settings", {"org_id": ids.org, "enforced": False, "updated_at": AT} | settings | mappings)
    domain = {"org_id": ids.org, "domain": "acme.example", "proof": "p", "created_at": AT, "verified_at": AT}
    insert(connection, "sso_domains", domain)
    subject = {"org_id": ids.org, "issuer": "https://idp.example", "subject": "ann", "user_id": ids.user}
    insert(connection, "identities", subject | {"created_at": AT})
    token = {"org_id": ids.org, "id": uuid4(), "name": "Okta", "hash": b"h", "hint": "hint", "created_by": ids.user}
    insert(connection, "scim_tokens", token | {"created_at": AT})
    entry = {"org_id": ids.org, "id": uuid4(), "type": "User", "active": True, "version": 1, "resource": Jsonb({})}
    insert(connection, "scim_resources", entry | {"created_at": AT, "updated_at": AT})
    connection.execute(
        "insert into contextfs.allow_lists (org_id, networks, covers, updated_by, updated_at)"
        " values (%s, '{203.0.113.0/24}', '{keys}', %s, %s)",
        (ids.org, ids.user, AT),
    )
    rules = {"org_id": ids.org, "rules": "[]", "updated_by": ids.user, "updated_at": AT}
    insert(connection, "redaction_rules", rules)
    insert(connection, "homes", {"org_id": ids.org, "region": "local", "elsewhere": "refuse", "updated_at": AT})
    kept = {"org_id": ids.org, "keep_days": 30, "updated_by": ids.user, "updated_at": AT}
    insert(connection, "audit_retention", kept)
    stream = {"org_id": ids.org, "url": "https://siem.example", "format": "ocsf", "sealed": b"s", "delivered_to": 1}
    times = dict.fromkeys(("next_at", "created_at", "updated_at"), AT)
    insert(connection, "audit_streams", stream | times | {"created_by": ids.user})
    tried = {"org_id": ids.org, "target": uuid4(), "address": "203.0.113.7", "tries": 1, "last_at": AT}
    insert(connection, "wrong_tries", tried)
    device = {"org_id": ids.org, "id": uuid4(), "hash": b"h", "user_code_hash": b"h", "name": "d", "agent": "ctx"}
    insert(connection, "devices", device | {"seconds_between": 5, "expires_at": AT})
    hashes = {"state_hash": b"h", "binder_hash": b"h", "return_to": "/", "expires_at": AT}
    insert(connection, "signins", {"org_id": ids.org, "id": uuid4()} | hashes)
    message = {"org_id": ids.org, "issuer": "https://idp.example", "id": "assertion"}
    insert(connection, "saml_messages", message | {"expires_at": AT})
    session = {"org_id": ids.org, "login_id": login_id, "issuer": "https://idp.example", "name_id": "ann"}
    insert(connection, "saml_sessions", session | {"name": Jsonb({"text": "ann"})})


def _converse(connection: Connection, ids: Ids) -> None:
    for session, visibility in ((ids.private_session, "private"), (ids.shared_session, "project")):
        insert(connection, "sessions", session_row(ids.org, ids.project, session, ids.user, visibility))
        message = {
            "org_id": ids.org,
            "project_id": ids.project,
            "session_id": session,
            "id": uuid4(),
            "role": "user",
            "kind": "prompt",
            "content": "hello",
            "created_at": AT,
            "stored_at": AT,
        }
        insert(connection, "messages", message)
        record = {"org_id": ids.org, "project_id": ids.project, "session_id": session, "line": 0, "lines": 1, "size": 1}
        insert(connection, "session_records", record | {"hash": b"h", "reader": "r/1", "data": b"d", "stored_at": AT})
        told = {name: value for name, value in message.items() if name != "id"} | {"message_id": message["id"]}
        was = {"since": AT, "until": AT + timedelta(seconds=1), "tool_calls": Jsonb([]), "metadata": Jsonb({})}
        insert(connection, "message_versions", told | was)


def _remember(connection: Connection, ids: Ids) -> None:
    for memory, project, visibility in (
        (ids.private_memory, ids.project, "private"),
        (ids.shared_memory, ids.project, "project"),
        (ids.elsewhere_memory, ids.other_project, "project"),
    ):
        insert(connection, "memories", memory_row(ids.org, project, memory, ids.user, visibility))
        revision: dict[str, Any] = {
            "org_id": ids.org,
            "project_id": project,
            "memory_id": memory,
            "id": "r",
            "parents": [],
            "fields": Jsonb({}),
            "author": "key",
            "clock": "1",
            "stored_at": AT,
        }
        insert(connection, "revisions", revision)
        insert(connection, "passages", passage_row(ids.org, project, memory, ids.user, visibility, "the port is 5433"))
        insert(connection, "mentions", mention_row(ids.org, project, memory, ids.user, visibility))
        insert(connection, "edges", edge_row(ids.org, project, memory, ids.user, visibility))
        asked = {"org_id": ids.org, "project_id": project, "id": uuid4(), "kind": "stale", "memory_id": memory}
        seen = {"reason": "r", "visibility": visibility, "author_id": ids.user, "created_at": AT}
        insert(connection, "reviews", asked | seen)
        kept = {"id": uuid4(), "short": "1", "reader": ids.user, "created_at": AT, "record": Jsonb({})}
        insert(connection, "packs", {"org_id": ids.org, "project_id": project} | kept)
        handed = {"org_id": ids.org, "project_id": project, "memory_id": memory, "day": AT.date()}
        insert(connection, "recalls", handed)
        read = {"model": "m", "purpose": "learn", "subject": memory, "upto": 1, "state": "done", "at": AT}
        insert(connection, "model_calls", {"org_id": ids.org, "project_id": project, "id": uuid4()} | read)


def _count(connection: Connection, ids: Ids) -> None:
    for project, reader in ((ids.project, None), (ids.project, ids.user), (ids.other_project, None)):
        connection.execute("select contextfs.count_words(%s, %s, 0, 1)", (project, reader))


def _share(connection: Connection, ids: Ids) -> None:
    for project in (ids.project, ids.other_project):
        due = {"org_id": ids.org, "project_id": project, "reader": ids.user, "due_at": AT}
        insert(connection, "consolidations", due)
        insert(connection, "feed_counters", {"org_id": ids.org, "project_id": project, "position": 2})
        for position, reader in ((1, None), (2, ids.user)):
            change = {"org_id": ids.org, "project_id": project, "position": position, "kind": "memory"}
            insert(connection, "feed", change | {"subject": ids.shared_memory, "reader": reader})


def _happen(connection: Connection, ids: Ids) -> None:
    event = {"org_id": ids.org, "consumer": "triggers.index_memory", "event_id": uuid4()}
    for project in (ids.project, ids.other_project):
        told = {"org_id": ids.org, "id": uuid4(), "project_id": project}
        outbox = {"type": "memory.created", "subject": uuid4(), "time": AT, "actor": "key", "reader": ids.user}
        insert(connection, "outbox", told | outbox | {"data": Jsonb({})})
        act = {"at": AT, "actor_id": ids.user, "request_id": "r"}
        insert(connection, "audit_log", told | act | {"actor": "key", "action": "memory.created"})
        insert(connection, "usage_records", told | act | {"meter": "memories", "quantity": 1})
    connection.execute(
        "select contextfs.take_allowances("
        "array[%s], array['organization'], array[9], array[60], array[1], array[1], %s)",
        (ids.org, AT),
    )
    insert(connection, "deliveries", event | {"event": Jsonb({}), "run_at": AT})
    insert(connection, "consumed_events", event | {"consumed_at": AT})
    failed = {"id": uuid4(), "event": Jsonb({}), "error": "e", "attempts": 9, "failed_at": AT}
    insert(connection, "dead_letters", event | failed)
    reply = {"org_id": ids.org, "actor_id": ids.user, "key": "k", "request_hash": b"h", "created_at": AT}
    insert(connection, "idempotency_keys", reply)

"""Tenant isolation as a theorem: a prover reads the policies of a migrated database and decides them.

What the platform's own roles may do across tenants cannot be proven isolated, so it is listed here, word for word; the
prover runs on a copy in which exactly these policies are dropped.
"""

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from pgrls.cli import main
from psycopg import sql

from tests.contextfs.adapters.database.tenancy import Connection, tenant_tables

SHOWN = (
    *("projects", "projects_history", "sessions", "sessions_history", "messages", "message_versions", "memories"),
    "revisions",
)
"""What direct SQL reads, by claims of its own: tests/functions/sql/ attack it."""
OF_BI = ("projects", "sessions", "messages", "memories", "revisions")
"""What the views of BI tools read, by who logged in: test_logins.py attacks them."""
PLATFORM_POLICIES = {
    ("outbox", "carries", "contextfs_relay"),
    ("consolidations", "carries", "contextfs_relay"),
    ("deliveries", "carries", "contextfs_relay"),
    ("dead_letters", "carries", "contextfs_relay"),
    ("homes", "carries", "contextfs_relay"),
    ("organizations", "carries", "contextfs_relay"),
    ("sessions", "idles", "contextfs_idle"),
    *((table, "rereads", "contextfs_records") for table in ("sessions", "session_records")),
    *((table, "reseals", "contextfs_keeper") for table in ("sources", "audit_streams", "sso_settings")),
    *((table, "reseals", "contextfs_keeper") for table in ("audit_checkpoints", "api_keys", "scim_tokens")),
    ("consumed_events", "expires", "contextfs_relay"),
    ("idempotency_keys", "expires", "contextfs_relay"),
    ("logins", "expires", "contextfs_relay"),
    ("signins", "expires", "contextfs_relay"),
    ("saml_messages", "expires", "contextfs_relay"),
    ("allowances", "expires", "contextfs_relay"),
    ("wrong_tries", "expires", "contextfs_relay"),
    ("allowances", "counts", "contextfs_limits"),
    ("devices", "expires", "contextfs_relay"),
    ("grants", "expires", "contextfs_relay"),
    ("access_tokens", "expires", "contextfs_relay"),
    ("packs", "expires", "contextfs_relay"),
    ("exports", "expires", "contextfs_relay"),
    ("recalls", "expires", "contextfs_relay"),
    ("sso_domains", "finds", "contextfs_domains"),
    *((table, "finds", "contextfs_people") for table in ("memberships", "identities", "organizations")),
    ("sso_domains", "dwells", "contextfs_people"),
    ("passages", "finds_passages", "contextfs_search"),
    ("generations", "finds_generations", "contextfs_search"),
    ("outbox", "finds_events", "contextfs_search"),
    ("deliveries", "finds_events", "contextfs_search"),
    ("generations", "notes_graphs", "contextfs_search"),
    ("vectors", "finds_vectors", "contextfs_search"),
    ("vector_batches", "finds_batches", "contextfs_search"),
    ("vectors", "awaits_vectors", "contextfs_search"),
    ("vectors", "drops_vectors", "contextfs_search"),
    *((table, "counts", "contextfs_search") for table in ("lexicons", "lexicon_words")),
    ("audit_log", "seals", "contextfs_audit"),
    ("audit_heads", "seals", "contextfs_audit"),
    ("audit_anchors", "anchors", "contextfs_audit"),
    ("audit_retention", "cuts", "contextfs_audit"),
    ("audit_checkpoints", "cuts", "contextfs_audit"),
    ("audit_streams", "streams", "contextfs_audit"),
    *((table, "sql_tenant", "contextfs_sql") for table in SHOWN),
    *((table, "sql_project", "contextfs_sql") for table in SHOWN),
    *((table, "sql_reader", "contextfs_sql") for table in SHOWN if not table.startswith("projects")),
    *((table, "bi_tenant", "contextfs_views") for table in OF_BI),
    *((table, "bi_project", "contextfs_views") for table in OF_BI),
    *((table, "bi_reader", "contextfs_views") for table in OF_BI if table != "projects"),
    ("organizations_history", "keeps", "contextfs_history"),
    ("memberships_history", "keeps", "contextfs_history"),
    ("custom_roles_history", "keeps", "contextfs_history"),
    ("projects_history", "keeps", "contextfs_history"),
    ("api_keys_history", "keeps", "contextfs_history"),
    ("sessions_history", "keeps", "contextfs_history"),
}
PLATFORM_GRANTS = {
    "contextfs_relay": {
        *(
            (table, privilege)
            for table in ("outbox", "deliveries", "dead_letters")
            for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE")
        ),
        *((f"{table}.{name}", "SELECT") for table in ("homes", "organizations") for name in ("org_id", "region")),
        *(("consolidations", privilege) for privilege in ("SELECT", "UPDATE", "DELETE")),
        ("consumed_events", "DELETE"),
        *((f"consumed_events.{name}", "SELECT") for name in ("consumed_at", "org_id", "event_id")),
        ("idempotency_keys", "DELETE"),
        ("idempotency_keys.created_at", "SELECT"),
        ("logins", "DELETE"),
        ("logins.expires_at", "SELECT"),
        ("allowances", "DELETE"),
        ("wrong_tries", "DELETE"),
        ("wrong_tries.last_at", "SELECT"),
        ("allowances.taken_until", "SELECT"),
        ("signins", "DELETE"),
        ("signins.expires_at", "SELECT"),
        ("saml_messages", "DELETE"),
        ("saml_messages.expires_at", "SELECT"),
        ("access_tokens", "DELETE"),
        ("access_tokens.expires_at", "SELECT"),
        ("devices", "DELETE"),
        ("grants", "DELETE"),
        ("grants.expires_at", "SELECT"),
        ("devices.expires_at", "SELECT"),
        ("exports", "DELETE"),
        *((f"exports.{name}", "SELECT") for name in ("org_id", "id", "expires_at")),
        ("packs", "DELETE"),
        ("packs.created_at", "SELECT"),
        ("recalls", "DELETE"),
        ("recalls.day", "SELECT"),
    },
    "contextfs_idle": {
        (f"sessions.{name}", "SELECT")
        for name in ("org_id", "project_id", "id", "status", "created_by", "created_at", "updated_at")
    },
    "contextfs_records": {
        *((f"sessions.{name}", "SELECT") for name in ("org_id", "id", "created_by")),
        *(
            (f"session_records.{one}", "SELECT")
            for one in ("org_id", "project_id", "session_id", "reader", "stored_at")
        ),
    },
    "contextfs_keeper": {
        *((f"sources.{name}", "SELECT") for name in ("org_id", "id", "sealed", "former")),
        *((f"sources.{name}", "UPDATE") for name in ("sealed", "former")),
        *((f"audit_streams.{name}", "SELECT") for name in ("org_id", "sealed", "former", "authorization_sealed")),
        *((f"audit_streams.{name}", "UPDATE") for name in ("sealed", "former", "authorization_sealed")),
        *((f"sso_settings.{name}", "SELECT") for name in ("org_id", "client_secret", "saml_key")),
        *((f"sso_settings.{name}", "UPDATE") for name in ("client_secret", "saml_key")),
        *((f"audit_checkpoints.{name}", "SELECT") for name in ("org_id", "position", "hash", "signature")),
        ("audit_checkpoints.signature", "UPDATE"),
        *(
            (f"{table}.{name}", "SELECT")
            for table in ("api_keys", "scim_tokens")
            for name in ("org_id", "id", "pepper", "expires_at", "revoked_at")
        ),
    },
    "contextfs_limits": {("allowances", privilege) for privilege in ("SELECT", "INSERT", "UPDATE")},
    "contextfs_domains": {("sso_domains", "SELECT")},
    "contextfs_people": {
        *((f"memberships.{name}", "SELECT") for name in ("org_id", "email")),
        *((f"identities.{name}", "SELECT") for name in ("org_id", "issuer", "subject")),
        *((f"organizations.{name}", "SELECT") for name in ("org_id", "name")),
        *((f"sso_domains.{name}", "SELECT") for name in ("org_id", "domain", "verified_at")),
    },
    "contextfs_search": {
        *((f"outbox.{column}", "SELECT") for column in ("org_id", "id", "project_id", "type", "subject")),
        *((f"deliveries.{column}", "SELECT") for column in ("org_id", "consumer", "event_id", "event")),
        ("passages", "SELECT"),
        ("generations", "SELECT"),
        ("generations.graphed_at", "UPDATE"),
        ("vector_batches", "SELECT"),
        *(
            (table, privilege)
            for table in ("vectors", "lexicons", "lexicon_words")
            for privilege in ("SELECT", "INSERT", "DELETE")
        ),
    },
    "contextfs_sql": {(table, "SELECT") for table in SHOWN},
    "contextfs_views": {(table, "SELECT") for table in OF_BI},
    "contextfs_audit": {
        ("audit_log", "SELECT"),
        ("audit_log.position", "UPDATE"),
        ("audit_log.hash", "UPDATE"),
        ("audit_log", "DELETE"),
        *((f"audit_log.{name}", "INSERT") for name in ("org_id", "id", "at", "actor_id", "actor", "action")),
        *((f"audit_log.{name}", "INSERT") for name in ("request_id", "details")),
        ("audit_retention", "SELECT"),
        ("audit_retention.looked_at", "UPDATE"),
        *(("audit_checkpoints", privilege) for privilege in ("SELECT", "INSERT")),
        *((f"audit_streams.{name}", "SELECT") for name in ("org_id", "next_at", "delivered_to")),
        ("audit_streams.next_at", "UPDATE"),
        *((one, privilege) for one in ("audit_heads", "audit_anchors") for privilege in ("SELECT", "INSERT", "UPDATE")),
    },
    "contextfs_history": {
        (f"{table}_history", "INSERT")
        for table in ("organizations", "memberships", "custom_roles", "projects", "api_keys", "sessions")
    },
}
MODES = ("anon", "cross-tenant", "write")
# For `anon` the prover asks what a role sees that has no claims: here that is the API's own role.
_CONFIGURATION = '[lint.rules.SEC004]\nanon_roles = ["contextfs_app"]\n'


@pytest.fixture(scope="module")
def copy_url(new_schema: Callable[[], str]) -> str:
    """Give a migrated database without the platform's own policies."""
    url = new_schema()
    with psycopg.connect(url) as connection:
        for table, policy, _ in PLATFORM_POLICIES:
            statement = sql.SQL("drop policy {} on contextfs.{}")
            connection.execute(statement.format(sql.Identifier(policy), sql.Identifier(table)))
    return url


@pytest.fixture(scope="module")
def leaky_url(copy_url: str, new_schema: Callable[[], str]) -> str:
    """Give such a database in which a tenant's policy on two tables lets other rows pass, too."""
    url = new_schema()
    with psycopg.connect(url) as connection:
        for table, policy, _ in PLATFORM_POLICIES:
            statement = sql.SQL("drop policy {} on contextfs.{}")
            connection.execute(statement.format(sql.Identifier(policy), sql.Identifier(table)))
        connection.execute("drop policy project on contextfs.usage_records")
        for table, hole in (("usage_records", "project_id is not null"), ("dead_letters", "attempts > 3")):
            connection.execute(f"drop policy tenant on contextfs.{table}")  # pyright: ignore[reportArgumentType, reportCallIssue]
            connection.execute(
                f"create policy tenant on contextfs.{table} to contextfs_app"  # pyright: ignore[reportArgumentType, reportCallIssue]
                f" using (org_id = (select contextfs.claim('org_id')::uuid) or {hole})"
            )
    return url


def _verdicts(url: str, mode: str, folder: Path) -> dict[str, str]:
    configuration = folder / "pgrls.toml"
    configuration.write_text(_CONFIGURATION, encoding="utf-8")
    given = ["--config", str(configuration), "--database-url", url, "--schemas", "contextfs", "--mode", mode]
    # Postgres writes the function without its schema for a user whose search path holds that.
    claims = ["--auth-function", "contextfs.claim", "--auth-function", "claim"]
    done = CliRunner().invoke(main, ["verify", *given, *claims, "--strict", "--format", "json"])
    assert done.exit_code in {0, 1}, done.output
    return {table["table"].removeprefix("contextfs."): table["verdict"] for table in json.loads(done.output)["tables"]}


@pytest.mark.parametrize("mode", MODES)
def test_every_table_is_proven(copy_url: str, admin: Connection, tmp_path: Path, mode: str) -> None:
    verdicts = _verdicts(copy_url, mode, tmp_path)

    assert dict.fromkeys(tenant_tables(admin), "isolated") == verdicts


@pytest.mark.parametrize("mode", MODES)
def test_the_prover_finds_a_hole(leaky_url: str, tmp_path: Path, mode: str) -> None:
    verdicts = _verdicts(leaky_url, mode, tmp_path)

    assert {"usage_records", "dead_letters"} == {table for table, verdict in verdicts.items() if verdict == "leak"}


def test_only_listed_policies_are_not_the_apps(admin: Connection) -> None:
    rows = admin.execute(
        "select tablename, policyname, unnest(roles)::text from pg_policies"
        " where schemaname = 'contextfs' and roles <> '{contextfs_app}'"
    ).fetchall()

    assert set(rows) == PLATFORM_POLICIES


def test_a_platform_role_has_listed_grants_only(admin: Connection) -> None:
    rows = admin.execute(
        """
        select grantee::regrole::text, relname, privilege_type
        from pg_class, aclexplode(relacl) where relnamespace = 'contextfs'::regnamespace
        union
        select grantee::regrole::text, relname || '.' || attname, privilege_type
        from pg_attribute join pg_class on attrelid = pg_class.oid, aclexplode(attacl)
        where relnamespace = 'contextfs'::regnamespace
        """
    ).fetchall()

    for role, expected in PLATFORM_GRANTS.items():
        assert {(name, privilege) for grantee, name, privilege in rows if grantee == role} == expected


def test_nobody_else_has_grants(admin: Connection) -> None:
    rows = admin.execute(
        "select grantee::regrole::text from pg_class, aclexplode(relacl)"
        " where relnamespace = 'contextfs'::regnamespace and grantee <> relowner"
        " union select grantee::regrole::text from pg_attribute join pg_class on pg_class.oid = attrelid,"
        " aclexplode(attacl) where relnamespace = 'contextfs'::regnamespace and grantee <> relowner"
    ).fetchall()

    assert {"contextfs_app", *PLATFORM_GRANTS} == {role for (role,) in rows}


def test_the_app_may_not_truncate_trigger_or_reference(admin: Connection) -> None:
    rows = admin.execute(
        "select distinct privilege_type from pg_class, aclexplode(relacl)"
        " where relnamespace = 'contextfs'::regnamespace and grantee = 'contextfs_app'::regrole"
    ).fetchall()

    assert {kind for (kind,) in rows} == {"SELECT", "INSERT", "UPDATE", "DELETE"}


def test_history_is_written_by_its_trigger_only(admin: Connection) -> None:
    row = admin.execute(
        "select bool_or(has_table_privilege('contextfs_app', oid, 'insert, update, delete'))"
        " from pg_class where relnamespace = 'contextfs'::regnamespace and relname like '%\\_history'"
    ).fetchone()

    assert row == (False,)


def test_no_platform_role_has_powers(admin: Connection) -> None:
    rows = admin.execute(
        "select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication, rolcanlogin"
        " from pg_roles where rolname like 'contextfs\\_%'"
    ).fetchall()

    assert set(rows) == {
        ("contextfs_app", False, True),
        ("contextfs_domains", False, False),
        ("contextfs_idle", False, False),
        ("contextfs_keeper", False, False),
        ("contextfs_limits", False, False),
        ("contextfs_people", False, False),
        ("contextfs_records", False, False),
        ("contextfs_relay", False, True),
        ("contextfs_search", False, False),
        ("contextfs_history", False, False),
        ("contextfs_audit", False, False),
        ("contextfs_sql", False, True),
        ("contextfs_claims", False, False),
        ("contextfs_bi", False, False),
        ("contextfs_views", False, False),
    }


def test_no_platform_role_is_a_member(admin: Connection) -> None:
    rows = admin.execute(
        "select roleid::regrole::text, member::regrole::text from pg_auth_members"
        " where member::regrole::text like 'contextfs\\_%'"
    ).fetchall()

    assert rows == []


def test_the_tables_belong_to_none_of_them(admin: Connection) -> None:
    rows = admin.execute(
        "select relname, relowner::regrole::text from pg_class where relnamespace = 'contextfs'::regnamespace"
    ).fetchall()

    assert [name for name, owner in rows if owner.startswith("contextfs_")] == []

"""What tests of doors need beside a tenant: its rows, lesser keys, one thing of each kind, a server that listens."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partialmethod
from typing import Any
from uuid import UUID, uuid4

import httpx2
import psycopg
import pytest
import uvicorn
from psycopg import sql
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb
from starlette.routing import compile_path
from starlette.testclient import TestClient

from contextfs.adapters import web
from contextfs.adapters.identity import records
from contextfs.domain.logins import rules
from contextfs.journeys.keep import streaming
from contextfs.kit import tokens
from contextfs.runtime.gateway import gateway
from contextfs.runtime.openapi.document import document
from contextfs.runtime.openapi.examples import BODIES
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, founded
from tests.functions.asking import SECRET, Things


@dataclass(frozen=True)
class Rows:
    """Reads the tables as their owner, past all policies."""

    connection: psycopg.Connection[DictRow]

    def of(self, table: str, tenant: Tenant) -> list[dict[str, Any]]:
        """Read a tenant's rows of a table, in the order of their keys, which stand first: a changed row moves."""
        query = sql.SQL("select * from contextfs.{} as one where org_id = %s order by one::text")
        query = query.format(sql.Identifier(table))
        return self.connection.execute(query, [tenant.org_id]).fetchall()

    def events(self, tenant: Tenant) -> list[str]:
        """Name the events of a tenant that wait in the outbox, in the order of the calls that they happened in."""
        return [row["type"] for row in sorted(self.of("outbox", tenant), key=lambda row: (row["time"], row["id"]))]

    def audited(self, tenant: Tenant, action: str) -> list[dict[str, Any]]:
        """Read the audit rows of an action, in order."""
        rows = sorted(self.of("audit_log", tenant), key=lambda row: (row["at"], row["id"]))
        return [row for row in rows if row["action"] == action]

    def used(self, tenant: Tenant, meter: str) -> list[int]:
        """Read the quantities that a meter counted, in order."""
        rows = sorted(self.of("usage_records", tenant), key=lambda row: row["id"])
        return [row["quantity"] for row in rows if row["meter"] == meter]

    def waiting_for(self, backend: int, *, many: int = 1) -> bool:
        """Tell whether somebody waits for a lock that a backend of the server holds, or so many do."""
        query = "select 1 from pg_stat_activity where %s = any(pg_blocking_pids(pid))"
        return len(self.connection.execute(query, [backend]).fetchall()) >= many

    def everything(self, tenant: Tenant) -> dict[str, list[str]]:
        """Copy all that a tenant has, but for what was kept about its calls."""
        tables = (
            *("projects", "sessions", "messages", "memories", "revisions", "api_keys", "dead_letters", "deliveries"),
            *("memberships", "custom_roles", "invitations", "sources", "exports"),
        )
        return {table: sorted(map(str, self.of(table, tenant))) for table in tables}


def wait_until(is_so: Callable[[], bool], seconds: float = 60.0) -> None:
    """Look again and again until something is so; fail when it does not come."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def rows(database_url: str) -> Iterator[Rows]:
    """Give a reader of rows."""
    with psycopg.Connection[DictRow].connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        yield Rows(connection)


@pytest.fixture(autouse=True)
def no_events_left(rows: Rows) -> Iterator[None]:
    """Forget the events of a test that did not let them be carried, so that the next one does not carry them."""
    yield
    rows.connection.execute("delete from contextfs.outbox")
    rows.connection.execute("delete from contextfs.deliveries")
    rows.connection.execute("delete from contextfs.consolidations")


@pytest.fixture
def things(tenant: Tenant, rows: Rows) -> Things:
    """Give the tenant one thing of each kind."""
    return things_of(tenant, rows)


@pytest.fixture(scope="session")
def standing(wiring: Wiring, http: TestClient) -> Tenant:
    """Give one organization for the whole run, for calls that change nothing."""
    return founded(wiring, http)


@pytest.fixture(scope="session")
def standing_things(standing: Tenant, rows: Rows) -> Things:
    """Give the standing organization one thing of each kind."""
    return things_of(standing, rows)


def things_of(tenant: Tenant, rows: Rows) -> Things:
    """Give a tenant one thing of each kind, in its first project."""
    project = str(tenant.project_id)
    session = tenant.call("POST", "/v1/sessions", {"project_id": project, "tool": "test"}).json()["session"]
    memory = tenant.call("POST", "/v1/memories", {"project_id": project, "content": "Known."}).json()["memory"]
    key = tenant.call("POST", "/v1/api-keys", {"name": "other", "project_id": project}).json()["api_key"]
    source = tenant.call("POST", "/v1/sources", {"name": "desk", "project_id": project, "secret": SECRET}).json()[
        "source"
    ]
    user = tenant.call("POST", "/v1/admin/users", {"email": "known@example.test"}).json()
    role = tenant.call("POST", "/v1/admin/roles", {"name": "reader", "permissions": ["memories:read"]}).json()
    invited = tenant.call("POST", "/v1/admin/invitations", {"email": "invited@example.test"}).json()
    tenant.call("PUT", "/v1/admin/audit-logs/stream", {"url": "https://siem.invalid/"})
    return Things(
        project_id=project,
        session_id=session["id"],
        memory_id=memory["id"],
        key_id=key["id"],
        letter_id=str(bury(rows, tenant, memory["id"])),
        review_id=str(ask_about(rows, tenant, memory["id"])),
        source_id=source["id"],
        source=source["path"].rsplit("/", 1)[-1],
        export_id=tenant.call("POST", "/v1/exports", {}).json()["id"],
        pack_id=tenant.call("POST", "/v1/context", {"project_id": project, "task": "Known?"}).json()["id"],
        login_id=sign_in(tenant)[1],
        domain=claim(tenant),
        token_id=tenant.call("POST", "/v1/admin/scim/tokens", {"name": "t"}).json()["scim_token"]["id"],
        user_id=user["id"],
        role_id=role["id"],
        invitation_id=invited["invitation"]["id"],
        invitation=invited["token"],
        grant_id=tenant.call("POST", "/v1/auth/grants", BODIES["auth.grant"]).json()["id"],
        user_code=asking_device(tenant)["user_code"],
    )


def asking_device(tenant: Tenant, name: str = "a laptop") -> dict[str, Any]:
    """Let a device ask to be let in; gives what it was told."""
    asked = {"client_id": "ctx", "device_name": name}
    return tenant.http.post("/oauth/device_authorization", data=asked).json()


def sign_in(tenant: Tenant) -> tuple[str, str]:
    """Sign a browser in with the tenant's key; gives its cookie and the login's id."""
    cookie = tenant.call("POST", "/v1/auth/logins").headers["set-cookie"].split(";")[0].partition("=")[2]
    named = tokens.parse(cookie, b"", rules.PREFIX)
    assert named is not None
    tenant.http.cookies.clear()
    return cookie, str(named.id)


def claim(tenant: Tenant) -> str:
    """Let the tenant say that a domain is its own; nobody else says so of this one."""
    domain = f"{tenant.project_id}.example"
    tenant.call("POST", "/v1/admin/sso/domains", {"domain": domain})
    return domain


def bury(rows: Rows, tenant: Tenant, subject: str) -> UUID:
    """Put a dead letter there: an event that the index could not take."""
    letter_id, event_id = uuid4(), uuid4()
    event: dict[str, Any] = {
        "id": str(event_id),
        "type": "memory.created",
        "org_id": str(tenant.org_id),
        "project_id": str(tenant.project_id),
        "subject": subject,
        "time": "2030-01-31T08:00:00Z",
        "actor": "test",
        "reader": str(tenant.user_id),
        "data": {},
    }
    rows.connection.execute(
        "insert into contextfs.dead_letters (org_id, id, consumer, event_id, event, error, attempts, failed_at)"
        " values (%s, %s, 'triggers.index_memory', %s, %s, 'Invalid: seeded', 8, now())",
        [tenant.org_id, letter_id, event_id, Jsonb(event)],
    )
    return letter_id


def ask_about(rows: Rows, tenant: Tenant, memory_id: str) -> UUID:
    """Let a question about a memory wait: whether it may go, for nobody asks for it."""
    review_id = uuid4()
    rows.connection.execute(
        "insert into contextfs.reviews"
        " (org_id, project_id, id, kind, memory_id, reason, visibility, author_id, created_at)"
        " values (%s, %s, %s, 'stale', %s, 'seeded', 'project', %s, now())",
        [tenant.org_id, tenant.project_id, review_id, memory_id, tenant.user_id],
    )
    return review_id


@pytest.fixture
def key_with() -> Callable[..., Tenant]:
    """Give a function that gives the same tenant with a lesser key: of a `role`, `permissions` or a `project_id`."""

    def make(tenant: Tenant, **wanted: Any) -> Tenant:
        reply = tenant.call("POST", "/v1/api-keys", {"name": "less", **wanted})
        return replace(tenant, key=reply.json()["secret"])

    return make


@pytest.fixture
def colleague(rows: Rows, key_with: Callable[..., Tenant]) -> Callable[[Tenant], Tenant]:
    """Give a function that makes another member of the same organization: the tenant, calling with their key."""

    def make(tenant: Tenant) -> Tenant:
        theirs = replace(key_with(tenant), user_id=uuid4())
        rows.connection.execute(
            "insert into contextfs.memberships (org_id, user_id, email, role, created_at, updated_at)"
            " values (%s, %s, %s, 'member', now(), now())",
            [tenant.org_id, theirs.user_id, f"{theirs.user_id}@example.test"],
        )
        rows.connection.execute(
            "update contextfs.api_keys set user_id = %s where org_id = %s and hint = %s",
            [theirs.user_id, tenant.org_id, theirs.key[-4:]],
        )
        return theirs

    return make


@pytest.fixture
def second_project() -> Callable[[Tenant], Tenant]:
    """Give a function that opens another project in the same organization: the tenant, calling with its key alone."""

    def make(tenant: Tenant) -> Tenant:
        project = tenant.call("POST", "/v1/projects", {"name": "second"}).json()
        key = tenant.call("POST", "/v1/api-keys", {"name": "s", "role": "owner", "project_id": project["id"]}).json()
        return replace(tenant, key=key["secret"], project_id=UUID(project["id"]))

    return make


@pytest.fixture
def patient_web(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever is asked outside answer as late as a test wants; for how long one waits is tried of the web alone."""
    monkeypatch.setattr(web.Web, "__init__", partialmethod(web.Web.__init__, seconds=120.0))
    monkeypatch.setattr(web, "_TIMEOUT", httpx2.Timeout(120.0))
    monkeypatch.setattr(records, "_SECONDS", 120.0)
    monkeypatch.setattr(streaming, "_TEST_SECONDS", 120.0)


@pytest.fixture(scope="session")
def listening(wiring: Wiring) -> Iterator[int]:
    """Give the port of a gateway that listens."""
    config = uvicorn.Config(gateway(wiring.door, routes()), port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def quiet(wiring: Wiring) -> Iterator[TestClient]:
    """Give a client that takes a fault of the server as a reply, as callers do."""
    with TestClient(gateway(wiring.door, routes()), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session", autouse=True)
def told_statuses(http: TestClient, quiet: TestClient) -> None:
    """Let every reply of every test be one that the API's description tells of."""
    operations = document(routes())["paths"]
    patterns = [(compile_path(route.path)[0], route) for route in routes()]

    def check(response: Any) -> None:
        for pattern, route in patterns:
            if route.method == response.request.method and pattern.match(response.request.url.path):
                assert str(response.status_code) in operations[route.path][route.method.lower()]["responses"], route

    for client in (http, quiet):
        client.event_hooks = {"response": [check]}

"""Servers with one pepper or several, and organizations with one of everything that a pepper is used for."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from starlette.testclient import TestClient

from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.adapters.identity.sealing import Seal
from contextfs.domain.audit import checkpoint
from contextfs.domain.sources import sealing
from contextfs.journeys.keep.resealing import Resealed, reseal
from contextfs.kit import pepper
from contextfs.kit.errors import Unavailable
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, founded, settings_for

OLD, NEW = "the-old-pepper-" * 3, "the-new-pepper-" * 3
BOTH = pepper.read(f"{NEW}\n{OLD}")
SECRET = "what a program signs with"
SEALED = {
    "sources": ("sealed", "former"),
    "audit_streams": ("sealed", "former", "authorization_sealed"),
    "sso_settings": ("client_secret", "saml_key"),
    "audit_checkpoints": ("signature",),
}


@dataclass
class Server:
    """A server with a pepper, and an HTTP client of it."""

    wired: Wiring
    http: TestClient

    def status(self, key: str, path: str = "/v1/projects") -> int:
        """Call by a key; give the status."""
        return self.http.get(path, headers={"authorization": f"Bearer {key}"}).status_code


Start = Callable[[str], Server]


@pytest.fixture
def url(new_schema: Callable[[], str]) -> str:
    return new_schema()


@pytest.fixture
def start(url: str) -> Iterator[Start]:
    """Give a function that starts a server with a pepper, or several."""
    running: list[Server] = []

    def run(text: str) -> Server:
        wired = Wiring(msgspec.structs.replace(settings_for(url), key_pepper=text))
        running.append(Server(wired, TestClient(gateway(wired.door, routes()))))
        return running[-1]

    yield run
    for one in running:
        one.wired.close()


@pytest.fixture
def tenants(start: Start, url: str) -> list[Tenant]:
    """Found two organizations under the old pepper, each with everything that it seals and signs."""
    old = start(OLD)
    made = [founded(old.wired, old.http) for _ in range(2)]
    for one in made:
        settle(url, one)
    return made


def settle(url: str, tenant: Tenant, by: str = OLD) -> None:
    """Let an organization have sealed texts and a signed checkpoint."""
    org, key, now = tenant.org_id, by.encode(), datetime.now(UTC)
    add_sources(url, tenant, 1)

    def shut(thing: UUID) -> bytes:
        return sealing.seal(SECRET, key, thing, os.urandom)

    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into contextfs.audit_streams (org_id, url, format, sealed, former, authorization_sealed,"
            " delivered_to, next_at, set_at, created_by, created_at, updated_at)"
            " values (%s, 'https://siem.example', 'ocsf', %s, %s, %s, 0, %s, %s, %s, %s, %s)",
            [org, shut(org), shut(org), shut(org), now, now, tenant.user_id, now, now],
        )
        seal = Seal(key)
        connection.execute(
            "insert into contextfs.sso_settings (org_id, enabled, provider, client_secret, saml_key, attribute_mapping,"
            " auto_provision, default_role, group_roles, enforced, updated_at)"
            " values (%s, false, 'okta', %s, %s, '{}', false, 'member', '{}', false, %s)",
            [org, seal.seal(SECRET), seal.seal(SECRET), now],
        )
        connection.execute(
            "insert into contextfs.audit_checkpoints (org_id, position, hash, signature, cut_at)"
            " values (%s, 3, 'h', %s, %s)",
            [org, checkpoint.sign(org, 3, b"h", key), now],
        )


def add_sources(url: str, tenant: Tenant, count: int) -> None:
    with psycopg.connect(url) as connection:
        for _ in range(count):
            source = uuid4()
            shut = [sealing.seal(SECRET, OLD.encode(), source, os.urandom) for _ in range(2)]
            connection.execute(
                "insert into contextfs.sources (org_id, id, project_id, name, preset, scheme, tool, tags, sealed,"
                " former, former_until, created_by, created_at, updated_at)"
                " values (%s, %s, %s, %s, 'json', 'standard', 't', '{}', %s, %s, now(), %s, now(), now())",
                [tenant.org_id, source, tenant.project_id, str(source), *shut, tenant.user_id],
            )


def opened(url: str, tenant: Tenant, by: str) -> list[str]:
    """Open all that an organization has sealed, with one pepper alone; gives what is shut to it."""
    key, shut = by.encode(), list[str]()
    with psycopg.connect(url) as connection:
        for table, columns in SEALED.items():
            thing = {"sources": "id", "audit_checkpoints": "position"}.get(table, "org_id")
            query = f"select {thing}, {', '.join(columns)} from contextfs.{table} where org_id = %s"  # noqa: S608 - ours
            for whose, *values in connection.execute(query, [tenant.org_id]):  # pyright: ignore[reportArgumentType]
                for column, value in zip(columns, values, strict=True):
                    if not opens(table, whose, value, key, tenant.org_id):
                        shut.append(f"{table}.{column}")
    return shut


def opens(table: str, whose: UUID | int, value: bytes | str, key: bytes, org: UUID) -> bool:
    try:
        if isinstance(value, str):
            return Seal(key).unseal(value) == SECRET
        if isinstance(whose, int):
            signed = checkpoint.Checkpoint(position=whose, hash=b"h", signature=bytes(value))
            return checkpoint.is_signed(org, signed, key)
        return sealing.unseal(bytes(value), key, whose) == SECRET
    except Unavailable:
        return False


def anew(sealed: str) -> tuple[str, bool]:
    text, place = Seal(BOTH).opened(sealed)
    return Seal(BOTH).seal(text), place > 0


def run(url: str, progress: Callable[[int, int], None] = lambda _looked, _renewed: None) -> Resealed:
    database = PostgresDatabase(url, size=1, name="test")
    try:
        return reseal(database, BOTH, anew, os.urandom, progress=progress)
    finally:
        database.close()


def names(url: str, tenant: Tenant) -> list[str | None]:
    with psycopg.connect(url) as connection:
        return [
            one
            for (one,) in connection.execute("select pepper from contextfs.api_keys where org_id = %s", [tenant.org_id])
        ]


def changes(url: str) -> list[tuple[str, str]]:
    """Tell of which transaction each credential's row is: who hashes one anew, be it back, leaves another."""
    tables = ("api_keys", "logins", "access_tokens", "grants", "scim_tokens", "invitations")
    with psycopg.connect(url) as connection:
        return [
            (table, row)
            for table in tables
            for (row,) in connection.execute(f"select id || ' ' || xmin from contextfs.{table} order by id")  # noqa: S608 - ours
        ]

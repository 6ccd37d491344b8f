"""Code of before tells nobody who vouches for a provider or a directory: what it sets while it runs has nobody."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from contextfs.adapters.database.migrate import migrate, shipped
from tests.conftest import PASSWORDS
from tests.contextfs.adapters.database.tenancy import Connection, insert

PRE, POST = (
    next(at for at, one in enumerate(shipped()) if one.name.endswith(f"_{phase}_vouched.sql"))
    for phase in ("pre", "post")
)
AT = datetime(2026, 11, 29, tzinfo=UTC)
BELIEVED = {
    "provider": "'auth0'",
    "metadata_url": "'https://evil.example'",
    "metadata_xml": "'<evil/>'",
    "client_id": "'evil'",
    "attribute_mapping": '\'{"email": "nickname"}\'',
    "idp_initiated": "true",
}


def provided(connection: Connection) -> UUID:
    """Set up a provider as the code of before does; gives its organization."""
    org_id = uuid4()
    insert(connection, "organizations", {"org_id": org_id, "name": "Acme", "created_at": AT, "updated_at": AT})
    settings = {"enabled": True, "provider": "okta", "metadata_url": "https://acme.example", "client_id": "c"}
    rest = {"attribute_mapping": "{}", "auto_provision": True, "default_role": "member", "group_roles": "{}"}
    more = {"enforced": False, "idp_initiated": False, "updated_at": AT}
    insert(connection, "sso_settings", {"org_id": org_id} | settings | rest | more)
    return org_id


def token(connection: Connection, org_id: UUID) -> UUID:
    """Make the token of a directory as the code of before does."""
    made = uuid4()
    named = {"id": made, "org_id": org_id, "name": "Okta", "hash": b"h", "hint": "h", "created_by": org_id}
    insert(connection, "scim_tokens", named | {"created_at": AT, "expires_at": AT})
    return made


def vouched(connection: Connection, org_id: UUID) -> Any:
    """Read who vouches for an organization's provider."""
    row = connection.execute("select vouched from contextfs.sso_settings where org_id = %s", [org_id]).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def rolling(new_database: Callable[[], str]) -> Any:
    """Give a database of before, with a provider, and a function that brings it to the end of a migration."""
    url = new_database()
    migrate(url, passwords=PASSWORDS, migrations=shipped()[:PRE])

    def forward(last: int) -> None:
        migrate(url, passwords=PASSWORDS, migrations=shipped()[: last + 1])

    with psycopg.connect(url, autocommit=True) as connection:
        yield connection, forward


def test_what_was_there_before_vouches_for_all_and_what_old_code_makes_for_nothing(rolling: Any) -> None:
    connection, forward = rolling
    before, at_okta = (org_id := provided(connection)), token(connection, org_id)
    forward(PRE)
    after, later = (org_id := provided(connection)), token(connection, org_id)
    tokens = dict(connection.execute("select id, vouched from contextfs.scim_tokens").fetchall())

    assert (vouched(connection, before), tokens[at_okta]) == (None, None)
    assert (vouched(connection, after), tokens[later]) == ([], [])


@pytest.mark.parametrize("column", BELIEVED)
def test_a_provider_that_old_code_changes_has_nobody_who_vouches(column: str, rolling: Any) -> None:
    connection, forward = rolling
    org_id = provided(connection)
    forward(PRE)
    changed = f"update contextfs.sso_settings set {column} = {BELIEVED[column]}"  # noqa: S608 - our own names
    connection.execute("update contextfs.sso_settings set vouched = '{*}'")
    connection.execute("update contextfs.sso_settings set enabled = false")
    kept = vouched(connection, org_id)
    with connection.transaction():
        connection.execute("update contextfs.sso_settings set vouched = '{*}'")
        connection.execute(changed)

    assert (kept, vouched(connection, org_id)) == (["*"], [])


def test_a_provider_that_new_code_changes_has_who_changed_it_and_so_it_stays(rolling: Any) -> None:
    connection, forward = rolling
    org_id = provided(connection)
    forward(PRE)
    changed = "update contextfs.sso_settings set vouched = '{*}', client_id = %s"
    connection.execute(changed, ["d"])
    stored = "insert into contextfs.sso_settings select * from contextfs.sso_settings on conflict (org_id) do "
    connection.execute(stored + changed.replace("contextfs.sso_settings ", ""), ["e"])
    during = vouched(connection, org_id)
    forward(POST)
    connection.execute(changed, ["f"])

    assert (during, vouched(connection, org_id)) == (["*"], ["*"])

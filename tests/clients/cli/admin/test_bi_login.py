"""`ctx admin bi-login`: made, listed, rotated and dropped, as the owner of the database."""

from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from contextfs.runtime.job import OWNER
from contextfs.runtime.wiring import Wiring
from tests.clients.cli.conftest import Ctx
from tests.conftest import Tenant

COMMAND = ("admin", "bi-login")


@pytest.fixture
def owner(wiring: Wiring, admin_url: str) -> dict[str, str]:
    """Give the variable that names the owner of the database that the server of these tests has."""
    name = conninfo_to_dict(wiring.settings.database_url)["dbname"]
    return {OWNER: make_conninfo(admin_url, dbname=str(name))}


def test_a_login_is_made_listed_rotated_and_dropped(ctx: Ctx, tenant: Tenant, owner: dict[str, str]) -> None:
    made = ctx(*COMMAND, "make", "--organization", str(tenant.org_id), "--json", **owner).json
    with psycopg.connect(made["url"]) as connection:
        seen = connection.execute("select id from projects").fetchall()
    listed = ctx(*COMMAND, "list", "--organization", str(tenant.org_id), **owner)
    rotated = ctx(*COMMAND, "rotate", made["login"], "--json", **owner).json
    dropped = ctx(*COMMAND, "drop", made["login"], **owner)
    gone = ctx(*COMMAND, "drop", made["login"], **owner)

    assert seen == [(tenant.project_id,)]
    assert made["login"] in listed.out
    assert rotated["url"] != made["url"]
    assert dropped.out == f"{made['login']} is gone.\n"
    assert (gone.code, "There is no login" in gone.err) == (3, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["make"], "Name the organization"),
        (["make", "--organization", str(uuid4())], "There is no organization"),
        (["make", "--organization", "x"], "is not an id"),
        (["drop"], "takes one login"),
        (["list", "bi_x"], "takes no login"),
    ],
    ids=["nobody", "unknown", "no id", "no login", "a login"],
)
def test_what_is_said_wrong_is_told(words: list[str], told: str, ctx: Ctx, owner: dict[str, str]) -> None:
    ended = ctx(*COMMAND, *words, **owner)

    assert ended.code in {2, 3}
    assert told in ended.err


def test_without_a_platform_it_says_how_to_start_one(ctx: Ctx) -> None:
    ended = ctx(*COMMAND)

    assert "start it by `ctx up`" in ended.err

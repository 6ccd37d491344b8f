"""`ctx projects`: what there is on a server, made, shown and deleted."""

from contextfs.client import ContextFS
from tests.clients.cli.conftest import Ctx
from tests.conftest import Tenant


def test_a_project_is_made_listed_shown_and_deleted(ctx: Ctx, client: ContextFS) -> None:
    made = ctx("projects", "create", "refunds", "--description", "Money back.", "--json").json
    listed = ctx("projects", "list").out.splitlines()
    shown = ctx("projects", "show", "refunds").out
    asked = ctx("projects", "delete", "refunds")
    deleted = ctx("projects", "delete", made["id"], "--yes")

    assert ["refunds", made["id"]] == listed[1].split()[:2]
    assert "about      Money back." in shown
    assert (2, True) == (asked.code, "give --yes" in asked.err)
    assert (0, f"Deleted: refunds  {made['id']}\n") == (deleted.code, deleted.out)
    assert "refunds" not in [one.name for one in client.projects.list()]
    assert 3 == ctx("projects", "show", "refunds").code


def test_a_name_is_given_once(ctx: Ctx) -> None:
    ctx("projects", "create", "twice")

    assert 5 == ctx("projects", "create", "twice").code


def test_another_tenants_project_is_neither_listed_nor_deleted(ctx: Ctx, other_tenant: Tenant) -> None:
    theirs = str(other_tenant.project_id)

    told = ctx("projects", "delete", theirs, "--yes")

    assert theirs not in ctx("projects", "list").out
    assert 3 == told.code
    assert 200 == other_tenant.call("GET", f"/v1/projects/{theirs}").status_code

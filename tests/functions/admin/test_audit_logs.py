"""GET /v1/admin/audit-logs."""

import csv
from collections.abc import Callable
from io import StringIO
from uuid import UUID, uuid4

import pytest

from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows, sign_in

PATH = "/v1/admin/audit-logs"
Colleague = Callable[[Tenant], Tenant]


def test_the_newest_act_comes_first_with_who_did_what(tenant: Tenant) -> None:
    memory = tenant.call(
        "POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "Said."}, x_request_id="r1"
    ).json()["memory"]
    tenant.call("DELETE", f"/v1/memories/{memory['id']}")

    first, second = tenant.call("GET", "/v1/admin/audit-logs").json()["items"]

    assert (first["action"], second["action"]) == ("memory.deleted", "memory.created")
    assert (second["subject"], second["project_id"]) == (memory["id"], str(tenant.project_id))
    assert (second["actor"].partition(":")[0], second["request_id"]) == ("key", "r1")
    assert "Said." not in str(second)


def test_the_log_is_read_page_by_page(tenant: Tenant) -> None:
    for number in range(3):
        tenant.call("POST", "/v1/projects", {"name": f"p{number}"})

    page = tenant.call("GET", "/v1/admin/audit-logs?limit=2").json()
    rest = tenant.call("GET", f"/v1/admin/audit-logs?limit=2&cursor={page['next_cursor']}").json()

    assert len({one["id"] for one in [*page["items"], *rest["items"]]}) == 3
    assert rest["next_cursor"] is None


def test_it_is_asked_by_what_happened_to_what_and_when(tenant: Tenant, things: Things) -> None:
    tenant.call("PATCH", f"/v1/memories/{things.memory_id}", {"content": "New."})

    def actions(query: str) -> set[str]:
        return {one["action"] for one in tenant.call("GET", f"/v1/admin/audit-logs?{query}").json()["items"]}

    assert actions(f"subject={things.memory_id}") == {"memory.created", "memory.updated"}
    assert actions("action=memory.updated") == {"memory.updated"}
    assert actions("action=memory.*") == {"memory.created", "memory.updated"}
    assert actions("until=2020-01-01T00:00:00Z") == set()
    assert actions("since=2020-01-01T00:00:00Z") >= {"memory.created", "session.created"}
    assert actions(f"actor={things.memory_id}") == set()


def test_a_member_is_found_by_whichever_key_or_login_they_acted(tenant: Tenant, colleague: Colleague) -> None:
    other = colleague(tenant)
    other.call("POST", "/v1/projects", {"name": "theirs"})
    cookie = sign_in(tenant)[0]
    csrf = tenant.http.get("/v1/auth/me", headers={"cookie": f"ctx_login={cookie}"}).json()["csrf_token"]
    signed_in = {"cookie": f"ctx_login={cookie}", "x-csrf-token": csrf}
    tenant.http.post("/v1/projects", json={"name": "mine"}, headers=signed_in)

    def done(user: UUID) -> list[str]:
        items = tenant.call("GET", f"/v1/admin/audit-logs?user={user}&action=project.*").json()["items"]
        return [one["actor"].partition(":")[0] for one in items]

    assert done(other.user_id) == ["key"]
    assert done(tenant.user_id) == ["user"]
    assert done(uuid4()) == []


def test_acts_of_others_are_not_shown(
    tenant: Tenant, other_tenant: Tenant, things: Things, second_project: Callable[[Tenant], Tenant]
) -> None:
    mine = {one["id"] for one in tenant.call("GET", "/v1/admin/audit-logs").json()["items"]}

    assert other_tenant.call("GET", "/v1/admin/audit-logs").json()["items"] == []
    seen = second_project(tenant).call("GET", "/v1/admin/audit-logs").json()["items"]
    assert things.project_id not in {one["project_id"] for one in seen}
    assert mine


def test_a_call_cannot_choose_its_place_in_the_chain(tenant: Tenant, things: Things, rows: Rows) -> None:
    assert {row["position"] for row in rows.of("audit_log", tenant)} == {None}


def test_it_is_csv_for_who_accepts_that_a_page_at_a_time(tenant: Tenant, other_tenant: Tenant) -> None:
    for number in range(5):
        tenant.call("POST", "/v1/projects", {"name": f"=cmd{number}"})
    other_tenant.call("POST", "/v1/projects", {"name": "theirs"})
    rows: list[dict[str, str]] = []
    path = f"{PATH}?limit=2&action=project.created"
    sizes: list[int] = []
    kinds: set[str] = set()
    while path:
        reply = tenant.call("GET", path, accept="text/csv, application/json;q=0.5")
        page = list(csv.DictReader(StringIO(reply.text)))
        sizes.append(len(page))
        kinds.add(reply.headers["content-type"])
        rows += page
        path = reply.headers.get("link", "").removeprefix("<").removesuffix('>; rel="next"')
    listed = tenant.call("GET", f"{PATH}?limit=50&action=project.created").json()["items"]

    assert sizes == [2, 2, 1]
    assert kinds == {"text/csv; charset=utf-8; header=present"}
    assert [row["id"] for row in rows] == [one["id"] for one in listed]
    assert [*rows[0]] == [*listed[0]]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        *(("text/csv", "text/csv"), ("TEXT/CSV;header=present", "text/csv"), ("text/*", "text/csv")),
        *(("text/csv;q=0.9, */*;q=0.1", "text/csv"), ("", "application/json"), ("*/*", "application/json")),
        *(("application/json", "application/json"), ("text/csv;q=0.1, application/json", "application/json")),
        *(("text/csv;q=0", "application/json"), ("text/csv;q=x", "application/json")),
        ("text/csv, application/json", "application/json"),
    ],
)
def test_who_likes_json_as_much_gets_that(accept: str, kind: str, tenant: Tenant) -> None:
    reply = tenant.call("GET", PATH, accept=accept)

    assert reply.headers["content-type"].partition(";")[0] == kind


def test_a_refusal_is_a_problem_whatever_is_accepted(tenant: Tenant) -> None:
    reply = tenant.call("GET", f"{PATH}?limit=0", accept="text/csv")

    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"

"""POST /v1/exports, and what is written then."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

from contextfs.journeys.export.bundle import zipped
from contextfs.kit.errors import TooLarge
from contextfs.local import archive, bundle
from contextfs.local.config import ProjectNamed
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.contextfs.local.places import Machine
from tests.contextfs.local.sessions.conversations import AT
from tests.functions.asking import told
from tests.functions.conftest import Rows

Settle = Callable[[], int]


def ask(tenant: Tenant, project_id: UUID | None = None) -> Any:
    return tenant.call("POST", "/v1/exports", {"project_id": str(project_id)} if project_id else {})


def read(tenant: Tenant, export_id: str) -> Any:
    return tenant.call("GET", f"/v1/exports/{export_id}").json()


def fetched(tenant: Tenant, export_id: str) -> bytes:
    """Fetch an export by its link, with no key."""
    link = read(tenant, export_id)["link"]
    reply = tenant.http.get(link.removeprefix("http://127.0.0.1:8420"))
    assert reply.status_code == 200, reply.text
    return reply.content


def held(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """Read what is in an export: the lines of each member."""
    with ZipFile(BytesIO(content)) as opened:
        assert opened.testzip() is None
        return {name: [json.loads(line) for line in opened.read(name).splitlines()] for name in opened.namelist()}


def remember(tenant: Tenant, content: str, **fields: Any) -> str:
    project = {"project_id": str(tenant.project_id)}
    return tenant.call("POST", "/v1/memories", {"content": content} | project | fields).json()["memory"]["id"]


def converse(tenant: Tenant, text: str, **fields: Any) -> str:
    said = [{"role": "user", "content": text, "external_id": "1"}, {"role": "assistant", "content": f"{text}!"}]
    asked = {"project_id": str(tenant.project_id), "tool": "test", "messages": said} | fields
    return tenant.call("POST", "/v1/sessions", asked).json()["session"]["id"]


def texts(lines: list[dict[str, Any]]) -> set[str]:
    """Name the texts of memories and messages in some lines."""
    return {one["revision"]["fields"]["content"] for one in lines if "revision" in one} | {
        one["message"]["content"] for one in lines if "message" in one
    }


def test_it_is_accepted_written_and_noted(tenant: Tenant, settle_events: Settle, rows: Rows) -> None:
    remember(tenant, "The port is 5433.")
    converse(tenant, "Why?")

    asked = ask(tenant)
    before = read(tenant, asked.json()["id"])
    settle_events()
    after = read(tenant, asked.json()["id"])

    assert asked.status_code == 202
    assert (before["export"]["status"], before["link"]) == ("pending", None)
    assert (after["export"]["status"], after["export"]["contents"]) == ("ready", ["memories", "sessions"])
    assert (after["export"]["revisions"], after["export"]["sessions"], after["export"]["messages"]) == (1, 1, 2)
    assert after["export"]["size"] == len(fetched(tenant, asked.json()["id"]))
    assert [row["subject"] for row in rows.audited(tenant, "export.requested")] == [UUID(asked.json()["id"])]
    assert {row["details"]["status"] for row in rows.audited(tenant, "export.read")} == {"pending", "ready"}
    assert rows.used(tenant, "exports") == [1]


def test_a_bundle_says_what_is_in_it(tenant: Tenant, settle_events: Settle) -> None:
    second = tenant.call("POST", "/v1/projects", {"name": "second"}).json()
    asked = ask(tenant).json()
    settle_events()
    members = held(fetched(tenant, asked["id"]))
    [manifest] = members.pop("manifest.json")

    assert manifest["format"] == "contextfs.bundle.1"
    assert [project["name"] for project in manifest["projects"]] == ["first", "second"]
    assert list(members) == [f"projects/{one}.jsonl" for one in (tenant.project_id, second["id"])]
    assert {lines[0]["format"] for lines in members.values()} == {"contextfs.export.2"}


def test_what_comes_in_from_it_equals_what_sync_brings(tenant: Tenant, settle_events: Settle, tmp_path: Path) -> None:
    """An export that is imported, and a pull: the same store, line by line."""
    changed, gone = remember(tenant, "The port is 5433."), remember(tenant, "Nobody needs this.", visibility="private")
    tenant.call("PATCH", f"/v1/memories/{changed}", {"content": "The port is 5434.", "tags": ["b", "a"]})
    tenant.call("DELETE", f"/v1/memories/{gone}")
    for number in range(3):
        converse(tenant, f"Question {number}", visibility="private" if number else "project", tags=["t"])
    pulled = tenant.call("POST", "/v1/sync/pull", {"project_id": str(tenant.project_id)}).json()
    asked = ask(tenant, tenant.project_id).json()
    settle_events()
    file = tmp_path / "e.zip"
    file.write_bytes(fetched(tenant, asked["id"]))
    named = ProjectNamed(id=tenant.project_id, name="first")

    with Machine(tmp_path).init().open() as store:
        with bundle.opened(file, named=None, here=tenant.project_id) as lines:
            first = archive.read(store, lines, "e")
        with bundle.opened(file, named=None, here=tenant.project_id) as lines:
            again = archive.read(store, lines, "e")
        written = [json.loads(line) for line in archive.written(store, named, AT)][1:]
    with ZipFile(file) as opened:
        sent = [json.loads(line) for line in opened.read(f"projects/{tenant.project_id}.jsonl").splitlines()][1:]

    assert written == sent
    assert (first.memories, first.sessions, first.messages, first.revisions) == (2, 3, 6, 4)
    assert again == archive.Restored()
    revisions = [one["revision"] for one in sent if "revision" in one]
    assert sorted(map(str, revisions)) == sorted(map(str, pulled["revisions"]))
    assert {one["message"]["id"] for one in sent if "message" in one} == {one["id"] for one in pulled["messages"]}


def test_it_holds_what_the_one_who_asked_sees_and_no_tenant_finds_anothers(
    tenant: Tenant, other_tenant: Tenant, colleague: Callable[[Tenant], Tenant], settle_events: Settle
) -> None:
    theirs = colleague(tenant)
    remember(tenant, "Shared.")
    remember(tenant, "Mine alone.", visibility="private")
    remember(theirs, "Theirs alone.", visibility="private")
    converse(theirs, "Theirs", visibility="private")
    remember(other_tenant, "Of another tenant.")
    asked = {one: ask(one).json()["id"] for one in (tenant, other_tenant)}
    settle_events()
    found = {one: held(fetched(one, export_id)) for one, export_id in asked.items()}

    assert texts(found[tenant][f"projects/{tenant.project_id}.jsonl"]) == {"Shared.", "Mine alone."}
    assert texts(found[other_tenant][f"projects/{other_tenant.project_id}.jsonl"]) == {"Of another tenant."}
    for stranger in (theirs, other_tenant):
        assert stranger.call("GET", f"/v1/exports/{asked[tenant]}").status_code in {403, 404}
    assert [one["id"] for one in other_tenant.call("GET", "/v1/exports").json()["items"]] == [asked[other_tenant]]


def test_a_link_of_one_tenant_opens_nothing_of_another(
    tenant: Tenant, other_tenant: Tenant, settle_events: Settle
) -> None:
    mine, theirs = ask(tenant).json()["id"], ask(other_tenant).json()["id"]
    settle_events()
    link = read(tenant, mine)["link"].removeprefix("http://127.0.0.1:8420")

    moved = link.replace(f"{tenant.org_id}/{mine}", f"{other_tenant.org_id}/{theirs}")
    reply = tenant.http.get(moved)

    assert moved != link
    assert reply.status_code == 403
    assert told(reply)["detail"].startswith("This link was not made here")


def test_a_key_that_reads_less_exports_less(
    tenant: Tenant, key_with: Callable[..., Tenant], settle_events: Settle
) -> None:
    remember(tenant, "Known.")
    converse(tenant, "Said")
    less = key_with(tenant, permissions=["exports:write", "exports:read", "memories:read"])
    none = key_with(tenant, permissions=["exports:write", "exports:read"])
    asked = ask(less).json()
    settle_events()

    assert texts(held(fetched(less, asked["id"]))[f"projects/{tenant.project_id}.jsonl"]) == {"Known."}
    assert ask(none).status_code == 403
    assert ask(key_with(tenant, role="member")).status_code == 403


def test_a_key_of_one_project_exports_that_project(
    tenant: Tenant, second_project: Callable[[Tenant], Tenant], settle_events: Settle
) -> None:
    remember(tenant, "Of the first.")
    stranger = second_project(tenant)
    remember(stranger, "Of the second.")
    whole, first, own = ask(stranger), ask(stranger, tenant.project_id), ask(stranger, stranger.project_id)
    settle_events()

    assert told(whole)["detail"].startswith("This is open to some projects only")
    assert first.status_code == 404
    assert list(held(fetched(stranger, own.json()["id"]))) == [
        "manifest.json",
        f"projects/{stranger.project_id}.jsonl",
    ]


def test_the_same_is_not_written_twice_at_once(tenant: Tenant, settle_events: Settle) -> None:
    first, second = ask(tenant), ask(tenant)
    settle_events()

    assert (first.status_code, second.status_code) == (202, 409)
    assert first.json()["id"] in told(second)["detail"]
    assert ask(tenant).status_code == 202


def test_an_event_that_comes_again_changes_nothing(tenant: Tenant, settle_events: Settle, rows: Rows) -> None:
    asked = ask(tenant).json()["id"]
    settle_events()
    before = read(tenant, asked)["export"]
    rows.connection.execute("delete from contextfs.consumed_events where org_id = %s", [tenant.org_id])
    rows.connection.execute(
        "insert into contextfs.outbox (org_id, id, type, subject, time, actor, reader, data)"
        " values (%s, gen_random_uuid(), 'export.requested', %s, now(), 'test', %s, '{}')",
        [tenant.org_id, asked, tenant.user_id],
    )
    settle_events()

    assert read(tenant, asked)["export"] == before


def test_one_that_nobody_writes_is_told_as_failed(tenant: Tenant, rows: Rows) -> None:
    asked = ask(tenant).json()["id"]
    rows.connection.execute(
        "update contextfs.exports set created_at = now() - interval '3 hours' where id = %s", [asked]
    )
    export = read(tenant, asked)["export"]

    assert (export["status"], export["failure"]) == ("failed", "It was not written in time: ask for it anew.")
    assert ask(tenant).status_code == 202


def test_one_that_is_too_large_fails_for_good_and_leaves_no_file(
    tenant: Tenant, settle_events: Settle, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(tenant, "Known.")
    monkeypatch.setitem(vars(wiring.services), "export_limit", 300)
    asked, log = ask(tenant).json()["id"], tenant.call("POST", "/v1/exports", {"audit_log": True}).json()["id"]
    settle_events()
    linked = read(tenant, asked)
    blobs = wiring.services.blobs()
    assert blobs is not None

    assert (linked["export"]["status"], linked["link"]) == ("failed", None)
    assert linked["export"]["failure"] == "It is larger than 0 MB: export one project at a time."
    assert "read the log page by page" in read(tenant, log)["export"]["failure"]
    assert list(blobs.find(f"exports/{tenant.org_id}/")) == []


def test_a_server_that_keeps_no_files_says_so(tenant: Tenant, wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(wiring.services), "blobs", lambda: None)
    reply = ask(tenant)

    assert reply.status_code == 503
    assert "CONTEXTFS_FILES" in told(reply)["detail"]


def test_a_zip_is_written_in_parts_and_is_no_larger_than_allowed() -> None:
    def lines() -> Iterator[bytes]:
        for number in range(20_000):
            yield f"{number * number}\n".encode() * 20

    parts = list(zipped([("a.jsonl", lines()), ("b.jsonl", [b"x\n"])], most=10_000_000, cure=""))
    with ZipFile(BytesIO(b"".join(parts))) as opened:
        content = opened.read("a.jsonl")

    assert content == b"".join(lines())
    assert max(map(len, parts)) < 3_000_000
    with pytest.raises(TooLarge, match=r"larger than 0 MB: take less\."):
        list(zipped([("a.jsonl", lines())], most=10_000, cure="take less"))


def test_the_audit_log_is_exported_as_the_api_shows_it(
    tenant: Tenant, other_tenant: Tenant, settle_events: Settle, rows: Rows
) -> None:
    remember(tenant, "The port is 5433.")
    remember(other_tenant, "Theirs.")
    asked = tenant.call("POST", "/v1/exports", {"audit_log": True})
    settle_events()
    done = read(tenant, asked.json()["id"])["export"]
    members = held(fetched(tenant, asked.json()["id"]))
    shown = tenant.call("GET", "/v1/admin/audit-logs?limit=200").json()["items"]
    written = members["audit.jsonl"]

    assert asked.status_code == 202, asked.text
    assert set(members) == {"manifest.json", "audit.jsonl"}
    assert done["contents"] == ["audit_log"]
    assert done["entries"] == len(written)
    assert written == [entry for entry in reversed(shown) if entry["id"] in {one["id"] for one in written}]
    assert {entry["action"] for entry in written} >= {"memory.created", "export.requested"}
    assert {str(row["id"]) for row in rows.of("audit_log", other_tenant)}.isdisjoint(one["id"] for one in written)


def test_the_audit_log_is_exported_to_who_may_read_it_alone(
    tenant: Tenant, key_with: Callable[..., Tenant], settle_events: Settle
) -> None:
    lesser = key_with(tenant, permissions=["exports:*", "memories:read"])
    narrow = key_with(tenant, role="owner", project_id=str(tenant.project_id))
    wanted = {"audit_log": True}
    replies = [one.call("POST", "/v1/exports", wanted) for one in (lesser, narrow)]
    named = tenant.call("POST", "/v1/exports", wanted | {"project_id": str(tenant.project_id)})
    both = [tenant.call("POST", "/v1/exports", one).status_code for one in (wanted, {})]
    settle_events()

    assert [reply.status_code for reply in replies] == [403, 403]
    assert "audit:read" in told(replies[0])["detail"]
    assert (named.status_code, both) == (422, [202, 202])

"""An organization leaves a region for another: a last sync, an export, an import, and machines that follow."""

import json
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx2

from contextfs.domain.sources.signatures import signed
from contextfs.kit.clock import system_clock
from tests.contextfs.runtime.border.conftest import Organization, Region
from tests.contextfs.runtime.processes import serving
from tests.functions.asking import SECRET
from tests.journeys.test_three_machines import Machine

CTX = (sys.executable, "-m", "clients.cli.main")


def machine(name: str, folder: Path) -> Machine:
    """Make a person's machine with an empty folder."""
    made = Machine(name, folder / name / "project", folder / name / "home")
    made.folder.mkdir(parents=True)
    made.home.mkdir()
    return made


def contents(region: Region, org: Organization) -> list[str]:
    """Tell what a region holds of an organization."""
    query = "select content from contextfs.memories where org_id = %s order by 1"
    return [row[0] for row in region.rows(query, org.org_id)]


def captured(region: Region, org: Organization, project: str) -> httpx2.Response:
    """Let a program capture a conversation that no machine has."""
    said = [{"role": "user", "content": "The ferry leaves at nine.", "external_id": "m1"}]
    return org.call(region, "POST", "/v1/sessions", json={"project_id": project, "tool": "ci", "messages": said})


def delivered(region: Region, path: str, delivery: str) -> httpx2.Response:
    """Let a program elsewhere send a conversation: it signs, and has no key."""
    said = [{"id": delivery, "role": "user", "content": "A ticket was refunded."}]
    body = json.dumps({"conversation_id": delivery, "messages": said}).encode()
    headers = {"content-type": "application/json", **signed(SECRET, delivery, system_clock(), body)}
    return httpx2.post(f"{region.url}{path}", content=body, headers=headers, trust_env=False, timeout=60)


def test_what_an_organization_knows_moves_to_another_region_and_its_machines_follow(
    north: Region, south: Region, tmp_path: Path
) -> None:
    before, after = north.found(), south.found()
    ann, bob = machine("ann", tmp_path), machine("bob", tmp_path)
    project = ann.ctx("init", "--here", "--name", "ferry")["project"]["id"]
    bob.ctx("init", "--here", "--project", project)
    kept = ann.ctx("memory", "add", "Ferries leave on the hour.")["memory"]["id"]
    bob.ctx("memory", "add", "Refunds are stored in cents.")
    for one in (ann, bob, ann):
        one.ctx("link", north.url, "--key", before.key)
        one.ctx("sync")
    session = captured(north, before, project).json()["session"]["id"]
    new = {"name": "tickets", "project_id": project, "secret": SECRET}
    source = before.call(north, "POST", "/v1/sources", json=new).json()["source"]
    [ticket] = delivered(north, source["path"], "in-time").json()["sessions"]

    [last] = before.call(north, "GET", "/v1/api-keys").json()["items"]
    other = before.call(north, "POST", "/v1/api-keys", json={"name": "ci"}).json()
    assert before.call(north, "DELETE", f"/v1/sources/{source['id']}").is_success
    assert before.call(north, "DELETE", f"/v1/api-keys/{other['api_key']['id']}").is_success
    assert delivered(north, source["path"], "too-late").status_code == 404
    assert captured(north, replace(before, key=other["secret"]), project).status_code == 401

    with ExitStack() as processes:
        for name in ("relay", "worker"):
            processes.enter_context(serving(name, north.wired.settings, tmp_path))
        leaving = (f"CONTEXTFS_URL={north.url}", f"CONTEXTFS_API_KEY={before.key}")
        ann.run("env", *leaving, *CTX, "export", "--from-server", "all.zip", "--all")
    assert before.call(north, "DELETE", f"/v1/api-keys/{last['id']}").is_success
    assert ann.ctx("import", "contextfs", "all.zip")["sessions"] == 2
    bob.run(*CTX, "sync", code=4)  # who was not told yet is told by a 401

    for one in (ann, bob, ann):
        one.ctx("link", "--unlink")
        one.ctx("link", south.url, "--key", after.key)
        one.ctx("sync")

    assert ann.files() == bob.files()
    assert contents(south, after) == ["Ferries leave on the hour.", "Refunds are stored in cents."]
    assert after.call(south, "GET", f"/v1/memories/{kept}").status_code == 200
    assert after.call(north, "GET", f"/v1/memories/{kept}").status_code == 200  # forwarded: it lives there now
    listed = {one["id"] for one in ann.ctx("sessions", "list")}
    assert listed == {session, ticket["session_id"]}  # no machine captured them, so none sends them
    assert after.call(south, "GET", "/v1/sessions").json()["items"] == []
    assert before.call(south, "GET", f"/v1/memories/{kept}").status_code == 401  # who it was there opens nothing

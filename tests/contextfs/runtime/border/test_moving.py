"""An organization leaves a region for another: a last sync, an export, an import, and machines that follow."""

import base64
import hashlib
import json
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx2

from contextfs.domain.sources.signatures import signed
from contextfs.kit.clock import system_clock
from contextfs.runtime.openapi.examples import BODIES
from tests.contextfs.runtime.border.conftest import Organization, Region
from tests.contextfs.runtime.processes import serving
from tests.functions.asking import SECRET
from tests.journeys.test_three_machines import Machine

VERIFIER = "0" * 64
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


def invited(region: Region, org: Organization, email: str) -> Organization:
    """Let somebody join."""
    token = org.call(region, "POST", "/v1/admin/invitations", json={"email": email}).json()["token"]
    joined = replace(org, key=token).call(region, "POST", "/v1/invitations/accept", json={})
    return replace(org, key=joined.json()["secret"])


def signed_in(region: Region, org: Organization) -> str:
    """Sign a browser in; gives its cookie."""
    told = org.call(region, "POST", "/v1/auth/logins").headers["set-cookie"]
    return told.partition(";")[0]


def let_in(region: Region, org: Organization) -> dict[str, str]:
    """Let a program act for somebody, as MCP's clients do; gives its tokens."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    wanted = {**BODIES["auth.grant"], "code_challenge": challenge, "resource": f"{public(region)}/mcp"}
    code = org.call(region, "POST", "/v1/auth/grants", json=wanted).json()["code"]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    form |= {name: wanted[name] for name in ("client_id", "redirect_uri")}
    return httpx2.post(f"{region.url}/oauth/token", data=form, trust_env=False, timeout=60).json()


def opened(region: Region, cookie: str, tokens: dict[str, str]) -> list[int]:
    """Try what a browser and a program have; gives the statuses."""
    headers = {"authorization": f"Bearer {tokens['access_token']}", "accept": "application/json, text/event-stream"}
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    asked = httpx2.post(f"{region.url}/mcp", json=ping, headers=headers, trust_env=False, timeout=60)
    seen = httpx2.get(f"{region.url}/v1/auth/me", headers={"cookie": cookie}, trust_env=False, timeout=60)
    return [seen.status_code, asked.status_code]


def public(region: Region) -> str:
    """Tell by which address people know a region."""
    return region.wired.settings.public_url or region.url


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
    member = invited(north, before, "bob@example.test")
    theirs, mine = ((signed_in(north, one), let_in(north, one)) for one in (member, before))
    assert [opened(north, *theirs), opened(north, *mine)] == [[200, 200]] * 2
    leaving = (f"CONTEXTFS_URL={north.url}", f"CONTEXTFS_API_KEY={before.key}")

    def old(*words: str) -> str:
        return ann.run("env", *leaving, *CTX, *words)

    assert before.call(north, "DELETE", f"/v1/sources/{source['id']}").is_success
    assert "1 member of the organization, all except you, are suspended." in old("team", "suspend", "--everyone")
    assert delivered(north, source["path"], "too-late").status_code == 404
    assert captured(north, member, project).status_code == 401
    assert [opened(north, *theirs), opened(north, *mine)] == [[401, 401], [200, 200]]

    with ExitStack() as processes:
        for name in ("relay", "worker"):
            processes.enter_context(serving(name, north.wired.settings, tmp_path))
        old("export", "--from-server", "all.zip", "--all")
    old("auth", "logins", "end", "--all")
    old("auth", "grants", "end", "--all")
    assert opened(north, *mine) == [401, 401]
    assert old("admin", "key", "revoke", last["id"])
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

"""`ctx sources`: programs elsewhere may send, and what is printed is enough to do so."""

import json
from pathlib import Path

from contextfs.client import ContextFS
from contextfs.domain.sources.signatures import signed
from contextfs.kit.clock import system_clock
from tests.clients.cli.conftest import Ctx
from tests.conftest import Tenant

BODY = b'{"conversation_id": "1", "messages": [{"role": "user", "content": "hello"}]}'


def send(tenant: Tenant, path: str, secret: str) -> int:
    headers = {"content-type": "application/json", **signed(secret, "msg", system_clock(), BODY)}
    return tenant.http.post(path, content=BODY, headers=headers).status_code


def test_what_is_printed_is_enough_to_send(ctx: Ctx, client: ContextFS, tenant: Tenant) -> None:
    told = ctx("sources", "add", "support desk", "--tag", "support")
    facts = dict(line.split(maxsplit=1) for line in told.out.splitlines()[1:])
    path = facts["url"].removeprefix(client.address.url)

    assert told.code == 0, told.err
    assert send(tenant, path, facts["secret"]) == 200
    assert [session.tags for session in client.sessions.list()] == [["support"]]
    project = client.projects.get(tenant.project_id).name
    assert (project, "support-desk") == (facts["project"], facts["tool"])
    assert ["support-desk"] == [session.tool for session in client.sessions.list()]
    listed = ctx("sources", "list").out.splitlines()[1]
    assert listed.split() == ["support", "desk", "json", "standard", *project.split(), facts["url"]]


def test_a_program_is_given_the_whole_address(ctx: Ctx, client: ContextFS) -> None:
    made = ctx("sources", "add", "desk", "--json").json
    listed = ctx("sources", "list", "--json").json

    assert client.address.url + made["source"]["path"] == made["source"]["url"]
    assert [made["source"]["url"]] == [one["url"] for one in listed]


def test_a_rotation_ends_a_leaked_secret_and_a_removal_the_source(ctx: Ctx, tenant: Tenant) -> None:
    made = ctx("sources", "add", "desk", "--json").json
    rotated = ctx("sources", "rotate", "DESK", "--grace-hours", "0", "--json").json
    path = made["source"]["path"]
    statuses = [send(tenant, path, one["secret"]) for one in (made, rotated)]

    removed = ctx("sources", "remove", made["source"]["id"])

    assert statuses == [401, 200]
    assert removed.out == "desk can no longer send; what it sent stays.\n"
    assert send(tenant, path, rotated["secret"]) == 404
    assert ctx("sources", "remove", "desk").code == 3


def test_a_mapping_and_a_secret_come_from_outside_of_the_command_line(ctx: Ctx, tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text(json.dumps({"conversation": "$.room", "content": "$.text"}), encoding="utf-8")
    (tmp_path / "bad.json").write_text(json.dumps({"conversation": "room", "content": "$.text"}), encoding="utf-8")
    given = ("sources", "add", "s", "--mapping", "map.json", "--secret-stdin", "--json")

    made = ctx(*given, stdin="a-secret-of-their-own\n").json
    refused = ctx("sources", "add", "t", "--mapping", "bad.json")

    assert made["secret"] == "a-secret-of-their-own"
    assert made["source"]["mapping"] == {"conversation": "$.room", "content": "$.text"}
    assert refused.code == 2
    assert "--mapping: bad.json is not a mapping" in refused.err

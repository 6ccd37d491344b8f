"""What a session taught, on a server, once its record leaves some of it behind."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid5

import msgspec
import pytest

from contextfs.domain.memories.revisions import Revision
from tests.conftest import Tenant
from tests.contextfs.domain.memories.histories import state
from tests.functions.recorded import NAME, RECORD, VERSION, read
from tests.functions.sync.test_push import push
from tests.functions.triggers.test_reread import BEHIND, learned

PORT = "Note: The staging port is {}."
OTHER = "11111111-1111-4111-8111-111111111111"
Said = Mapping[str, Any]


def turn(name: str, content: str, day: int = 1) -> Said:
    return {"role": "user", "content": content, "external_id": name, "created_at": f"2026-01-0{day}T10:00:00Z"}


def told(tenant: Tenant, behind: Sequence[Said], name: str = NAME) -> str:
    """Store a session with turns that its record takes back, and close it."""
    messages = [*(msgspec.to_builtins(one) for one in read().messages), *behind]
    new = {"project_id": str(tenant.project_id), "tool": "claude-code", "external_id": name, "messages": messages}
    session = tenant.call("POST", "/v1/sessions", new).json()["session"]["id"]
    tenant.call("POST", f"/v1/sessions/{session}/complete")
    return session


def take_back(tenant: Tenant, session: str, behind: Sequence[Said], name: str = NAME) -> None:
    """Bring the record of a session, in which these turns are answered, and nobody goes on with them."""
    first = next(n for n, line in enumerate(RECORD) if '"parentUuid"' in line)
    root = json.loads(RECORD[first])["uuid"]
    [one_said, *_] = (json.loads(line) for line in RECORD if '"type":"user"' in line)
    [one_answer, *_] = (json.loads(line) for line in RECORD if '"type":"assistant"' in line)
    branch = [
        json.dumps(record)
        for one in behind
        for record in (
            one_said
            | {"uuid": one["external_id"], "parentUuid": root}
            | {"message": {"role": one["role"], "content": one["content"]}},
            one_answer | {"uuid": f"{one['external_id']}-answer", "parentUuid": one["external_id"]},
        )
    ]
    lines = [line.replace(NAME, name) for line in [*RECORD[: first + 1], *branch, *RECORD[first + 1 :]]]
    put = {"reader": f"claude-code/{VERSION}", "line": 0, "lines": lines, "read_again": True}
    assert 200 == tenant.call("PUT", f"/v1/sessions/{session}/record", put).status_code


def go_on(tenant: Tenant, session: str, again: Sequence[Said], name: str = NAME) -> None:
    """Bring the record of a session once more, in which these turns are what was said last."""
    [one_said, *_] = (json.loads(line) for line in RECORD if '"type":"user"' in line)
    last = read().messages[-1].external_id
    turns = [
        json.dumps(
            one_said
            | {"uuid": one["external_id"], "parentUuid": last}
            | {"message": {"role": one["role"], "content": one["content"]}}
        )
        for one in again
    ]
    lines = [line.replace(NAME, name) for line in [*RECORD, *turns]]
    put = {"reader": f"claude-code/{VERSION}", "line": 0, "lines": lines, "read_again": True}
    assert 200 == tenant.call("PUT", f"/v1/sessions/{session}/record", put).status_code


def ports(tenant: Tenant) -> list[str]:
    asked = f"/v1/memories?project_id={tenant.project_id}"
    texts = [one["content"] for one in tenant.call("GET", asked).json()["items"] if one["type"] == "fact"]
    return sorted(text.split()[-1].rstrip(".") for text in texts if "port" in text)


@pytest.mark.parametrize("port", range(5430, 5433))
def test_what_was_overtaken_and_is_left_behind_too_does_not_hold_again(
    tenant: Tenant, settle_events: Callable[[], int], sweep_and_settle: Callable[[], Any], port: int
) -> None:
    behind = [turn("g1", PORT.format(port)), turn("g2", PORT.format(port + 1000), day=2)]
    session = told(tenant, behind)
    settle_events()
    sweep_and_settle()
    before = ports(tenant)
    take_back(tenant, session, behind)
    settle_events()

    assert ([str(port + 1000)], []) == (before, ports(tenant))


def test_what_was_overtaken_by_it_holds_again(
    tenant: Tenant, settle_events: Callable[[], int], sweep_and_settle: Callable[[], Any]
) -> None:
    told(tenant, [turn("g1", PORT.format(5430))])
    behind = [turn("h1", PORT.format(6430), day=2)]
    session = told(tenant, behind, OTHER)
    settle_events()
    sweep_and_settle()
    before = ports(tenant)
    take_back(tenant, session, behind, OTHER)
    settle_events()

    assert (["6430"], ["5430"]) == (before, ports(tenant))


def test_what_overtook_it_overtakes_it_again_once_it_goes_on(
    tenant: Tenant, settle_events: Callable[[], int], sweep_and_settle: Callable[[], Any]
) -> None:
    told(tenant, [turn("g1", PORT.format(5430))])
    behind = [turn("h1", PORT.format(6430), day=2)]
    session = told(tenant, behind, OTHER)
    settle_events()
    sweep_and_settle()
    take_back(tenant, session, behind, OTHER)
    settle_events()
    before = ports(tenant)
    go_on(tenant, session, behind, OTHER)
    settle_events()
    sweep_and_settle()

    assert (["5430"], ["6430"]) == (before, ports(tenant))


def test_what_a_person_added_as_well_stays(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    session = told(tenant, BEHIND)
    settle_events()
    [memory_id] = learned(tenant)
    memory = tenant.call("GET", f"/v1/memories/{memory_id}").json()
    new = {name: memory[name] for name in ("project_id", "type", "content", "visibility")}
    added = [tenant.call("POST", "/v1/memories", new).json() for _ in range(2)]
    history = tenant.call("GET", f"/v1/memories/{memory_id}/history").json()
    take_back(tenant, session, BEHIND)
    settle_events()

    assert [(memory_id, 0)] * 2 == [(one["memory"]["id"], one["receipt"]["stored"]) for one in added]
    assert (2, [memory_id]) == (len(history["revisions"]), [*learned(tenant)])


def test_what_was_learned_here_of_a_session_that_a_machine_taught_goes(
    tenant: Tenant, settle_events: Callable[[], int]
) -> None:
    session = told(tenant, BEHIND)
    settle_events()
    [learned_here] = learned(tenant)
    named = str(uuid5(tenant.project_id, "what it says"))
    proof = {"session_id": session}
    theirs = {"project_id": str(tenant.project_id), "id": named, "type": "decision", "content": "Another queue."}
    tenant.call("POST", "/v1/memories", theirs | {"provenance": [proof]})
    before = {*learned(tenant)}
    take_back(tenant, session, BEHIND)
    settle_events()

    assert ({learned_here, named}, {named}) == (before, {*learned(tenant)})


def test_what_a_machine_taught_of_another_session_is_left_to_it_too(
    tenant: Tenant, settle_events: Callable[[], int]
) -> None:
    sessions = {name: told(tenant, BEHIND, name) for name in (OTHER, NAME)}
    settle_events()
    proofs: list[Any] = []
    for name, session in sessions.items():
        theirs = {"project_id": str(tenant.project_id), "id": str(uuid5(tenant.project_id, name)), "content": name}
        tenant.call("POST", "/v1/memories", theirs | {"provenance": [{"session_id": session}]})
        said = tenant.call("GET", f"/v1/sessions/{session}/messages").json()["items"]
        gone = [one["id"] for one in said if one["external_id"] == "gone"]
        proofs.append({"session_id": session, "message_ids": gone})
    named = uuid5(tenant.project_id, "what both say")
    fields = state("Another queue.", type="decision", metadata={"learned_by": "rules"}, provenance=tuple(proofs))
    clock = "2026-01-01T00:00:00.000Z-0000"
    pushed = push(tenant, Revision(memory_id=named, fields=fields, author="platform", clock=clock, parents=())).json()
    before = learned(tenant)
    for name, session in sessions.items():
        take_back(tenant, session, BEHIND, name)
    settle_events()

    assert (1, 2, [str(named)]) == (pushed["stored"], len(before), [*learned(tenant)])

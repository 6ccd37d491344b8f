"""New passages get their vectors, a batch at a time, until none waits."""

from dataclasses import replace

from contextfs.kit.events import Event
from contextfs.kit.ports import Embedder
from contextfs.runtime.reaction import Reactor
from contextfs.runtime.wiring import Wiring, triggers
from tests.conftest import Tenant
from tests.functions.conftest import Rows
from tests.functions.letters import Letters

INDEX, EMBED = (next(one for one in triggers() if one.name == f"triggers.{name}") for name in ("index", "embed"))


def carried(wiring: Wiring, tenant: Tenant, rows: Rows, embedder: Embedder | None) -> int:
    """Carry a tenant's events until none is left; give how many batches were embedded."""
    reactor = Reactor(replace(wiring.services, embedder=lambda: embedder), wiring.clock)
    batches = 0
    while waiting := rows.of("outbox", tenant):
        for row in waiting:
            rows.connection.execute("delete from contextfs.outbox where id = %s", [row["id"]])
            trigger = EMBED if row["type"] == "passages.indexed" else INDEX
            reactor.react(trigger, Event(**{name: row[name] for name in Event.__struct_fields__}))
            batches += trigger is EMBED
    return batches


def test_every_passage_gets_its_vector(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    messages = [{"role": "user", "content": f"Number {number}."} for number in range(40)]
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": messages}
    tenant.call("POST", "/v1/sessions", body)

    batches = carried(wiring, tenant, rows, Letters())

    assert batches >= 2
    assert [row["embedding_model"] for row in rows.of("passages", tenant)] == ["letters"] * 40


def test_without_a_model_nothing_is_embedded_and_the_chain_ends(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "Known."})

    batches = carried(wiring, tenant, rows, None)

    assert batches == 1
    assert [row["embedding"] for row in rows.of("passages", tenant)] == [None]

"""New passages get their vectors, a batch at a time, until none waits."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from contextfs.domain.access.store import assuming
from contextfs.journeys.find.embed import embed
from contextfs.kit.call import Call
from contextfs.kit.errors import Unavailable
from contextfs.kit.events import Event
from contextfs.kit.ports import Embedder, Statement
from contextfs.kit.principal import Principal
from contextfs.runtime.reaction import Reactor
from contextfs.runtime.stack.database import unembedded
from contextfs.runtime.wiring import Wiring, consumers_of, triggers
from tests.conftest import Tenant
from tests.functions.conftest import Rows
from tests.functions.letters import Letters
from tests.functions.vectors import vectors

TRIGGERS = {trigger.name: trigger for trigger in triggers()}


def carried(wiring: Wiring, tenant: Tenant, rows: Rows, embedder: Embedder | None) -> int:
    """Carry a tenant's events until none is left; give how many batches were embedded."""
    reactor = Reactor(replace(wiring.services, embedder=lambda: embedder), wiring.clock)
    batches = 0
    while waiting := rows.of("outbox", tenant):
        for row in waiting:
            rows.connection.execute("delete from contextfs.outbox where id = %s", [row["id"]])
            for consumer in consumers_of(row["type"]):
                reactor.react(TRIGGERS[consumer], Event(**{name: row[name] for name in Event.__struct_fields__}))
                batches += consumer == "triggers.embed"
    return batches


def test_every_passage_gets_its_vector(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    messages = [{"role": "user", "content": f"Number {number}."} for number in range(40)]
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": messages}
    tenant.call("POST", "/v1/sessions", body)

    batches = carried(wiring, tenant, rows, Letters())

    assert batches >= 2
    assert [(row["model"], row["state"]) for row in vectors(rows, tenant)] == [("letters", "serving")] * 40
    assert all(row["embedding"] for row in vectors(rows, tenant))


def test_what_has_no_vector_yet_is_counted(tenant: Tenant, rows: Rows, wiring: Wiring, database_url: str) -> None:
    before = unembedded(database_url)
    messages = [{"role": "user", "content": f"Number {number}."} for number in range(3)]
    tenant.call("POST", "/v1/sessions", {"project_id": str(tenant.project_id), "tool": "test", "messages": messages})
    carried(wiring, tenant, rows, Letters())

    assert before == unembedded(database_url)

    rows.connection.execute("update contextfs.vectors set embedding = null where org_id = %s", [tenant.org_id])

    assert before + 3 == unembedded(database_url)


def test_without_a_model_nothing_is_embedded_and_the_chain_ends(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "Known."})

    batches = carried(wiring, tenant, rows, None)

    assert batches == 1
    assert vectors(rows, tenant) == []


class Counted(Letters):
    """Remembers what it was asked to embed."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Iterable[Iterable[float]]:
        """Remember, and embed."""
        self.texts += texts
        return super().embed(texts)


def test_the_same_text_is_embedded_once(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    embedder = Counted()
    for _ in range(2):
        messages = [{"role": "user", "content": "Run the tests.", "metadata": {"speaker": "Ana"}}]
        body = {"project_id": str(tenant.project_id), "tool": "test", "messages": messages}
        tenant.call("POST", "/v1/sessions", body)
        carried(wiring, tenant, rows, embedder)
    session = str(rows.of("sessions", tenant)[0]["id"])
    tenant.call("PATCH", f"/v1/sessions/{session}", {"title": "Testing"})
    carried(wiring, tenant, rows, embedder)

    stored = rows.of("passages", tenant)

    assert ["Run the tests."] == embedder.texts
    assert [True, True] == [row["embedding"] is not None for row in vectors(rows, tenant)]
    assert sum("Testing" in row["context"] for row in stored) == 1
    assert [(0, "user", "Ana")] * 2 == [(row["place"], row["role"], row["speaker"]) for row in stored]


def test_a_changed_memory_is_embedded_anew_and_loses_what_it_has_no_more(
    tenant: Tenant, rows: Rows, wiring: Wiring
) -> None:
    embedder = Counted()
    long = "A sentence that is rather long. " * 60
    body = {"project_id": str(tenant.project_id), "content": long}
    memory = tenant.call("POST", "/v1/memories", body).json()["memory"]["id"]
    carried(wiring, tenant, rows, embedder)
    before = len(rows.of("passages", tenant))
    tenant.call("PATCH", f"/v1/memories/{memory}", {"content": "Short."})
    carried(wiring, tenant, rows, embedder)

    (row,) = rows.of("passages", tenant)

    assert before > 1
    assert row["body"] == "Short."
    assert [(one["body"], one["embedding"] is not None) for one in vectors(rows, tenant)] == [("Short.", True)]


class Changing(Letters):
    """Gives vectors of another length with each call."""

    length = 2

    def embed(self, texts: Sequence[str]) -> Iterable[Iterable[float]]:
        """Give ones."""
        self.length += 1
        return ([1.0] * self.length for _ in texts)


def test_vectors_that_do_not_fit_those_before_are_refused(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    embedder = Changing()
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "First."})
    carried(wiring, tenant, rows, embedder)
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "Second."})

    with pytest.raises(Unavailable, match=r"\[4\] dimensions instead of 3"):
        carried(wiring, tenant, rows, embedder)

    assert [row["embedding"] is None for row in vectors(rows, tenant)] == [False, True]


class Slow(Letters):
    """Takes its time."""

    def embed(self, texts: Sequence[str]) -> Iterable[Iterable[float]]:
        """Wait, and embed."""
        time.sleep(0.2)
        return super().embed(texts)


def test_what_takes_longer_than_a_transaction_may_idle_is_kept(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "Known."})
    carried(wiring, tenant, rows, None)
    impatient: Statement = ("set local idle_in_transaction_session_timeout = 50", {})
    opening = assuming(tenant.org_id, tenant.user_id)

    with wiring.database.transaction(opening, impatient) as (tx, _):
        nobody = Principal(org_id=tenant.org_id, actor_id=tenant.user_id, actor="platform", user_id=tenant.user_id)
        services = replace(wiring.services, embedder=Slow)
        assert embed(Call(principal=nobody, now=wiring.clock(), tx=tx, services=services))

    assert [True] == [row["embedding"] is not None for row in vectors(rows, tenant)]

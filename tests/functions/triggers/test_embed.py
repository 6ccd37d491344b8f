"""New passages get their vectors, a batch at a time, until none waits."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from msgspec import structs

from contextfs.domain.search.passages import embedded_text
from contextfs.journeys.find.embed import AGAIN, WHILE
from contextfs.kit.clock import Clock
from contextfs.kit.errors import Contended, Unavailable
from contextfs.kit.events import Event
from contextfs.kit.ports import Embedder
from contextfs.runtime.events.reaction import Reactor
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


class Meanwhile(Counted):
    """Does something while it works."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self._meanwhile = meanwhile

    def embed(self, texts: Sequence[str]) -> Iterable[Iterable[float]]:
        """Do it, and embed."""
        self._meanwhile()
        return super().embed(texts)


class Gone(BaseException):
    """Ends a worker, who tidies nothing up."""


@dataclass(frozen=True)
class Worker:
    """Hands the events that wait to what makes vectors, each as if it were told by itself."""

    wiring: Wiring
    rows: Rows

    def indexed(self, tenant: Tenant, *contents: str) -> Event:
        """Store memories and let them be indexed; give the last event that tells that something waits."""
        for content in contents:
            tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": content})
        return self.told(tenant)

    def told(self, tenant: Tenant) -> Event:
        """Let what was stored be indexed; give the last event that tells that something waits."""
        for event in self._waiting(tenant, "memory.created", "memory.updated", "memory.deleted"):
            for consumer in set(consumers_of(event.type)) & {"triggers.index_memory"}:
                Reactor(self.wiring.services, self.wiring.clock).react(TRIGGERS[consumer], event)
        return self._waiting(tenant, "passages.indexed")[-1]

    def embed(self, event: Event, embedder: Embedder, clock: Clock | None = None) -> None:
        """Let an event be taken."""
        reactor = Reactor(replace(self.wiring.services, embedder=lambda: embedder), clock or self.wiring.clock)
        reactor.react(TRIGGERS["triggers.embed"], event)

    def crash(self, event: Event) -> None:
        """Let an event be taken by who goes while the model answers, before anything is kept."""

        def go() -> None:
            raise Gone

        with pytest.raises(Gone):
            self.embed(event, Meanwhile(go))

    def found(self, tenant: Tenant) -> dict[str, bool]:
        """Tell of each text whether it has its own vector."""
        own = {row["body"]: sha256(standing(row).encode()).digest() for row in self.rows.of("passages", tenant)}
        return {row["body"]: bytes(row["said"] or b"") == own[row["body"]] for row in vectors(self.rows, tenant)}

    def _waiting(self, tenant: Tenant, *types: str) -> list[Event]:
        rows = sorted(self.rows.of("outbox", tenant), key=lambda row: row["id"])
        waiting = (row for row in rows if row["type"] in types)
        return [Event(**{name: row[name] for name in Event.__struct_fields__}) for row in waiting]


def standing(row: dict[str, Any]) -> str:
    """Give what is embedded for a memory's passage."""
    return embedded_text(source=row["source"], context=row["context"], body=row["body"], speakers=[])


@pytest.fixture
def worker(wiring: Wiring, rows: Rows) -> Worker:
    """Give a worker."""
    return Worker(wiring, rows)


def test_no_transaction_is_open_while_the_model_works(tenant: Tenant, rows: Rows, worker: Worker) -> None:
    open_ones = (
        "select query from pg_stat_activity where datname = current_database()"
        " and usename like 'contextfs%%' and state like 'idle in transaction%%'"
    )
    seen: list[Any] = []
    embedder = Meanwhile(lambda: seen.extend(rows.connection.execute(open_ones).fetchall() or ["none"]))

    worker.embed(worker.indexed(tenant, "Known."), embedder)

    assert (["none"], {"Known.": True}) == (seen, worker.found(tenant))


def test_a_crash_while_the_model_answers_loses_nothing_and_keeps_others_out(
    tenant: Tenant, worker: Worker, wiring: Wiring
) -> None:
    event = worker.indexed(tenant, "Known.")
    worker.crash(event)
    other = Counted()
    worker.embed(structs.replace(event, id=uuid4()), other)
    between = worker.found(tenant)
    worker.embed(event, Letters(), lambda: wiring.clock() + AGAIN)

    assert ([], {"Known.": False}) == (other.texts, between)
    assert worker.found(tenant) == {"Known.": True}


def test_a_crash_before_the_event_is_taken_asks_the_model_for_nothing_again(
    tenant: Tenant, worker: Worker, wiring: Wiring
) -> None:
    event = worker.indexed(tenant, "Known.")
    moments = iter([wiring.clock()])
    with pytest.raises(StopIteration):  # where the event would be taken
        worker.embed(event, Letters(), lambda: next(moments))
    again = Counted()
    worker.embed(event, again)

    assert ([], {"Known.": True}) == (again.texts, worker.found(tenant))


def test_an_event_that_comes_to_many_at_once_has_one_model_at_work(tenant: Tenant, rows: Rows, worker: Worker) -> None:
    texts = [f"Number {number}." for number in range(20)]
    event = worker.indexed(tenant, *texts)
    gate, late = threading.Event(), [Counted() for _ in range(3)]
    working = threading.Event()
    first = Meanwhile(lambda: (working.set(), gate.wait(20)))
    with ThreadPoolExecutor(1) as threads:
        way = threads.submit(worker.embed, event, first)
        try:
            assert working.wait(20)
            for one in late:
                with pytest.raises(Contended):
                    worker.embed(event, one)
        finally:
            gate.set()
        way.result()

    assert (20, []) == (len(first.texts), [text for one in late for text in one.texts])
    assert worker.found(tenant) == dict.fromkeys(texts, True)
    assert rows.of("vector_batches", tenant) == []


def test_an_event_that_comes_again_while_somebody_works_on_it_leaves_nothing_taken(
    tenant: Tenant, rows: Rows, worker: Worker, wiring: Wiring
) -> None:
    """As where it was taken for lost: what the first one takes back is its own batch alone."""
    texts = [f"Number {number}." for number in range(40)]
    event = worker.indexed(tenant, *texts)
    first, second = threading.Event(), threading.Event()
    held: list[int] = []
    ways: list[Future[None]] = []

    def again() -> None:
        second.set()
        assert first.wait(20)
        held.append(len(rows.of("vector_batches", tenant)))

    def lost() -> None:
        ways.append(threads.submit(worker.embed, event, Meanwhile(again), lambda: wiring.clock() + AGAIN))
        assert second.wait(20)

    with ThreadPoolExecutor(1) as threads:
        worker.embed(event, Meanwhile(lost))
        first.set()
        ways[0].result()
    worker.embed(structs.replace(event, id=uuid4()), Letters())

    assert held == [1]
    assert worker.found(tenant) == dict.fromkeys(texts, True)
    assert rows.of("vector_batches", tenant) == []


def test_what_was_taken_by_who_never_comes_back_is_free_after_a_while(
    tenant: Tenant, worker: Worker, wiring: Wiring
) -> None:
    event = worker.indexed(tenant, "Known.")
    worker.crash(event)
    worker.embed(structs.replace(event, id=uuid4()), Letters(), lambda: wiring.clock() + WHILE)

    assert worker.found(tenant) == {"Known.": True}


def test_what_a_model_could_not_embed_is_free_at_once(tenant: Tenant, worker: Worker) -> None:
    def fail() -> None:
        raise Unavailable("The embedder does not answer.")

    event = worker.indexed(tenant, "Known.")
    with pytest.raises(Unavailable):
        worker.embed(event, Meanwhile(fail))
    worker.embed(structs.replace(event, id=uuid4()), Letters())

    assert worker.found(tenant) == {"Known.": True}


def test_what_a_model_broke_on_is_free_at_once(tenant: Tenant, worker: Worker) -> None:
    event = worker.indexed(tenant, "Known.")
    with pytest.raises(ZeroDivisionError):
        worker.embed(event, Meanwhile(lambda: 1 / 0))
    worker.embed(event, Letters())

    assert worker.found(tenant) == {"Known.": True}


def test_two_workers_at_once_share_what_waits(tenant: Tenant, worker: Worker) -> None:
    texts = [f"Number {number}." for number in range(40)]
    event = worker.indexed(tenant, *texts)
    both = threading.Barrier(2, timeout=20)
    embedders = [Meanwhile(both.wait), Meanwhile(both.wait)]
    with ThreadPoolExecutor(2) as threads:
        ways = [threads.submit(worker.embed, structs.replace(event, id=uuid4()), one) for one in embedders]
        for way in ways:
            way.result()

    embedded = [text for one in embedders for text in one.texts]

    assert (40, 40) == (len(embedded), len(set(embedded)))
    assert worker.found(tenant) == dict.fromkeys(texts, True)


def test_what_changed_meanwhile_gets_the_vector_of_what_it_says_now(tenant: Tenant, worker: Worker) -> None:
    event = worker.indexed(tenant, "First.", "Another.")
    memory = next(one["id"] for one in tenant.call("GET", "/v1/memories").json()["items"] if one["content"] == "First.")
    told: list[Event] = []

    def change() -> None:
        tenant.call("PATCH", f"/v1/memories/{memory}", {"content": "Second."})
        told.append(worker.told(tenant))

    worker.embed(event, Meanwhile(change))
    between = worker.found(tenant)
    worker.embed(told[0], Letters())

    assert between == {"Another.": True, "Second.": False}
    assert worker.found(tenant) == {"Another.": True, "Second.": True}


def test_what_was_deleted_meanwhile_is_gone(tenant: Tenant, worker: Worker) -> None:
    event = worker.indexed(tenant, "Known.", "Unwanted.")
    memory = next(
        one["id"] for one in tenant.call("GET", "/v1/memories").json()["items"] if one["content"] == "Unwanted."
    )

    def delete() -> None:
        tenant.call("DELETE", f"/v1/memories/{memory}")
        worker.told(tenant)

    worker.embed(event, Meanwhile(delete))

    assert worker.found(tenant) == {"Known.": True}


def test_one_organization_takes_nothing_of_another(tenant: Tenant, other_tenant: Tenant, worker: Worker) -> None:
    event, theirs = worker.indexed(tenant, "Ours."), worker.indexed(other_tenant, "Theirs.")
    worker.crash(theirs)
    embedder = Counted()
    worker.embed(structs.replace(event, id=theirs.id), embedder)

    assert ["Ours."] == [text.rpartition("\n")[2] for text in embedder.texts]
    assert ({"Ours.": True}, {"Theirs.": False}) == (worker.found(tenant), worker.found(other_tenant))

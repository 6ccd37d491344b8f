"""A server whose embedder changes, for tests of reindexing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from starlette.testclient import TestClient

from contextfs.kit.clock import Clock
from contextfs.kit.errors import Unavailable
from contextfs.kit.events import Event
from contextfs.kit.ports import Embedder
from contextfs.runtime.events.reaction import Reactor
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, consumers_of, routes, triggers
from tests.conftest import Tenant
from tests.functions.conftest import Rows
from tests.functions.letters import Letters

TRIGGERS = {trigger.name: trigger for trigger in triggers()}
PATH = "/v1/admin/reindex"


class Eights(Letters):
    """Another model, of eight dimensions, that remembers what it embedded and fails when a test says so."""

    model = "openai:eights"
    dimensions = 8

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.fails_after: int | None = None
        self.meanwhile: Callable[[], object] = lambda: None

    def embed(self, texts: Sequence[str]) -> Iterable[Iterable[float]]:
        """Embed."""
        if self.fails_after is not None and len(self.texts) >= self.fails_after:
            raise Unavailable("The embedder refuses with the status 401.")
        self.meanwhile()
        self.texts += texts
        return [list(vector)[:8] for vector in super().embed(texts)]


class Machine:
    """A server with one embedder set, and another one from before within reach."""

    def __init__(self, wiring: Wiring, tenant: Tenant, rows: Rows) -> None:
        self.wiring, self.rows, self.tenant = wiring, rows, tenant
        self.services = wiring.services
        self.set(Letters())

    def set(self, embedder: Embedder, *before: Embedder) -> None:
        """Change the setting."""
        former = {one.model: one for one in before}
        self.services = replace(self.wiring.services, embedder=lambda: embedder, embedder_of=former.get)

    def call(self, method: str, path: str, body: Any = None, *, of: Tenant | None = None) -> Any:
        """Call a route."""
        with TestClient(gateway(replace(self.wiring.door, services=self.services), routes())) as client:
            return replace(of or self.tenant, http=client).call(method, path, body)

    def remember(self, count: int, **more: Any) -> None:
        """Store some memories, and let them be indexed and embedded."""
        for number in range(count):
            body = {"project_id": str(self.tenant.project_id), "content": f"The number is {number}."} | more
            self.call("POST", "/v1/memories", body, of=more.pop("of", None))
        self.carry()

    def carry(self, most: int = 1000) -> None:
        """Carry the tenant's events until none is left, or so many of reindexing were taken."""
        reactor = Reactor(self.services, self.wiring.clock)
        while most and (waiting := self.rows.of("outbox", self.tenant)):
            for row in waiting:
                event = Event(**{name: row[name] for name in Event.__struct_fields__})
                for consumer in consumers_of(event.type):
                    if consumer == "triggers.reindex" and not most:
                        return
                    most -= consumer == "triggers.reindex"
                    reactor.react(TRIGGERS[consumer], event)
                self.rows.connection.execute("delete from contextfs.outbox where id = %s", [event.id])

    def react(self, event: Event, clock: Clock | None = None) -> None:
        """Let reindexing take an event."""
        Reactor(self.services, clock or self.wiring.clock).react(TRIGGERS["triggers.reindex"], event)

    def found(self, query: str) -> dict[str, Any]:
        """Search, and be told why."""
        return self.call("POST", "/v1/search", {"query": query, "explain": True}).json()

    def take(self, *types: str) -> None:
        """Carry the events of some types that wait, once, and leave the others."""
        reactor = Reactor(self.services, self.wiring.clock)
        for row in self.rows.of("outbox", self.tenant):
            event = Event(**{name: row[name] for name in Event.__struct_fields__})
            for consumer in consumers_of(event.type) if event.type in types else ():
                reactor.react(TRIGGERS[consumer], event)

"""A region that does not answer: what that means is told in one line, and calls of others go on."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import UUID, uuid4

import msgspec
import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse

from contextfs.domain.access import keys
from contextfs.domain.access.store import assuming
from contextfs.domain.homes import store
from contextfs.domain.homes.model import Home
from contextfs.kit.clock import system_clock
from contextfs.kit.errors import Unavailable
from contextfs.kit.regions import read
from contextfs.runtime.border import inside, passport
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import founded
from tests.contextfs.adapters.baker import baking
from tests.contextfs.runtime.border.conftest import KEY, settings_of
from tests.contextfs.runtime.processes import free_port


@pytest.fixture
def south(database_url: str) -> Iterator[tuple[TestClient, Wiring]]:
    """Give a region whose neighbour is down."""
    table = f"south=https://south.example north=http://127.0.0.1:{free_port()}"
    wired = Wiring(settings_of("south", database_url, table))
    with TestClient(gateway(wired.door, routes(), on_stop=wired.close)) as client:
        yield client, wired


def key_of(org_id: UUID) -> dict[str, str]:
    key = keys.mint(org_id, uuid4(), environment="live", entropy=lambda size: b"\7" * size)
    return {"authorization": f"Bearer {key}"}


def lives(wired: Wiring, region: str, elsewhere: str | None = None) -> UUID:
    """Let the region have learned where an organization lives."""
    org_id = uuid4()
    with wired.services.database.transaction(assuming(org_id, org_id)) as (tx, _):
        store.put(tx, Home(org_id, region, elsewhere), wired.clock())  # pyright: ignore[reportArgumentType] - of a test
    return org_id


@pytest.mark.parametrize("elsewhere", ["forward", "refuse"])
def test_one_that_is_down_is_told_without_its_name(elsewhere: str, south: tuple[TestClient, Wiring]) -> None:
    client, wired = south
    reply = client.post("/v1/memories", json={}, headers=key_of(lives(wired, "north", elsewhere)))

    assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")
    assert reply.json()["detail"] == (
        "The region where this organization lives does not answer. Nothing was done: try again later."
    )
    assert "north" not in reply.text


def test_of_an_organization_that_nobody_knows_it_cannot_be_told(south: tuple[TestClient, Wiring]) -> None:
    client, _ = south
    reply = client.get("/v1/projects", headers=key_of(uuid4()))

    assert (reply.status_code, reply.json()["detail"]) == (
        503,
        "It cannot be told now where this organization lives: another region does not answer. Try again.",
    )


def test_who_lives_here_and_who_is_nobody_are_answered_meanwhile(south: tuple[TestClient, Wiring]) -> None:
    client, wired = south
    here = founded(wired, client)

    assert here.call("GET", "/v1/projects").status_code == 200
    assert client.get("/health/live").status_code == 200
    assert client.get("/v1/projects", headers={"authorization": "Bearer nothing"}).status_code == 401
    assert client.get("/v1/projects").status_code == 401


def test_a_stream_to_one_that_is_down_is_refused(south: tuple[TestClient, Wiring]) -> None:
    client, wired = south
    headers = key_of(lives(wired, "north"))
    reply = client.get(f"/v1/sessions/{uuid4()}/stream", headers=headers)
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect(f"/v1/sessions/{uuid4()}/stream", headers=headers),
    ):
        pass

    assert reply.status_code == 503
    assert refused.value.status_code == 503


class _BreaksOff(BaseHTTPRequestHandler):
    """A region that says who lives there, takes a call, and hangs up."""

    def do_GET(self) -> None:
        org_id = self.path.removeprefix(inside.HOMES)
        body = f'{{"org_id": "{org_id}", "region": "north"}}'.encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))

    def log_message(self, *_: object) -> None: ...  # pyright: ignore[reportIncompatibleMethodOverride] - it says nothing


def test_one_that_breaks_off_leaves_it_open_whether_it_was_done(database_url: str) -> None:
    server = HTTPServer(("127.0.0.1", 0), _BreaksOff)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wired = Wiring(
        settings_of("south", database_url, f"south=https://s.example north=http://127.0.0.1:{server.server_port}")
    )
    with TestClient(gateway(wired.door, routes(), on_stop=wired.close)) as client:
        reply = client.post("/v1/memories", json={}, headers=key_of(uuid4()))
    server.shutdown()
    server.server_close()

    assert reply.status_code == 503
    assert "Whether it was done is not known: send it again with the same Idempotency-Key." in reply.json()["detail"]


def test_asking_every_region_is_paid_for_by_the_address(database_url: str) -> None:
    table = f"south=https://south.example north=http://127.0.0.1:{free_port()}"
    wired = Wiring(msgspec.structs.replace(settings_of("south", database_url, table), limit_address=3))
    with TestClient(gateway(wired.door, routes(), on_stop=wired.close), client=("203.0.113.77", 1)) as client:
        told = [client.get("/v1/projects", headers=key_of(uuid4())).status_code for _ in range(6)]

    assert (told[0], told[-1]) == (503, 429)


def test_a_call_does_not_go_in_circles(south: tuple[TestClient, Wiring]) -> None:
    client, wired = south
    headers = key_of(lives(wired, "north"))
    brought = [(name.encode(), value.encode()) for name, value in headers.items()]
    sender = read("south=https://south.example north=https://north.example", here="north", key=KEY, elsewhere="forward")
    asked = passport.Asked("GET", "/v1/projects", brought)
    signed = passport.write(sender, "south", asked, "forward", "203.0.113.9", wired.clock()).decode()
    reply = client.get("/v1/projects", headers=headers | {"x-contextfs-region": signed})

    assert (reply.status_code, reply.json()["detail"]) == (
        503,
        "The regions disagree about where this organization lives. Nothing was done.",
    )


@pytest.mark.parametrize(("purpose", "status"), [("ask", 200), ("forward", 404)])
def test_what_regions_ask_is_answered_to_who_asks_alone(
    purpose: passport.Purpose, status: int, south: tuple[TestClient, Wiring]
) -> None:
    client, wired = south
    path = f"{inside.HOMES}{lives(wired, 'south')}"
    sender = read("south=https://south.example north=https://north.example", here="north", key=KEY, elsewhere="forward")
    signed = passport.write(sender, "south", passport.Asked("GET", path, ()), purpose, None, wired.clock()).decode()
    reply = client.get(path, headers={"x-contextfs-region": signed})

    assert reply.status_code == status


def test_a_region_that_answers_for_another_is_not_believed() -> None:
    with baking(f'{{"org_id": "{uuid4()}", "region": "north"}}'.encode()) as baker:
        table = f"south=https://s.example north={baker.url} east={baker.url}"
        regions = read(table, here="south", key=KEY, elsewhere="forward")
        asking = inside.Asking(regions, system_clock)
        for neighbour in regions.neighbours.values():
            with pytest.raises(Unavailable, match="does not answer for itself"):
                asking(neighbour, uuid4())
        asking.close()

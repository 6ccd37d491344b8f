"""POST /v1/admin/sso/domains/{domain}/check, against a DNS server on loopback."""

import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import msgspec
import pytest
from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, settings_for
from tests.functions.conftest import Rows


class Dns:
    """A DNS server that knows some TXT records."""

    def __init__(self) -> None:
        self.records: dict[str, list[str]] = {}
        told = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                size = int.from_bytes(self.rfile.read(2), "big")
                asked = dns.message.from_wire(self.rfile.read(size))
                reply = told.answer(asked).to_wire()
                self.wfile.write(len(reply).to_bytes(2, "big") + reply)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def answer(self, asked: Any) -> Any:
        """Answer with the TXT records of a name."""
        reply = dns.message.make_response(asked)
        name = asked.question[0].name
        texts = self.records.get(str(name).rstrip("."))
        if texts is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        else:
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *(f'"{text}"' for text in texts)))
        return reply


@pytest.fixture
def nameserver() -> Iterator[Dns]:
    """Give a DNS server."""
    made = Dns()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def asking(nameserver: Dns, database_url: str) -> Iterator[TestClient]:
    """Give a client of a server that asks it."""
    place = f"127.0.0.1:{nameserver.server.server_address[1]}"
    wired = Wiring(msgspec.structs.replace(settings_for(database_url), dns_server=place))
    with TestClient(gateway(wired.door, routes())) as client:
        yield client
    wired.close()


def test_a_domain_is_proven_by_its_record_and_by_no_other(
    tenant: Tenant, other_tenant: Tenant, asking: TestClient, nameserver: Dns, rows: Rows
) -> None:
    for one in (tenant, other_tenant):
        one.call("POST", "/v1/admin/sso/domains", {"domain": "acme.example"})
    record = tenant.call("GET", "/v1/admin/sso/domains").json()["items"][0]["record"]

    def check(one: Tenant) -> Any:
        sent = {"authorization": f"Bearer {one.key}"}
        return asking.post("/v1/admin/sso/domains/Acme.example/check", headers=sent).json()

    absent = check(tenant)
    nameserver.records["acme.example"] = ["v=spf1 -all", record[:-1]]
    another = check(tenant)
    nameserver.records["acme.example"].append(record)
    proven, foreign = check(tenant), check(other_tenant)
    del nameserver.records["acme.example"]
    gone = check(tenant)

    assert [absent["verified_at"], another["verified_at"], foreign["verified_at"], gone["verified_at"]] == [None] * 4
    assert "2 others" in another["told"]
    assert (proven["verified_at"] is not None, proven["told"]) == (True, None)
    assert [row["details"]["verified"] for row in rows.audited(tenant, "sso_domain.checked")].count(True) == 1


def test_a_dns_that_does_not_answer_changes_nothing(tenant: Tenant, rows: Rows) -> None:
    tenant.call("POST", "/v1/admin/sso/domains", {"domain": "acme.example"})
    rows.connection.execute("update contextfs.sso_domains set verified_at = now() where org_id = %s", [tenant.org_id])

    told = tenant.call("POST", "/v1/admin/sso/domains/acme.example/check").json()

    assert told["verified_at"] is not None
    assert "does not answer" in told["told"]

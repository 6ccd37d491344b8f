"""A DNS server for tests, and for practice."""

import socketserver
import threading
from typing import Any

import dns.message
import dns.rcode
import dns.rrset


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True  # who practises with one provider after the other begins anew at once


class Dns:
    """A DNS server that knows some TXT records."""

    def __init__(self, port: int = 0) -> None:
        self.records: dict[str, list[str]] = {}
        told = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                size = int.from_bytes(self.rfile.read(2), "big")
                asked = dns.message.from_wire(self.rfile.read(size))
                reply = told.answer(asked).to_wire()
                self.wfile.write(len(reply).to_bytes(2, "big") + reply)

        self.server = _Server(("127.0.0.1", port), Handler)
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

    def close(self) -> None:
        """Answer no more."""
        self.server.shutdown()
        self.server.server_close()

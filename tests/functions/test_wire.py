"""What no ordinary client sends, byte by byte over a socket: it is refused, and the server goes on."""

import json
import socket
from typing import Any

import pytest

from contextfs.runtime.table import MIB
from tests.conftest import Tenant


@pytest.fixture
def wire(listening: int, standing: Tenant) -> Any:
    """Give a function that sends bytes (`KEY` stands for a good key) and gives the status, headers and body."""

    def send(*parts: bytes) -> tuple[int, dict[str, str], bytes]:
        with socket.create_connection(("127.0.0.1", listening), timeout=60) as connection:
            reply = b""
            try:
                for part in parts:
                    connection.sendall(part.replace(b"KEY", standing.key.encode()))
                while more := connection.recv(65536):
                    reply += more
            except ConnectionError:
                pass  # the server had said what it had to say
        head, _, body = reply.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        return int(first.split(" ")[1]), headers, body

    return send


def request(line: str, *headers: str, body: str = "") -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "Host: x", "Connection: close", *headers, "", body]).encode()


def test_an_endless_body_in_chunks_is_refused(wire: Any) -> None:
    head = request("POST /v1/query", "Authorization: Bearer KEY", "Transfer-Encoding: chunked")
    chunk = f"{MIB:x}\r\n".encode() + b" " * MIB + b"\r\n"

    status, _, body = wire(head, chunk, chunk)

    assert status == 413, "without waiting for its end"
    assert json.loads(body)["where"] == "body"


def test_a_lying_length_is_refused(wire: Any) -> None:
    for length in (10 * MIB, 10**30):
        status, _, _ = wire(
            request("POST /v1/query", "Authorization: Bearer KEY", f"Content-Length: {length}", body="{}")
        )

        assert status in {400, 413}


@pytest.mark.parametrize("host", ["[::1", "a b", "\xff", "x:99999999", "", "a,b", "//evil"])
def test_a_broken_host_does_not_matter(host: str, wire: Any) -> None:
    sent = f"GET /v1/projects HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer KEY\r\n\r\n"
    nowhere = f"GET /nowhere HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"

    assert wire(sent.encode("latin-1"))[0] in {200, 400}
    assert wire(nowhere.encode("latin-1"))[0] in {400, 404}


def test_head_is_refused_without_a_body(wire: Any) -> None:
    status, headers, body = wire(request("HEAD /v1/projects", "Authorization: Bearer KEY"))

    assert (status, headers["allow"], body) == (405, "get, post", b"")


@pytest.mark.parametrize(
    "header", ["Authorization: Bearer \xff\xfe", "X-Request-Id: \xe9", "Idempotency-Key: \xe9", "If-Match: \xe9"]
)
def test_headers_beyond_ascii_are_no_fault_of_the_server(header: str, wire: Any) -> None:
    good = () if header.startswith("Authorization") else ("Authorization: Bearer KEY",)
    sent = "\r\n".join(["POST /v1/query HTTP/1.1", "Host: x", "Connection: close", *good, header, "", ""])

    status, headers, body = wire(sent.encode("latin-1"))

    assert 400 <= status < 500
    assert json.loads(body)["request_id"] == headers["x-request-id"]


@pytest.mark.parametrize(
    "target", ["/v1/projects?name=\xff", "/v1/projects?name=%", "/v1/projects?%zz=1", "/v1/%ff", "/\xff"]
)
def test_broken_addresses_are_no_fault_of_the_server(target: str, wire: Any) -> None:
    sent = f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer KEY\r\n\r\n"

    assert wire(sent.encode("latin-1"))[0] in {200, 400, 404, 422}


def test_two_lengths_are_refused(wire: Any) -> None:
    both = request(
        "POST /v1/query", "Authorization: Bearer KEY", "Content-Length: 2", "Transfer-Encoding: chunked", body="{}"
    )

    assert 400 <= wire(both)[0] < 500


def test_a_caller_who_goes_away_harms_nobody(wire: Any, listening: int) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", listening), timeout=60) as connection:
            connection.sendall(request("POST /v1/query", "Content-Length: 1000", body="{"))

    assert wire(request("GET /health/live"))[0] == 200

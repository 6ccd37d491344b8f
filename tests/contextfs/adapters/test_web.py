"""A customer's address is asked only where it is public: this server does not read its own network for anybody."""

import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from contextfs.adapters.web import Web, is_public
from contextfs.kit.errors import Invalid, Unavailable
from tests.contextfs.adapters.baker import baking
from tests.functions.auth.provider import Provider

INSIDE = [
    "0.0.0.0",  # noqa: S104 - nothing is bound
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"),
    *("255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::", "fd00:ec2::254"),
    *("64:ff9b:1::1", "::7f00:1", "::808:808", "::ffff:0:7f00:1", "::ffff:0:808:808", "fec0::1", "192.0.0.192"),
    *("192.0.0.9", "168.63.129.16", "::ffff:168.63.129.16", "64:ff9b::a83f:8110"),
]


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Give an identity provider that listens."""
    made = Provider()
    yield made
    made.close()


@pytest.fixture
def dripping() -> Iterator[str]:
    """Give the address of a server that sends a byte of a header now and then, and never comes to an end."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
                while not ended.wait(0.02):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        ended.set()
        thread.join()


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_an_address_outside_is(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://127.0.0.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://[::1]/",
            "https://[::ffff:7f00:1]/",
        ),
        *("https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://localhost/"),
        *("http://8.8.8.8/", "ftp://8.8.8.8/", "file:///etc/passwd", "gopher://8.8.8.8/", "https://", "//8.8.8.8/"),
        *("https://user:password@8.8.8.8/", "https://8.8.8.8:port/", "https://[zz]/"),
    ],
)
def test_what_is_not_public_is_not_asked(url: str) -> None:
    """What was asked, and did not answer, would say so."""
    with pytest.raises((Invalid, Unavailable), match=r"is not asked|is not an address|has no address in the DNS"):
        Web().get(url)


def test_a_name_that_leads_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """One public address among several does not help: the connection may go to any."""

    def answer(*_: Any, **__: Any) -> list[Any]:
        return answers

    answers: list[Any] = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", answer)

    with pytest.raises(Invalid, match="public address"):
        Web().get("https://idp.example/")


def test_the_connection_goes_to_the_address_that_was_looked_at(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: whatever the name answers the second time, nobody asks it."""
    looked: list[str] = []
    real = socket.getaddrinfo

    def once(host: str, *given: Any, **named: Any) -> Any:
        if host == "idp.example":
            looked.append(host)
            return real("127.0.0.1", *given, **named)
        return real(host, *given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    port = provider.issuer.rsplit(":", 1)[1]

    assert Web(loopback=True).get(f"http://idp.example:{port}/jwks")["keys"]
    assert looked == ["idp.example"]


def test_loopback_is_asked_only_where_that_is_set(provider: Provider) -> None:
    assert Web(loopback=True).get(f"{provider.issuer}/jwks")["keys"]
    with pytest.raises(Invalid):
        Web().get(f"{provider.issuer}/jwks")


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://8.8.8.8/", "https://192.168.0.1/"])
def test_loopback_opens_nothing_else(url: str) -> None:
    with pytest.raises(Invalid):
        Web(loopback=True).get(url)


def test_a_redirect_is_not_followed(provider: Provider) -> None:
    provider.answers["/moved"] = (302, {"location": f"{provider.issuer}/jwks"}, b"")

    with pytest.raises(Unavailable, match="status 302"):
        Web(loopback=True).get(f"{provider.issuer}/moved")


@pytest.mark.parametrize("body", [b"x" * (1 << 21), b"<html>", b"[" * 100_000, b"\xff", b""])
def test_an_answer_that_is_none_is_told(body: bytes, provider: Provider) -> None:
    provider.answers["/odd"] = (200, {}, body)

    with pytest.raises(Unavailable):
        Web(loopback=True).get(f"{provider.issuer}/odd")


def test_who_does_not_answer_is_told(provider: Provider) -> None:
    provider.close()

    with pytest.raises(Unavailable, match="does not answer"):
        Web(loopback=True).get(f"{provider.issuer}/jwks")


def test_who_is_slow_without_end_is_left(dripping: str) -> None:
    with pytest.raises(Unavailable, match="too slow"):
        Web(loopback=True, seconds=0.2).send(dripping, b"{}", {})


def test_networks_of_ones_own_are_asked_where_they_are_named(provider: Provider) -> None:
    url = f"{provider.issuer}/jwks"

    assert Web(inside=[ip_network("127.0.0.0/8")]).get(url)["keys"]
    with pytest.raises(Invalid):
        Web(inside=[ip_network("10.0.0.0/8")]).get(url)


def test_what_one_organizations_address_sets_the_next_one_is_not_sent() -> None:
    web = Web(loopback=True)
    with baking() as baker:
        web.send(f"{baker.url}/of-one", b"{}", {})
        web.get(f"{baker.url}/of-another")
        web.post(f"{baker.url}/of-a-third", {})

    assert baker.sent == [None, None, None]

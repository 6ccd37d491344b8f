"""Reading a request: what a header says of the body's length is checked, whatever it says."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.requests import Request

from contextfs.kit.errors import TooLarge
from contextfs.runtime.reading import read_body


def read(declared: bytes, body: bytes) -> bytes:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-length", declared)]}
    return asyncio.run(read_body(Request(scope, receive), 10))


@pytest.mark.parametrize("declared", [b"11", b"9" * 5000])
def test_a_body_that_is_said_to_be_too_long_is_not_waited_for(declared: bytes) -> None:
    with pytest.raises(TooLarge):
        read(declared, b"")


@pytest.mark.parametrize("declared", [b"2", b"", b"-1", b"\xb2", b"two"])
def test_what_a_header_says_otherwise_does_not_matter(declared: bytes) -> None:
    assert read(declared, b"{}") == b"{}"


def test_a_body_that_is_longer_than_said_ends_where_the_limit_is() -> None:
    with pytest.raises(TooLarge):
        read(b"2", b"x" * 11)

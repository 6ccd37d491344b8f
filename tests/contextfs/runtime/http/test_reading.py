"""A body is read no further than it may be long, whatever a header says of it: none fills a process's memory."""

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from contextfs.kit.errors import TooLarge
from contextfs.runtime.http.reading import read_body

PART = b" " * 1000


def request(parts: int, **headers: bytes) -> tuple[Request, list[int]]:
    """Give a request with a body of so many parts, and a list that grows as they are read."""
    read: list[int] = []

    async def receive() -> dict[str, Any]:
        read.append(len(PART))
        return {"type": "http.request", "body": PART, "more_body": len(read) < parts}

    named = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": named}, receive), read


@pytest.mark.parametrize("declared", [b"5000", b"", b"-1", b"\xb2", b"two"])
def test_a_body_that_fits_is_read_whole_whatever_a_header_says(declared: bytes) -> None:
    asked, read = request(5, content_length=declared)

    assert asyncio.run(read_body(asked, 5000)) == PART * 5
    assert len(read) == 5


@pytest.mark.parametrize(
    ("headers", "parts"),
    [
        ({}, 6),
        ({"content_length": b"1"}, 6),
        ({"content_length": b"9999"}, 0),
        ({"content_length": b"9" * 5000}, 0),
    ],
)
def test_one_that_does_not_is_read_up_to_there_and_no_further(headers: dict[str, bytes], parts: int) -> None:
    asked, read = request(100, **headers)

    with pytest.raises(TooLarge):
        asyncio.run(read_body(asked, 5000))
    assert len(read) == parts

"""What goes on to another region is of one caller: the next one brings nothing of it along."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from contextfs.kit.clock import system_clock
from contextfs.kit.errors import Unavailable
from contextfs.kit.regions import read
from contextfs.runtime.border import forwarding as limits
from contextfs.runtime.border.forwarding import Forwarding
from contextfs.runtime.border.inside import Asking
from contextfs.runtime.proxying.endpoint import SILENCE_SECONDS
from tests.contextfs.adapters.baker import baking


async def nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b""}


def test_a_cookie_that_one_caller_is_set_no_other_is_sent() -> None:
    told: list[dict[str, Any]] = []

    async def keep(message: Any) -> None:
        told.append(message)

    async def run(url: str) -> None:
        forwarding = Forwarding()
        await forwarding.carry({"method": "GET", "path": "/v1/projects"}, nothing, keep, url, [(b"cookie", b"own=1")])
        await forwarding.ask(url, [])
        await forwarding.carry({"method": "GET", "path": "/v1/projects"}, nothing, keep, url, [])
        await forwarding.close()

    with baking() as baker:
        asyncio.run(run(baker.url))

    assert baker.sent == ["own=1", None, None]
    assert (b"set-cookie", b"session=of-the-first; Path=/") in told[0]["headers"]


def test_a_cookie_that_a_region_sets_is_not_kept() -> None:
    org_id = uuid4()
    with baking(f'{{"org_id": "{org_id}", "region": "north"}}'.encode()) as baker:
        table = f"south=https://south.example north={baker.url}"
        regions = read(table, here="south", key="k" * 32, elsewhere="forward")
        asking = Asking(regions, system_clock)
        for _ in range(2):
            asking(regions.neighbours["north"], org_id)
        asking.close()

    assert baker.sent == [None, None]


async def forwarded(path: str, url: str) -> list[int]:
    """Forward a call on a path, and give the status that comes back."""
    told: list[dict[str, Any]] = []

    async def keep(message: Any) -> None:
        told.append(message)

    forwarding = Forwarding()
    try:
        await forwarding.carry({"method": "GET", "path": path}, nothing, keep, url, [])
    finally:
        await forwarding.close()
    return [message["status"] for message in told if "status" in message]


def test_a_model_may_be_silent_for_longer_than_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.PROXIED_SECONDS > SILENCE_SECONDS > limits.SECONDS
    monkeypatch.setattr(limits, "SECONDS", 0.1)
    with baking(silent=0.4) as baker:
        reply = asyncio.run(forwarded("/v1/proxy/openai/v1/chat/completions", baker.url))
        with pytest.raises(Unavailable):
            asyncio.run(forwarded("/v1/projects", baker.url))

    assert reply == [200]

"""A request that is carried, and nothing of it that outlives it."""

import asyncio
import json
from typing import Any

from contextfs.recording.passing import Passing, Way
from tests.clients.proxy.model import Model
from tests.contextfs.client.serving import serving_app

ASK = json.dumps({"model": "m", "stream": True, "messages": [{"role": "user", "content": "Which port?"}]}).encode()


def test_who_cancels_a_request_ends_it_at_the_model_too() -> None:
    model = Model(says=["It listens on 8443. " * 20], slow=0.05)

    with serving_app(model.app()) as url:
        sent = asyncio.run(cancelled(f"{url}/v1/chat/completions", model))

    assert (1, True) == (model.gone, len(model.sent) < 40)
    assert all(one.get("more_body", True) for one in sent)


async def cancelled(url: str, model: Model) -> list[Any]:
    """Carry a request until its reply has begun, and give what was sent of it, once the model has heard of its end."""
    sent: list[Any] = []
    has_begun, waiting = asyncio.Event(), iter([{"type": "http.request", "body": ASK}])

    async def receive() -> Any:
        return next(waiting, None) or await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body":
            has_begun.set()

    async def refuse(status: int, why: str) -> None:
        raise AssertionError((status, why))

    length = [(b"content-length", str(len(ASK)).encode()), (b"content-type", b"application/json")]
    way = Way({"method": "POST", "headers": length}, receive, send, url, length, refuse)
    passing = Passing()
    work = asyncio.create_task(passing.carry(way))
    await has_begun.wait()
    work.cancel()
    await asyncio.wait({work})
    was = len(sent)
    for _ in range(100):
        if model.gone:
            break
        await asyncio.sleep(0.02)
    assert (True, was) == (work.cancelled(), len(sent))
    await passing.close()
    return sent

"""Wrapped clients of the providers' own libraries: they give what they always gave, and it is kept."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from pydantic import BaseModel

from contextfs.client import ContextFS, Invalid, Recorder, wrap
from contextfs.client.recording.server import ServerSink
from tests.clients.proxy.model import Model
from tests.conftest import Tenant
from tests.contextfs.client.serving import serving_app

ASK: list[Any] = [{"role": "user", "content": "Which port?"}]


class Port(BaseModel):
    """What a parsed reply is read into."""

    port: int


@pytest.fixture
def model() -> Model:
    """Give a provider's model."""
    return Model()


@pytest.fixture
def url(model: Model) -> Iterator[str]:
    """Give the provider's address."""
    with serving_app(model.app()) as address:
        yield address


@pytest.fixture
def recorder(client: ContextFS) -> Iterator[Recorder]:
    """Give a recorder that keeps on the test's server."""
    made = Recorder(ServerSink(lambda: client))
    yield made
    made.close()


def said(client: ContextFS, recorder: Recorder) -> list[list[str]]:
    """Give what was said in each session on the server, the oldest first."""
    assert recorder.flush()
    sessions = list(client.sessions.list())
    return [[message.content for message in client.sessions.messages(one.id)] for one in reversed(sessions)]


def test_a_client_of_openai_gives_the_same(url: str, model: Model, client: ContextFS, recorder: Recorder) -> None:
    model.says = ["8443.", "8443.", "8443.", "Since May.", '{"port": 8443}']
    with openai.OpenAI(base_url=f"{url}/v1", api_key="k") as plain:
        wrapped = wrap(plain, to=recorder, tool="Shop Bot")

        expected = plain.chat.completions.create(model="m", messages=ASK)
        told = wrapped.chat.completions.create(model="m", messages=ASK)
        raw = wrapped.chat.completions.with_raw_response.create(model="m", messages=ASK)
        more: list[Any] = [*ASK, {"role": "assistant", "content": "8443."}, {"role": "user", "content": "Since when?"}]
        stream = wrapped.chat.completions.create(model="m", messages=more, stream=True)
        streamed = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
        parsed = wrapped.chat.completions.parse(model="m", messages=more[:1], response_format=Port)

    assert type(wrapped) is openai.OpenAI
    assert told.model_dump(exclude={"id"}) == expected.model_dump(exclude={"id"})
    assert raw.parse().choices[0].message.content == "8443."
    assert streamed == "Since May."
    assert parsed.choices[0].message.parsed == Port(port=8443)
    assert said(client, recorder) == [
        ["Which port?", "8443.", "Since when?", "Since May."],
        ["Which port?", '{"port": 8443}'],
    ]
    assert {one.tool for one in client.sessions.list()} == {"shop-bot"}


def test_a_client_of_anthropic_gives_the_same(url: str, model: Model, client: ContextFS, recorder: Recorder) -> None:
    model.says = ["8443.", ("look", {"file": "a.py"})]
    with anthropic.Anthropic(base_url=url, api_key="k") as plain:
        wrapped = wrap(plain, to=recorder, session="order-42")

        told = wrapped.messages.create(model="m", max_tokens=99, messages=ASK)
        with wrapped.messages.stream(model="m", max_tokens=99, messages=[{"role": "user", "content": "Look."}]) as one:
            final = one.get_final_message()

    assert [block.type for block in (*told.content, *final.content)] == ["text", "tool_use"]
    assert said(client, recorder) == [["Which port?", "8443.", "Look.", ""]]
    [session] = client.sessions.list()
    assert (session.external_id, session.tool) == ("order-42", "anthropic")


def test_asynchronous_clients_are_wrapped_too(url: str, model: Model, client: ContextFS, recorder: Recorder) -> None:
    model.says = ["8443.", "8443.", "May."]

    async def talk() -> list[str]:
        async with (
            openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="k") as one,
            anthropic.AsyncAnthropic(base_url=url, api_key="k") as other,
        ):
            first = await wrap(one, to=recorder).responses.create(model="m", input="Which port?")
            stream = await wrap(one, to=recorder).chat.completions.create(model="m", messages=ASK, stream=True)
            second = [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
            third = await wrap(other, to=recorder).messages.create(model="m", max_tokens=99, messages=ASK)
            return [first.output_text, "".join(second), getattr(third.content[0], "text", "")]

    assert asyncio.run(talk()) == ["8443.", "8443.", "May."]
    assert said(client, recorder) == [["Which port?", "8443."], ["Which port?", "May."]]


def test_errors_are_the_callers_and_a_stream_may_be_left(
    url: str, model: Model, client: ContextFS, recorder: Recorder
) -> None:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="k", max_retries=1) as plain:
        wrapped = wrap(plain, to=recorder)
        model.status = 500
        with pytest.raises(openai.InternalServerError):
            wrapped.chat.completions.create(model="m", messages=ASK)
        model.status, model.cut_after = 200, 4
        with pytest.raises((httpx2.RemoteProtocolError, openai.APIConnectionError)):
            list(
                wrapped.chat.completions.create(model="m", messages=[{"role": "user", "content": "Cut."}], stream=True)
            )
        model.cut_after = None
        with wrapped.chat.completions.create(model="m", messages=ASK, stream=True) as stream:
            for _ in zip(range(2), stream, strict=False):
                pass

    assert len(model.asked) == 4
    assert said(client, recorder) == [["Cut.", "Noted."], ["Which port?", "Noted"]]
    [first, *_] = client.sessions.list()
    assert [one.metadata for one in client.sessions.messages(first.id)] == [{}, {"interrupted": True}]


def test_a_server_that_is_down_is_none_of_the_callers_business(url: str) -> None:
    told: list[str] = []
    down = ContextFS("http://127.0.0.1:9", "k", project_id="0198f3c2-0000-7000-8000-000000000001", attempts=1)
    recorder = Recorder(ServerSink(lambda: down), tell=told.append)
    with openai.OpenAI(base_url=f"{url}/v1", api_key="k") as plain:
        reply = wrap(plain, to=recorder).chat.completions.create(model="m", messages=ASK)
    recorder.close(0.3)

    assert reply.choices[0].message.content == "Noted."
    assert told[-1] == "Exchanges with a model that were not kept: 1."


def test_other_things_are_refused() -> None:
    with pytest.raises(Invalid, match="object is not a client of OpenAI or Anthropic"):
        wrap(object())


def test_what_a_program_said_is_kept_before_it_ends(url: str, api_url: str, tenant: Tenant, client: ContextFS) -> None:
    program = (
        "from openai import OpenAI; from contextfs.client import wrap;"
        f"bot = wrap(OpenAI(base_url='{url}/v1', api_key='k'));"
        "bot.chat.completions.create(model='m', messages=[{'role': 'user', 'content': 'Which port?'}])"
    )
    named = {"CONTEXTFS_URL": api_url, "CONTEXTFS_API_KEY": tenant.key, "PYTHONPATH": os.pathsep.join(sys.path)}
    named["CONTEXTFS_PROJECT_ID"] = str(tenant.project_id)

    subprocess.run([sys.executable, "-c", program], env=os.environ | named, check=True, timeout=60)

    [session] = client.sessions.list()
    assert (session.tool, session.status, session.message_count) == ("openai", "completed", 2)

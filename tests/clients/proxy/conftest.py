"""A store, a provider and a proxy between them, each real, on ports of this machine."""

import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from clients.cli.here.recording import LocalSink
from clients.cli.here.store import opened
from clients.cli.main import run
from clients.proxy import serving
from clients.proxy.upstreams import Upstreams
from contextfs.client.recording.recorder import Recorder
from contextfs.domain.sessions.model import Message, Session
from contextfs.local import place as places
from contextfs.local.place import Place
from contextfs.local.sessions.store import LocalSessions, SessionQuery
from tests.clients.proxy.model import Model
from tests.contextfs.client.serving import serving_app

KEY = "sk-live-4f9c1d7e2b8a46c09d53e1f7a2b6c8d0"


class Between:
    """A proxy on a port, and what it keeps."""

    def __init__(self, url: str, place: Place, recorder: Recorder) -> None:
        self.url = url
        self.place = place
        self.recorder = recorder
        self.clients = ExitStack()

    def openai(self, **options: Any) -> openai.OpenAI:
        """Give a client of OpenAI's library."""
        made = openai.OpenAI(base_url=f"{self.url}/v1", api_key=KEY, max_retries=0, **options)
        return self.clients.enter_context(made)

    def anthropic(self, **options: Any) -> anthropic.Anthropic:
        """Give a client of Anthropic's library."""
        made = anthropic.Anthropic(base_url=self.url, api_key=KEY, max_retries=0, **options)
        return self.clients.enter_context(made)

    def kept(self) -> list[tuple[Session, list[Message]]]:
        """Give the conversations that were kept, the oldest first."""
        self.settle()
        return kept_in(self.place)

    def settle(self) -> None:
        """Wait until nothing is under way, and all that passed is kept."""
        deadline = time.monotonic() + 60
        while httpx2.get(f"{self.url}/contextfs/status", timeout=60).json()["under_way"]:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert self.recorder.flush()

    def said(self) -> list[list[tuple[str, str]]]:
        """Give who said what in each conversation."""
        return [[(one.role, one.content) for one in messages] for _, messages in self.kept()]


def kept_in(place: Place) -> list[tuple[Session, list[Message]]]:
    """Give the conversations of a store, the oldest first."""
    with opened(place, look=False) as store:
        sessions = LocalSessions(store)
        found = sessions.page(SessionQuery())
        return [(one, list(sessions.messages(one.id))) for one in reversed(found)]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Give a store of the test's own."""
    monkeypatch.setenv("CONTEXTFS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CONTEXTFS_BACKGROUND", "off")
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    assert run(["init"]) == 0
    return places.required(root)


@pytest.fixture
def model() -> Model:
    """Give a provider's model."""
    return Model()


@pytest.fixture
def between(model: Model, place: Place) -> Iterator[Between]:
    """Give a proxy in front of the model."""
    with serving_app(model.app()) as url, proxied(url, place) as proxy:
        yield proxy


@contextmanager
def proxied(model_url: str, place: Place) -> Generator[Between]:
    """Serve a proxy in front of an address."""
    recorder = Recorder(LocalSink(place))
    upstreams = Upstreams(openai=f"{model_url}/v1", anthropic=model_url)
    with serving.beside(upstreams, recorder, tool=None) as url:
        between = Between(url, place, recorder)
        with between.clients:
            yield between
    recorder.close()

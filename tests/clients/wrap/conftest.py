"""A store, programs to wrap, and a person who uses them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clients.cli.main import run
from contextfs.domain.sessions.model import Message, Session
from contextfs.local import place as places
from contextfs.local.place import Place
from tests.clients.proxy.conftest import kept_in
from tests.clients.wrap.person import CTX, Person

Start = Callable[..., Person]
Ended = subprocess.CompletedProcess[bytes]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Give a store of the test's own."""
    monkeypatch.setenv("CONTEXTFS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CONTEXTFS_BACKGROUND", "off")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    monkeypatch.setenv("TERM", "xterm-256color")
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    assert run(["init"]) == 0
    return places.required(root)


@pytest.fixture
def wrapped(place: Place) -> Iterator[Start]:
    """Give a function that starts a program, wrapped, at a terminal; none outlives the test."""
    people: list[Person] = []

    def start(*command: str) -> Person:
        people.append(Person([*CTX, "wrap", *command], place.root, os.environ))
        return people[-1]

    yield start
    for one in people:
        one.ends()


@pytest.fixture
def program(place: Place) -> Callable[[str], list[str]]:
    """Give a function that writes a program in Python, and tells how to start it."""

    def write(text: str) -> list[str]:
        file = place.root.parent / "program.py"
        file.write_text(text, encoding="utf-8")
        return [sys.executable, str(file)]

    return write


@pytest.fixture
def kept(place: Place) -> Callable[[], list[tuple[Session, list[Message]]]]:
    """Give a function that tells what was kept."""
    return lambda: kept_in(place)

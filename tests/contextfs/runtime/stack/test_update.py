"""A stack whose code is replaced while it runs: it is told, and the next start brings the new code, losing nothing."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from contextfs.client import ContextFS, NewMessage
from contextfs.runtime.stack import Home, Stack, down, is_outdated, status, up
from contextfs.runtime.stack.probe import wait_until
from tests.contextfs.client.watching import heard_from
from tests.contextfs.runtime.stack.holding import memories_held, wait_for_a_call
from tests.mutation import Mutant, plant

UPDATE = Mutant("an update", "runtime/health.py", 'checks={"database": "ok"}', 'checks={"database": "new"}')
Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    place = Home(tmp_path_factory.mktemp("home") / "contextfs")
    yield place
    down(place)


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """Give a copy of the library, which differs in one line."""
    return plant(UPDATE, repository / "shared", tmp_path_factory.mktemp("updated"))


@pytest.fixture
def stack(home: Home) -> Stack:
    """Give a stack that runs with the code of these tests."""
    return up(home, port=0 if home.saved() is None else None)


@pytest.fixture
def start(home: Home, updated: Path) -> Start:
    """Give a function that begins `ctx up` of the updated code."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONTEXTFS_", "DATABASE_"))}
    environment = kept | {"CONTEXTFS_HOME": str(home.path), "PYTHONPATH": str(updated)}
    command = [sys.executable, "-m", "clients.cli.main", "up", "--json"]
    return lambda: subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate(timeout=180)
    assert process.returncode == 0
    return json.loads(out)


def said(stack: Stack) -> str:
    """Ask which code answers."""
    with ContextFS(stack.api_url, stack.api_key) as client:
        return client.system.health().checks["database"]


def pids(home: Home) -> dict[str, int | None]:
    children = home.children()
    assert children is not None
    return {"supervisor": children.supervisor} | {child.name: child.pid for child in children.processes}


def test_the_next_start_brings_the_new_code_and_all_that_was_stored(home: Home, stack: Stack, start: Start) -> None:
    assert not is_outdated(home)
    with ContextFS(stack.api_url, stack.api_key) as client:
        memory = client.memories.create("It was there before the update.", project_id=stack.project_id).memory

    first = ended(start())
    running = pids(home)
    second = ended(start())

    assert (first["replaced"], second["replaced"]) == (True, False)
    assert (first["api_url"], first["api_key"]) == (stack.api_url, stack.api_key)
    assert said(stack) == "new"
    assert pids(home) == running
    assert (status(home).outdated, is_outdated(home)) == (True, True)  # seen from the code of these tests
    with ContextFS(stack.api_url, stack.api_key) as client:
        assert client.memories.get(memory.id).content == "It was there before the update."


def test_a_start_that_the_database_refuses_leaves_the_running_one_as_it_is(
    home: Home, stack: Stack, start: Start
) -> None:
    running = pids(home)
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        connection.execute("insert into contextfs.migrations (name, sha256) values ('9999_post_newer.sql', '')")
        try:
            refused = start()
            refused.communicate(timeout=180)
        finally:
            connection.execute("delete from contextfs.migrations where name = '9999_post_newer.sql'")

    assert refused.returncode != 0
    assert pids(home) == running
    assert said(stack) == "ok"


def test_a_stream_and_its_watcher_go_on_with_the_new_code_and_miss_nothing(stack: Stack, start: Start) -> None:
    with ContextFS(stack.api_url, stack.api_key) as client:
        session = client.sessions.create(project_id=stack.project_id, tool="test").session
        heard = heard_from(client.sessions.watch(session.id))
        with client.sessions.stream(session.id) as stream:
            stream.append(NewMessage(role="user", content="before"))
            stream.flush()
            replaced = ended(start())["replaced"]
            stream.append(NewMessage(role="user", content="after"))
        kept = [one.content for one in client.sessions.messages(session.id)]

    assert (replaced, kept) == (True, ["before", "after"])
    assert [heard.get(timeout=90) for _ in range(2)] == ["before", "after"]


def test_of_two_starts_at_once_one_replaces_it(home: Home, stack: Stack, start: Start) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = [one.result() for one in [pool.submit(ended, start()) for _ in range(2)]]

    assert sorted(one["replaced"] for one in both) == [False, True]
    assert said(stack) == "new"


def test_a_start_that_is_killed_in_the_middle_is_made_good_by_the_next(home: Home, stack: Stack, start: Start) -> None:
    gateway = pids(home)["gateway"]
    assert gateway is not None
    os.kill(gateway, signal.SIGSTOP)  # so that the first start waits for it
    first = start()
    wait_until(lambda: (told := home.children()) is not None and told.stopping, 60, "it is not stopped")
    first.kill()
    first.communicate()
    os.kill(gateway, signal.SIGCONT)

    ended(start())

    assert said(stack) == "new"
    assert status(home).state == "running"


def test_calls_under_way_are_answered_by_the_old_code(home: Home, stack: Stack, start: Start) -> None:
    answers: list[str] = []

    def ask() -> None:
        with ContextFS(stack.api_url, stack.api_key, attempts=1) as once:
            answers.append(once.memories.create("Asked before.", project_id=stack.project_id).memory.content)

    caller = threading.Thread(target=ask)
    with memories_held(stack.database_url) as connection:
        caller.start()
        wait_for_a_call(connection)
        first = start()
        wait_until(lambda: (told := home.children()) is not None and told.stopping, 60, "it is not stopped")
    caller.join(60)
    ended(first)

    assert answers == ["Asked before."]
    assert said(stack) == "new"

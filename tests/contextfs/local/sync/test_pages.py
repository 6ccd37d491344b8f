"""A long pull is helped by a second process: what arrives is the same, and nothing hangs on its life."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from contextfs.local import config, place
from tests.conftest import Tenant
from tests.contextfs.client.flaky import Fault, flaky
from tests.contextfs.local.sync.linked import Linked

Make = Callable[[Tenant, str], Linked]

_PULL = """
import json, os, sys, threading
from datetime import UTC, datetime
from contextfs.client import ContextFS
from contextfs.local import place
from contextfs.local.store import LocalStore
from contextfs.local.sync import pages
from contextfs.local.sync.exchange import exchange

pages._CHANGES_A_PAGE = 3
how, helpers, write, fork = sys.argv[4], [], pages._write, os.fork

def forked():
    if how == "refused":
        raise BlockingIOError(11, "Resource temporarily unavailable")
    child = fork()
    helpers.append(child)
    return child

def stopped(pipe, page):
    write(pipe, page)
    pipe.write((1000).to_bytes(8, "big") + b"half of a page")
    pipe.flush()
    os.kill(os.getpid(), 9)

def full(_):
    raise RuntimeError("can't start new thread")

os.fork = forked
if how == "refused":  # the system counts threads as processes
    threading.Thread.start = full
pages.may_fork = lambda: how != "alone"
if how == "stopped":
    pages._write = stopped
now = datetime.now(UTC)
there = place.required(sys.argv[1])
with LocalStore.open(there, now=lambda: now, entropy=os.urandom, actor=lambda: "user:ben") as store:
    with ContextFS(sys.argv[2], sys.argv[3]) as client:
        report = exchange(store, client, now=now, entropy=os.urandom, direction="pull")
try:
    os.waitpid(-1, os.WNOHANG)
    left = True
except ChildProcessError:
    left = False
print(json.dumps([report.pulled.received, report.pulled.memories, len(helpers), left]))
"""

_HELPED = """
import os, sys
from uuid import UUID
from contextfs.client import ContextFS
from contextfs.local.sync import pages

pages._CHANGES_A_PAGE = 3
pages.may_fork = lambda: True
fork = os.fork

def forked():
    child = fork()
    if child:
        print(child, flush=True)
    return child

os.fork = forked
none = UUID(int=0)
with ContextFS(sys.argv[1], sys.argv[2], attempts=3) as client:
    if sys.argv[3:]:
        for page in pages.pages(client.sync, UUID(sys.argv[3]), cursor=0, origin=none):
            pass
    else:
        with pages._helper(client.sync, none, cursor=0, origin=none):
            sys.stdin.read()
"""
"""What a helper does where a server fails, or answers nothing."""
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}


def pulled(one: Linked, how: str) -> list[object]:
    """Pull by a program of its own: what was received, of how many memories, by how many helpers; is one left?"""
    command = [sys.executable, "-c", _PULL, str(one.machine.root), one.url, one.tenant.key, how]
    ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody helps")
def test_with_help_without_and_where_it_is_stopped_the_same_arrives(linked: Make, ann: Tenant, ben: Tenant) -> None:
    laptop = linked(ann, "laptop")
    for number in range(10):
        laptop.machine.add(f"Fact number {number}: é.", tags=["x"], title=f"T {number}")
    gone = laptop.machine.add("This one goes.")
    with laptop.machine.open() as store:
        store.remove(gone)
    laptop.sync("push")
    desks = {how: linked(ben, how) for how in ("alone", "helped", "stopped", "refused")}

    told = {how: pulled(desk, how) for how, desk in desks.items()}

    assert {
        "alone": [12, 11, 0, False],
        "helped": [12, 11, 1, False],
        "stopped": [12, 11, 1, False],
        "refused": [12, 11, 0, False],
    } == told
    assert all(desk.machine.files() == laptop.machine.files() for desk in desks.values())


@pytest.mark.skipif(sys.platform != "linux", reason="as above")
def test_what_came_whole_before_a_helper_was_stopped_is_not_asked_for_again(
    linked: Make, ann: Tenant, ben: Tenant
) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    for number in range(4):
        laptop.machine.add(f"Fact number {number}.")
    laptop.sync("push")

    # The first page comes before the helper, the second is its only one, and nothing is left to ask for.
    assert [4, 4, 1, False] == pulled(desk, "stopped")


def test_a_short_pull_needs_no_help(linked: Make, ann: Tenant, ben: Tenant) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    laptop.machine.add("We deploy on Thursdays.")
    laptop.sync("push")

    assert [1, 1, 0, False] == pulled(desk, "helped")


@pytest.mark.skipif(sys.platform != "linux", reason="as above")
def test_a_helper_tries_once_for_who_it_helps_tries_again(linked: Make, ann: Tenant) -> None:
    laptop = linked(ann, "laptop")
    for number in range(7):
        laptop.machine.add(f"Fact number {number}.")
    laptop.sync("push")
    project = str(config.read(place.required(laptop.machine.root).config).project.id)

    failing: list[Fault] = ["answer 503"] * 9
    with flaky(laptop.url, "pass", *failing) as proxy:
        command = [sys.executable, "-c", _HELPED, proxy.url, ann.key, project]
        ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=60)

    assert ended.returncode == 1  # it is the one that was helped who tells
    assert 1 + 1 + 3 == len(proxy.requests), ended.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="as above")
def test_a_helper_that_waits_for_an_answer_ends_with_who_it_helps() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        command = [sys.executable, "-c", _HELPED, f"http://127.0.0.1:{silent.getsockname()[1]}", "ctx_key"]
        with subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
            assert parent.stdout is not None
            helper = os.pidfd_open(int(parent.stdout.readline()))
            asked, _ = silent.accept()
            parent.kill()
        with asked:
            ended, _, _ = select.select([helper], [], [], 20)
            if not ended:
                signal.pidfd_send_signal(helper, signal.SIGKILL)
        os.close(helper)

    assert ended

"""The whole loop with real agents: what is known reaches the model, what is said is kept, and not what we handed over.

`make test-agents` installs them; one that is not there is skipped, and so is all of it where no network of one's own
can be had.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contextfs.kit.fence import FENCE
from tests.agents import cage
from tests.agents.agents import ENVIRONMENT, HOOKED, RINGING, WRAPPED, Agent, found
from tests.agents.model import ANSWER

pytestmark = pytest.mark.slow

KNOWN = "The staging gateway listens on port 8420."
FIRST, SECOND = "Which port does the staging gateway listen on?", "And who is on call for the staging gateway now?"
_SECONDS = 120.0
_PATIENCE = 30
_UNSHARE = ["unshare", "--map-root-user", "--net"]


@dataclass
class Bench:
    """A home, a repository with a store, and an agent that works in it."""

    agent: Agent
    root: Path

    @property
    def home(self) -> Path:
        """Give the user's folder."""
        return self.root / "home"

    @property
    def repository(self) -> Path:
        """Give where the agent works."""
        return self.root / "shop"

    @property
    def env(self) -> dict[str, str]:
        """Give the environment that everything runs in: nothing of this machine's user is in it."""
        agent = found(self.agent.program)
        own = Path(sys.executable).parent
        path = f"{agent.parent if agent else own}:{own}:/usr/local/bin:/usr/bin:/bin"
        home = {"HOME": str(self.home), "CONTEXTFS_HOME": str(self.home / ".contextfs"), "PATH": path}
        return ENVIRONMENT | home | self.agent.env

    def run(self, *command: str) -> str:
        """Run a command here, and give what it printed."""
        done = subprocess.run(command, cwd=self.repository, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def caged(self, *commands: list[str]) -> list[dict[str, Any]]:
        """Run commands where there is only our model."""
        given = [
            {"command": one, "cwd": str(self.repository), "env": self.env, "timeout": _SECONDS} for one in commands
        ]
        done = subprocess.run(
            [*_UNSHARE, sys.executable, cage.__file__, str(self.root / "asked")],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    def asked(self) -> list[str]:
        """Give what the model was asked, request by request."""
        file = self.root / "asked"
        return file.read_text().splitlines() if file.exists() else []

    def sessions(self) -> list[dict[str, Any]]:
        """Give what was kept in the order in which it was said, once both prompts were answered in it.

        Hooks leave the reading to another process, which may take a moment.
        """
        shown: list[dict[str, Any]] = []
        for _ in range(_PATIENCE):
            listed = json.loads(self.run("ctx", "sessions", "list", "--json"))
            shown = [json.loads(self.run("ctx", "sessions", "show", one["id"], "--json")) for one in listed]
            if sum(said["role"] == "assistant" for one in shown for said in one["messages"]) >= len((FIRST, SECOND)):
                break
            time.sleep(1)
        return sorted(shown, key=lambda one: one["session"]["started_at"])


@pytest.fixture
def bench(agent: Agent, tmp_path: Path) -> Iterator[Bench]:
    """Give a bench where an agent is; else say why there is none. What an agent left running is ended."""
    if found(agent.program) is None:
        pytest.skip(f"{agent.program} is not installed: `make test-agents` does it")
    if subprocess.run([*_UNSHARE, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no network of one's own can be had here: `unshare --map-root-user --net` is refused")
    made = Bench(agent, tmp_path)
    made.repository.mkdir()
    for name, text in agent.files.items():
        (made.home / name).parent.mkdir(parents=True, exist_ok=True)
        (made.home / name).write_text(text)
    made.home.mkdir(exist_ok=True)
    (made.home / ".gitconfig").write_text("[user]\nname = Ann\nemail = ann@example.com\n")
    made.run("git", "init", "-q")
    made.run("ctx", "init")
    made.run("ctx", "memory", "add", KNOWN)
    made.run("git", "add", "-A")
    made.run("git", "commit", "-qm", "begin")
    yield made
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"HOME={made.home}".encode() in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)


def told(done: list[dict[str, Any]]) -> str:
    return "\n".join(f"{one['code']}: {one['out'][-1500:]}\n{one['err'][-1500:]}" for one in done)


@pytest.mark.parametrize("agent", HOOKED, ids=lambda one: one.name)
def test_an_agent_is_handed_what_is_known_and_what_is_said_is_kept(bench: Bench) -> None:
    bench.run("ctx", "install", bench.agent.name)

    done = bench.caged(bench.agent.command(FIRST), bench.agent.go_on(SECOND))

    assert [0, 0] == [one["code"] for one in done], told(done)
    first = [one for one in bench.asked() if FIRST in one]
    assert any(KNOWN in one and FENCE in one for one in first), told(done)
    shown = bench.sessions()
    said = [(one["role"], one["content"]) for session in shown for one in session["messages"]]
    assert [FIRST, SECOND] == [content for role, content in said if role == "user"]
    assert [ANSWER, ANSWER] == [content for role, content in said if role == "assistant"]
    assert not [content for _, content in said if KNOWN in content or FENCE in content]
    assert {bench.agent.tool} == {session["session"]["tool"] for session in shown}
    memories = json.loads(bench.run("ctx", "memory", "list", "--json"))
    assert [KNOWN] == [one["content"] for one in memories if KNOWN in one["content"]]


@pytest.mark.parametrize("agent", RINGING, ids=lambda one: one.name)
def test_what_is_said_with_an_agent_that_rings_is_kept_by_itself(bench: Bench) -> None:
    bench.run("ctx", "install", bench.agent.name)

    done = bench.caged(*bench.agent.before, bench.agent.command(FIRST), bench.agent.go_on(SECOND))

    assert {0} == {one["code"] for one in done}, told(done)
    said = [(one["role"], one["content"]) for session in bench.sessions() for one in session["messages"]]
    assert [FIRST, SECOND] == [content for role, content in said if role == "user"], told(done)
    assert [ANSWER, ANSWER] == [content for role, content in said if role == "assistant"]


@pytest.mark.parametrize("agent", WRAPPED, ids=lambda one: one.name)
def test_a_wrapped_agent_runs_untouched_and_what_is_said_is_kept(bench: Bench) -> None:
    done = bench.caged(["ctx", "wrap", *bench.agent.command(FIRST)], ["ctx", "wrap", *bench.agent.go_on(SECOND)])

    assert [0, 0] == [one["code"] for one in done], told(done)
    assert [one for one in bench.asked() if FIRST in one]
    said = [(one["role"], one["content"]) for session in bench.sessions() for one in session["messages"]]
    assert [FIRST, SECOND] == [content for role, content in said if role == "user"], told(done)
    assert [ANSWER, ANSWER] == [content for role, content in said if role == "assistant"]

"""Two clones and a third machine, with and without a server: whatever each did alone, all are equal in the end."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "CONTEXTFS_BACKGROUND": "off"}


@dataclass(frozen=True)
class Machine:
    """A person's machine: a home of its own, and a folder with the project in it."""

    name: str
    folder: Path
    home: Path

    def run(self, *words: str | Path, code: int = 0, stdin: str = "") -> str:
        """Run a program here; give what it printed."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONTEXTFS_", "DATABASE_"))}
        person = f"{self.name}@example.com"
        named = {f"GIT_{who}_{what}": person for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        own = {"HOME": str(self.home), "CONTEXTFS_HOME": str(self.home / "contextfs"), "CONTEXTFS_USER": person}
        path = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        ended = subprocess.run(
            [*map(str, words)],
            cwd=self.folder,
            env=kept | own | named | ALONE | path,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert code == ended.returncode, ended.stdout + ended.stderr
        return ended.stdout

    def ctx(self, *words: str | Path, code: int = 0, stdin: str = "") -> Any:
        """Run `ctx … --json`; read what it printed."""
        return json.loads(self.run(sys.executable, "-m", "clients.cli.main", *words, "--json", code=code, stdin=stdin))

    def git(self, *words: str | Path) -> str:
        """Run git."""
        return self.run("git", "-c", "init.defaultBranch=main", *words)

    def commit(self, message: str) -> None:
        """Commit everything."""
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def files(self) -> dict[str, bytes]:
        """Read the files of memories."""
        root = self.folder / ".contextfs" / "memories"
        return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*.md"))}

    def exported(self) -> list[str]:
        """Read everything that the store knows, but for the line that says when."""
        return self.run(sys.executable, "-m", "clients.cli.main", "export").splitlines()[1:]


@pytest.fixture
def machine(tmp_path: Path) -> Callable[[str], Machine]:
    """Give a function that makes a person's machine with an empty folder."""

    def make(name: str) -> Machine:
        made = Machine(name, tmp_path / name / "project", tmp_path / name / "home")
        made.folder.mkdir(parents=True)
        made.home.mkdir()
        return made

    return make


@pytest.fixture
def server(machine: Callable[[str], Machine]) -> Iterator[dict[str, Any]]:
    """Give a whole platform of its own, with its address and key."""
    host = machine("server")
    yield host.ctx("up", "--no-sample")
    host.ctx("down")


def test_three_machines(
    machine: Callable[[str], Machine], server: dict[str, Any], tmp_path: Path, repository: Path
) -> None:
    hub = tmp_path / "hub.git"
    ann, bob, carl = machine("ann"), machine("bob"), machine("carl")

    # Ann's repository gets a store, and its memories are committed like code.
    ann.git("init", "-q", "--bare", hub)
    ann.git("clone", "-q", hub, ".")
    project = ann.ctx("init", "--name", "ferry")["project"]["id"]
    deploy = ann.ctx("memory", "add", "We deploy on Thursdays.", "--type", "decision", "--tag", "deploy")["memory"]
    port = ann.ctx("memory", "add", "Staging listens on port 8123.")["memory"]
    old = ann.ctx("memory", "add", "The build needs make 3.")["memory"]
    ann.ctx("memory", "add", "I like short answers.", "--type", "user", "--private")
    ann.commit("memories")
    ann.git("push", "-q", "origin", "HEAD")

    # Bob's clone is the same project, without a server and without what is private.
    bob.git("clone", "-q", hub, ".")
    assert project == bob.ctx("init")["project"]["id"]
    assert {deploy["id"], port["id"], old["id"]} == {one["id"] for one in bob.ctx("memory", "list")}

    # Both work alone, on two branches, and change one text differently.
    bob.git("checkout", "-qb", "feature")
    bob.ctx("memory", "edit", deploy["id"], "We deploy on Fridays.", "--tag", "weekly")
    bob.ctx("memory", "rm", old["id"])
    bob.ctx("memory", "add", "Refunds are stored in cents.")
    bob.commit("bob")
    bob.git("push", "-q", "origin", "feature")
    ann.ctx("memory", "edit", deploy["id"], "We deploy on Mondays.", "--untag", "deploy")
    by_hand = ann.folder / ".contextfs" / "memories" / port["path"]
    by_hand.write_text(by_hand.read_text().replace("8123", "8124"))
    ann.commit("ann")

    # Git merges what they mean: nothing is composed, both texts are there, and somebody chooses.
    ann.git("pull", "-q", "--no-rebase", "origin", "feature")
    [conflict] = ann.ctx("conflicts", "list")
    assert ["We deploy on Fridays.", "We deploy on Mondays."] == conflict["bodies"]
    assert ["weekly"] == conflict["tags"]
    assert "8124" in ann.ctx("memory", "show", port["id"])["content"]
    assert old["id"] not in {one["id"] for one in ann.ctx("memory", "list")}
    ann.ctx("conflicts", "resolve", deploy["id"], "--keep", "2")
    ann.commit("resolved")
    ann.git("push", "-q", "origin", "HEAD")
    bob.git("pull", "-q", "--no-rebase", "origin", "main")
    assert [] == bob.ctx("conflicts", "list")
    assert ann.files() == bob.files()

    # Carl has no repository: he joins by the project's id, through the server, where all three meet.
    carl.ctx("init", "--project", project)
    for one in (ann, bob, carl):
        one.ctx("link", server["api_url"], "--key", server["api_key"])
    for one in (bob, ann, carl, bob):
        one.ctx("sync")
    assert ann.files() == bob.files() == carl.files()
    assert "I like short answers." in [one["content"] for one in ann.ctx("memory", "list")]
    assert "I like short answers." not in [one["content"] for one in carl.ctx("memory", "list")]

    # A week without the net: one text is changed by two, another one deleted here and changed there.
    carl_file = carl.folder / ".contextfs" / "memories" / port["path"]
    carl_file.write_text(carl_file.read_text().replace("8124", "9000"))
    bob.ctx("memory", "edit", port["id"], "Staging listens on port 9001.")
    ann.ctx("memory", "rm", deploy["id"])
    carl.ctx("memory", "edit", deploy["id"], "--title", "When we deploy")
    for one in (carl, ann, bob, carl, ann):
        one.ctx("sync")
    assert ann.files() == bob.files() == carl.files()
    for one in (ann, bob, carl):
        [conflict] = one.ctx("conflicts", "list")
        assert ["Staging listens on port 9000.", "Staging listens on port 9001."] == sorted(conflict["bodies"])
        assert "When we deploy" == one.ctx("memory", "show", deploy["id"])["title"]
    carl.ctx("conflicts", "resolve", port["id"], "Staging listens on ports 9000 and 9001.")
    for one in (carl, bob, ann):
        one.ctx("sync")
    assert ann.files() == bob.files() == carl.files()
    assert [[]] * 3 == [one.ctx("conflicts", "list") for one in (ann, bob, carl)]

    # What git brings after that is known already, and what everybody knows is the same to the byte.
    bob.commit("synced")
    bob.git("push", "-q", "origin", "HEAD:main")
    ann.commit("synced too")
    ann.git("pull", "-q", "--no-rebase", "origin", "main")
    for one in (ann, bob, carl, ann, bob):
        one.ctx("sync")
    assert ann.files() == bob.files() == carl.files()
    assert bob.exported() == carl.exported()

    # An export makes the same project anywhere, and comes out of it as it went in.
    dora = machine("dora")
    dora.ctx("init", "--project", project)
    ann.ctx("export", tmp_path / "ann.jsonl")
    dora.ctx("import", "contextfs", tmp_path / "ann.jsonl")
    assert ann.exported() == dora.exported()
    assert ann.files() == dora.files()

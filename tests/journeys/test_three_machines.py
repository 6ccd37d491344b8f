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


@dataclass(frozen=True)
class Cast:
    """Who takes part, and the ids of what they speak of."""

    hub: Path
    ann: Machine
    bob: Machine
    carl: Machine
    project: str
    deploy: str
    port: str
    old: str

    def sync(self, *machines: Machine) -> None:
        """Sync in this order."""
        for one in machines:
            one.ctx("sync")

    def are_equal(self) -> bool:
        """Whether all have the same files, to the byte."""
        return self.ann.files() == self.bob.files() == self.carl.files()

    def hand_edit(self, who: Machine, old: str, new: str) -> None:
        """Let somebody edit the file about the port in an editor."""
        [file] = (who.folder / ".contextfs" / "memories").rglob(f"*--{self.port[-12:]}.md")
        file.write_text(file.read_text().replace(old, new))


def test_three_machines(machine: Callable[[str], Machine], server: dict[str, Any], tmp_path: Path) -> None:
    cast = begin(machine, tmp_path / "hub.git")
    work_on_two_branches(cast)
    git_merges_what_they_mean(cast)
    a_third_machine_joins_through_the_server(cast, server)
    a_week_without_the_net(cast)
    what_git_brings_is_known_already(cast)
    an_export_comes_back_as_it_was(cast, machine("dora"), tmp_path / "ann.jsonl")


def begin(machine: Callable[[str], Machine], hub: Path) -> Cast:
    """Ann's repository gets a store, its memories are committed like code; Bob's clone is the same project."""
    ann, bob = machine("ann"), machine("bob")
    ann.git("init", "-q", "--bare", hub)
    ann.git("clone", "-q", hub, ".")
    project = ann.ctx("init", "--name", "ferry")["project"]["id"]
    deploy = ann.ctx("memory", "add", "We deploy on Thursdays.", "--type", "decision", "--tag", "deploy")["memory"][
        "id"
    ]
    port = ann.ctx("memory", "add", "Staging listens on port 8123.")["memory"]["id"]
    old = ann.ctx("memory", "add", "The build needs make 3.")["memory"]["id"]
    ann.ctx("memory", "add", "I like short answers.", "--type", "user", "--private")
    ann.commit("memories")
    ann.git("push", "-q", "origin", "HEAD")
    bob.git("clone", "-q", hub, ".")

    assert project == bob.ctx("init")["project"]["id"]
    assert {deploy, port, old} == {one["id"] for one in bob.ctx("memory", "list")}
    return Cast(hub, ann, bob, machine("carl"), project, deploy, port, old)


def work_on_two_branches(cast: Cast) -> None:
    """Both work alone, and change one text differently."""
    ann, bob = cast.ann, cast.bob
    bob.git("checkout", "-qb", "feature")
    bob.ctx("memory", "edit", cast.deploy, "We deploy on Fridays.", "--tag", "weekly")
    bob.ctx("memory", "rm", cast.old)
    bob.ctx("memory", "add", "Refunds are stored in cents.")
    bob.commit("bob")
    bob.git("push", "-q", "origin", "feature")
    ann.ctx("memory", "edit", cast.deploy, "We deploy on Mondays.", "--untag", "deploy")
    cast.hand_edit(ann, "8123", "8124")
    ann.commit("ann")


def git_merges_what_they_mean(cast: Cast) -> None:
    """Nothing is composed, both texts are there, and somebody chooses."""
    ann, bob = cast.ann, cast.bob
    ann.git("pull", "-q", "--no-rebase", "origin", "feature")
    [conflict] = ann.ctx("conflicts", "list")

    assert ["We deploy on Fridays.", "We deploy on Mondays."] == conflict["bodies"]
    assert ["weekly"] == conflict["tags"]
    assert "8124" in ann.ctx("memory", "show", cast.port)["content"]
    assert cast.old not in {one["id"] for one in ann.ctx("memory", "list")}

    ann.ctx("conflicts", "resolve", cast.deploy, "--keep", "2")
    ann.commit("resolved")
    ann.git("push", "-q", "origin", "HEAD")
    bob.git("pull", "-q", "--no-rebase", "origin", "main")

    assert [] == bob.ctx("conflicts", "list")
    assert ann.files() == bob.files()


def a_third_machine_joins_through_the_server(cast: Cast, server: dict[str, Any]) -> None:
    """Carl has no repository: he joins by the project's id, and what is private stays where it is."""
    cast.carl.ctx("init", "--project", cast.project)
    for one in (cast.ann, cast.bob, cast.carl):
        one.ctx("link", server["api_url"], "--key", server["api_key"])
    cast.sync(cast.bob, cast.ann, cast.carl, cast.bob)

    assert cast.are_equal()
    assert "I like short answers." in [one["content"] for one in cast.ann.ctx("memory", "list")]
    assert "I like short answers." not in [one["content"] for one in cast.carl.ctx("memory", "list")]


def a_week_without_the_net(cast: Cast) -> None:
    """One text is changed by two; a memory is deleted here and changed there."""
    ann, bob, carl = cast.ann, cast.bob, cast.carl
    cast.hand_edit(carl, "8124", "9000")
    bob.ctx("memory", "edit", cast.port, "Staging listens on port 9001.")
    ann.ctx("memory", "rm", cast.deploy)
    carl.ctx("memory", "edit", cast.deploy, "--title", "When we deploy")
    cast.sync(carl, ann, bob, carl, ann)

    assert cast.are_equal()
    for one in (ann, bob, carl):
        [conflict] = one.ctx("conflicts", "list")
        assert ["Staging listens on port 9000.", "Staging listens on port 9001."] == sorted(conflict["bodies"])
        assert "When we deploy" == one.ctx("memory", "show", cast.deploy)["title"]

    carl.ctx("conflicts", "resolve", cast.port, "Staging listens on ports 9000 and 9001.")
    cast.sync(carl, bob, ann)

    assert cast.are_equal()
    assert [[]] * 3 == [one.ctx("conflicts", "list") for one in (ann, bob, carl)]


def what_git_brings_is_known_already(cast: Cast) -> None:
    """A revision that comes by git and by the server is one; what everybody knows is the same to the byte."""
    ann, bob, carl = cast.ann, cast.bob, cast.carl
    bob.commit("synced")
    bob.git("push", "-q", "origin", "HEAD:main")
    ann.commit("synced too")
    ann.git("pull", "-q", "--no-rebase", "origin", "main")
    cast.sync(ann, bob, carl, ann, bob)

    assert cast.are_equal()
    assert bob.exported() == carl.exported()


def an_export_comes_back_as_it_was(cast: Cast, dora: Machine, file: Path) -> None:
    """An export makes the same project anywhere."""
    dora.ctx("init", "--project", cast.project)
    cast.ann.ctx("export", file)
    dora.ctx("import", "contextfs", file)

    assert cast.ann.exported() == dora.exported()
    assert cast.ann.files() == dora.files()

"""Machines that set a store up for themselves, with a home of their own and a merge driver that runs this code."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from contextfs.kit.ids import uuid7
from contextfs.local.place import required
from contextfs.local.setup.init import init
from contextfs.local.setup.model import Found, Off, Surroundings
from contextfs.local.setup.off import off
from tests.contextfs.local.places import Machine
from tests.house.source import ROOT

_PROGRAM = f"""import sys
sys.path.insert(0, {str(ROOT / "shared")!r})
from contextfs.local.merge import run
sys.exit(run(*sys.argv[2:]))
"""


def around(home: Path, environment: Mapping[str, str] | None = None, platform: str = "linux") -> Surroundings:
    """Give a machine with nothing but a home."""
    return Surroundings(home=home, environment=environment or {}, platform=platform, executable=Path(sys.executable))


def program(folder: Path) -> str:
    """Write a program that merges as `ctx git-merge` does, and give the words that start it."""
    script = folder / "it's ctx.py"
    if not script.exists():
        script.write_text(_PROGRAM)
    return f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}"


def set_up(
    machine: Machine,
    *,
    start: Path | None = None,
    name: str | None = None,
    project: UUID | None = None,
    only_here: bool = False,
) -> Found:
    """Run `ctx init` on a machine."""
    return init(
        start or machine.root,
        around=around(machine.root.parent / "home"),
        new_id=lambda: uuid7(machine.tick(), machine.random.randbytes),
        name=name,
        project=project,
        program=program(machine.root.parent),
        only_here=only_here,
    )


def switch_off(machine: Machine, *, delete: bool = False) -> Off:
    """Run `ctx off` on a machine."""
    return off(required(machine.root), delete=delete)


def bare(folder: Path, seed: int = 1) -> Machine:
    """Give a machine with an empty folder."""
    folder.mkdir()
    return Machine(folder, seed=seed)


def cloned(machine: Machine, folder: Path, seed: int) -> Machine:
    """Give another machine with a clone of a repository, set up."""
    machine.git("clone", "-q", str(machine.root), str(folder))
    clone = Machine(folder, seed=seed, who=f"user:{seed}@example.com")
    set_up(clone)
    return clone

"""A folder that somebody works in by the command line: no account, no network, a home of its own."""

import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from clients.cli.main import run
from tests.clients.cli.conftest import Run
from tests.contextfs.local.places import Machine
from tests.house.source import ROOT


@dataclass
class Folder(Machine):
    """A folder, in which commands run."""

    variables: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def environment(self) -> dict[str, str]:
        """Give the environment of its user."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONTEXTFS_", "DATABASE_"))}
        own = Path(sys.executable).parent
        home = str(self.root.parent / "home")
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "HOME": home, "CONTEXTFS_HOME": home}
        path = {"PATH": f"{own}{os.pathsep}{kept.get('PATH', '')}", "PYTHONPATH": os.pathsep.join(sys.path)}
        return kept | alone | path | {"CONTEXTFS_USER": "ann", "TZ": "UTC"} | self.variables

    def ctx(self, *arguments: str | Path, within: str = ".") -> Run:
        """Run `ctx` in this process, in this folder or one below."""
        out, err = StringIO(), StringIO()
        with (
            patch.dict(os.environ, self.environment, clear=True),
            chdir(self.root / within),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = run([*map(str, arguments)])
        return Run(code, out.getvalue(), err.getvalue())

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start `ctx` as a program of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "clients.cli.main", *map(str, arguments)],
            env=self.environment,
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def program(self, *arguments: str | Path) -> Run:
        """Run `ctx` as a program of its own."""
        started = self.start(*arguments)
        out, err = started.communicate(timeout=120)
        return Run(started.returncode, out, err)


def folder(root: Path, *, git: bool = True) -> Folder:
    """Make a folder with a store in it, by `ctx init`; in a repository whose files are committed."""
    root.mkdir(parents=True)
    made = Folder(root)
    if git:
        made.git("init", "-q")
    told = made.ctx("init", "--json")
    assert told.code == 0, told.err
    if git:
        made.commit("begin")
    return made


def source() -> Path:
    """Give where the code under test is."""
    return ROOT

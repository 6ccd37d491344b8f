"""The merge driver in a repository's own git settings: what git calls when two branches changed one memory."""

import shlex
import shutil
from pathlib import Path
from typing import Final

from contextfs.local.git import Repository
from contextfs.local.place import Place
from contextfs.local.setup import ledger
from contextfs.local.setup.model import Surroundings

TITLE: Final = "ContextFS: merges two versions of a memory"

_SECTION: Final = "merge.contextfs"


def program(around: Surroundings) -> str:
    """Give the words of a shell that start this ctx: `ctx` where that is on PATH, else where it is installed."""
    if shutil.which("ctx", path=around.environment.get("PATH", "")):
        return "ctx"
    script = shutil.which("ctx", path=str(around.executable.parent))
    if script:
        return shlex.quote(Path(script).as_posix())
    # -P: the repository that is merged may have a folder that is called like ours.
    return f"{shlex.quote(around.executable.as_posix())} -P -m clients.cli.main"


def command(starts: str) -> str:
    """Give what git runs. Where ctx is no longer installed git merges lines, as it would without a driver."""
    first = shlex.quote(shlex.split(starts)[0])
    ours = f"{starts} git-merge %O %A %B %P"
    return f"if command -v {first} >/dev/null 2>&1; then {ours}; else git merge-file -q %A %O %B; fi"


def settings_file(repository: Repository) -> Path:
    """Give the file of the settings that are the repository's own, in all its worktrees."""
    return repository.common / "config"


def registered(repository: Repository) -> dict[str, str]:
    """Read what is registered: `name` and `driver`, as far as they are there."""
    printed = repository.maybe("config", "--local", "-z", "--get-regexp", rf"^{_SECTION.replace('.', '[.]')}[.]") or ""
    pairs = (line.partition("\n") for line in printed.split("\0") if line)
    return {key.removeprefix(f"{_SECTION}."): value for key, _, value in pairs}


def register(place: Place, repository: Repository, starts: str) -> bool:
    """Register the driver, and keep the settings' former bytes; False when it is registered already."""
    wanted = {"name": TITLE, "driver": command(starts)}
    if registered(repository) == wanted:
        return False
    with ledger.touching(place, settings_file(repository)):
        for name, value in wanted.items():
            repository.run("config", "--local", "--replace-all", f"{_SECTION}.{name}", value)
    return True


def withdraw(repository: Repository) -> bool:
    """Take our own settings out, and leave all others; False when there are none."""
    names = registered(repository)
    for name in names:
        repository.run("config", "--local", "--unset-all", f"{_SECTION}.{name}")
    return bool(names)

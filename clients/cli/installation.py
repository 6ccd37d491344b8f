"""This installation: its version, and whether another product's `ctx` or `contextfs` is in its way.

Another product is distributed under the name `contextfs` and installs a command `ctx`, too.
"""

import os
import sys
import sysconfig
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import msgspec

OWN = "contextfs-platform"
OTHER = "contextfs"

_COMMAND = "ctx"
_ENTRY = "clients.cli.main"
_SCRIPTS = sysconfig.get_path("scripts")
_LONGEST_SCRIPT = 1 << 20


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the way, and its cure."""

    told: str
    cure: str


def own_version() -> str:
    """Tell the version that is installed."""
    try:
        return metadata.version(OWN)
    except metadata.PackageNotFoundError:
        return "unknown"


def troubles(environment: Mapping[str, str]) -> list[Trouble]:
    """Find what is in the way: another distribution in this Python, and other commands of the name on the PATH."""
    return [*_distributions(), *_commands(environment.get("PATH", os.defpath))]


def beyond(path: str) -> Path | None:
    """Give the folder of this `ctx` where a shell finds none by its name, or another one; None where it finds this."""
    ours = _script(Path(_SCRIPTS))
    found = next(filter(None, (_script(Path(folder or ".")) for folder in path.split(os.pathsep))), None)
    return None if ours is None or (found is not None and found.samefile(ours)) else ours.parent


def _distributions() -> list[Trouble]:
    found = {
        point.dist.name
        for point in metadata.entry_points(group="console_scripts", name=_COMMAND)
        if point.dist is not None and point.dist.name != OWN
    }
    found |= {OTHER} if _is_installed(OTHER) else set()
    return [
        Trouble(
            told=f"{name} {metadata.version(name)}, another product, is installed in {sys.prefix} and has a `ctx`, too",
            cure=f"uninstall it here (pip uninstall {name}), then {OWN} again; or give each its own environment",
        )
        for name in sorted(found)
    ]


def _commands(path: str) -> list[Trouble]:
    """Tell of each `ctx` that is found before ours, or that took its place."""
    found: list[Trouble] = []
    for folder in path.split(os.pathsep):
        script = _script(Path(folder or "."))
        if script is None:
            continue
        if _is_ours(script):
            return found
        cure = f"put {_SCRIPTS} before {script.parent} in PATH, or call {Path(_SCRIPTS) / _COMMAND}"
        found.append(Trouble(told=f"the shell finds {script}, which is another product's", cure=cure))
    return found


def _script(folder: Path) -> Path | None:
    candidates = [
        folder / f"{_COMMAND}{suffix}" for suffix in (("", ".exe", ".cmd", ".bat") if os.name == "nt" else ("",))
    ]
    return next((one for one in candidates if one.is_file() and os.access(one, os.X_OK)), None)


def _is_ours(script: Path) -> bool:
    """Tell whether a script starts this program; a launcher holds its entry's name, too."""
    try:
        with script.open("rb") as file:
            return _ENTRY.encode() in file.read(_LONGEST_SCRIPT)
    except OSError:
        return False


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True

"""A stand-in for the base image `python:3.12-slim`: Debian's smallest system by debootstrap, and this machine's Python.

As the official image it has no compiled modules and no tests of the standard library, so that a start costs the same.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

NAME = "docker.io/library/python:3.12-slim"
PYTHON = "python3.12"

_LIBRARIES = "ca-certificates,libbz2-1.0,libexpat1,libffi8,liblzma5,libncursesw6,libreadline8,libsqlite3-0,libssl3"
_INCLUDED = f"{_LIBRARIES},libuuid1,netbase,tzdata,zlib1g"
_LEFT_OUT = ("__pycache__", "*.pyc", "test", "tests", "idlelib", "site-packages", "config-3.12*")
_WHERE = """
import json, sys, sysconfig
library = sysconfig.get_config_var("LDLIBRARY") if sysconfig.get_config_var("Py_ENABLE_SHARED") else ""
found = {"program": sys.executable, "stdlib": sysconfig.get_path("stdlib"), "shared": library}
print(json.dumps(found | {"libraries": sysconfig.get_config_var("LIBDIR")}))
"""


def lacking() -> str | None:
    """Name what this machine lacks to make a base; None when it lacks nothing."""
    if os.geteuid() != 0:
        return "debootstrap needs root"
    if shutil.which("debootstrap") is None:
        return "debootstrap is not installed"
    return None if _python() else f"no {PYTHON} is installed, on the PATH or by pyenv"


def make(root: Path) -> None:
    """Make the file system of a base below `root`, an empty folder."""
    suite = _told("sh", "-c", ". /etc/os-release; echo $VERSION_CODENAME")
    mirror = _told("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages").split()[0]
    _told("debootstrap", "--variant=minbase", f"--include={_INCLUDED}", suite, str(root), mirror)
    _put_python(root)
    for folder in ("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"):
        shutil.rmtree(root / folder, ignore_errors=True)


def _put_python(root: Path) -> None:
    program = _python()
    if program is None:
        raise AssertionError("ask `lacking` first")
    where = json.loads(_told(program, "-I", "-c", _WHERE))
    local = root / "usr/local"
    shutil.copy2(Path(where["program"]).resolve(), local / "bin" / PYTHON)
    for name in ("python3", "python"):
        (local / "bin" / name).symlink_to(PYTHON)
    library = local / "lib" / PYTHON
    shutil.copytree(where["stdlib"], library, ignore=shutil.ignore_patterns(*_LEFT_OUT), symlinks=True)
    (library / "site-packages").mkdir()
    for file in Path(where["libraries"]).glob(f"{where['shared']}*" if where["shared"] else ""):
        shutil.copy2(file, local / "lib" / file.name, follow_symlinks=False)
    _told("chroot", str(root), "/sbin/ldconfig")


def _python() -> str | None:
    """Find a Python of the version that the recipe names."""
    by_pyenv = sorted(Path.home().glob(f".pyenv/versions/3.12.*/bin/{PYTHON}"))
    return str(by_pyenv[-1]) if by_pyenv else shutil.which(PYTHON)


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 - ours

"""What people hold runs on Linux, macOS and Windows: nothing in it needs a part of Python that one of them lacks."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import Module, module, modules

EVERYWHERE = (
    *("shared/contextfs/kit/", "shared/contextfs/domain/", "shared/contextfs/client/", "shared/contextfs/local/"),
    "clients/",
)
SOMEWHERE = {"fcntl", "grp", "msvcrt", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty", "winreg"}
CALLS = {"os.getuid", "os.geteuid", "os.mkfifo", "os.setsid", "os.killpg", "os.system", "os.popen"}
"""What one system has, or what asks a shell."""


def faults(one: Module) -> list[str]:
    if not one.path.startswith(EVERYWHERE):
        return []
    told = [f"{one.path} imports {name}" for name in imported(one) if name.split(".")[0] in SOMEWHERE]
    for name, call in one.calls():
        is_shell = any(word.arg == "shell" for word in call.keywords)
        if name in CALLS or (name.startswith("subprocess.") and is_shell):
            told.append(f"{one.path}:{call.lineno} calls {name}")
        if name == "os.kill" and "win32" not in one.text:
            told.append(f"{one.path}:{call.lineno} calls os.kill, which ends a process on Windows")
        if name == "os.fork" and 'hasattr(os, "fork")' not in one.text:
            told.append(f"{one.path}:{call.lineno} calls os.fork, without another way where there is none")
    return told


def imported(one: Module) -> Iterator[str]:
    for node in ast.walk(one.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize(
    "text",
    [
        "import fcntl\n",
        "from pwd import getpwnam\n",
        "import os\nos.fork()\n",
        "import os\nos.kill(1, 0)\n",
        "import subprocess\nsubprocess.run('ls', shell=True)\n",
    ],
)
def test_the_rule_can_be_broken(text: str) -> None:
    assert 1 == len(faults(module(text, "shared/contextfs/local/seeded.py")))


def test_every_module_keeps_the_rule() -> None:
    assert [] == [fault for one in modules() for fault in faults(one)]

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


OF_ONE_SYSTEM = {
    "clients/wrap/terminal.py": "clients.wrap",
    "shared/contextfs/local/folder/lease.py": "contextfs.local.folder",
}
"""Modules that are loaded on the systems that have what they need, by the functions that looked for it; and whence."""


def faults(one: Module) -> list[str]:
    if not one.path.startswith(EVERYWHERE) or one.path in OF_ONE_SYSTEM:
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


def test_what_is_of_one_system_is_loaded_by_functions_alone() -> None:
    names = {path.rsplit("/", 1)[1].removesuffix(".py") for path in OF_ONE_SYSTEM}
    at_once = [
        one.path
        for one in modules()
        for node in one.tree.body
        if isinstance(node, ast.ImportFrom)
        and node.module in OF_ONE_SYSTEM.values()
        and names & {alias.name for alias in node.names}
    ]

    assert at_once == []


def test_every_module_keeps_the_rule() -> None:
    assert [] == [fault for one in modules() for fault in faults(one)]

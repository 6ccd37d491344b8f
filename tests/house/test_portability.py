"""What people hold runs on Linux, macOS and Windows: nothing in it needs a part of Python that one of them lacks."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import Module, module, modules
from tests.house.systems import ASKING, lacking

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
NEVER = {"clients/wrap/terminal.py": {"win32"}, "shared/contextfs/local/folder/lease.py": {"win32", "darwin"}}
"""The systems on which they are never loaded."""
_WRITING = frozenset("wax+")


def faults(one: Module) -> list[str]:
    if not one.path.startswith(EVERYWHERE):
        return []
    found = [*absent(one), *translated(one)]
    return found if one.path in OF_ONE_SYSTEM else [*found, *of_one_system(one)]


def of_one_system(one: Module) -> list[str]:
    told = [f"{one.path} imports {name}" for name in imported(one) if name.split(".")[0] in SOMEWHERE]
    for name, call in one.calls():
        is_shell = any(word.arg == "shell" for word in call.keywords)
        if name in CALLS or (name.startswith("subprocess.") and is_shell):
            told.append(f"{one.path}:{call.lineno} calls {name}")
        if name == "os.kill" and "win32" not in one.text:
            told.append(f"{one.path}:{call.lineno} calls os.kill, which ends a process on Windows")
    return told


def absent(one: Module) -> Iterator[str]:
    """Find what a system lacks, where nothing in the module looks for it or asks which system it is."""
    for node in ast.walk(one.tree):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ASKING):
            continue
        whence, name = node.value.id, node.attr
        is_asked = f'hasattr({whence}, "{name}")' in one.text
        for system, others in (("win32", ("win32",)), ("darwin", ("darwin", "linux"))):
            is_known = any(f'"{other}"' in one.text for other in others) or system in NEVER.get(one.path, ())
            if name in lacking(whence, system) and not is_asked and not is_known and not _is_beside(one, name):
                yield f"{one.path}:{node.lineno} needs {whence}.{name}, which {system} lacks"


def _is_beside(one: Module, name: str) -> bool:
    """Tell whether a constant is that of a call which was looked for: posix_spawn has its own."""
    return name.startswith("POSIX_SPAWN_") and 'hasattr(os, "posix_spawnp")' in one.text


def translated(one: Module) -> Iterator[str]:
    """Find text that Windows would write with other line ends."""
    for name, call in one.calls():
        words = {word.arg for word in call.keywords}
        writes = name.endswith(".write_text") or (name.rpartition(".")[2] in {"open", "fdopen"} and _writes_text(call))
        if writes and "newline" not in words:
            yield f"{one.path}:{call.lineno} writes text without saying which line ends"


def _writes_text(call: ast.Call) -> bool:
    given = [*call.args, *(word.value for word in call.keywords if word.arg == "mode")]
    modes = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(set(mode) & _WRITING and set(mode) <= _WRITING | {"r", "t"} for mode in modes)


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
        "import os\nos.nice(1)\n",
        "import signal\nsignal.SIGHUP\n",
        'import sys, os\nif sys.platform != "win32":\n    os.waitid(os.P_ALL, 0, 0)\n',
        "from pathlib import Path\nPath('a').write_text('b')\n",
        "open('a', 'w', encoding='utf-8')\n",
        "open('a', mode='a', encoding='utf-8')\n",
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

"""What people hold runs on Linux, macOS and Windows: nothing in it needs a part of Python that one of them lacks."""

import ast
from collections.abc import Iterator, Mapping

import pytest

from tests.house.guards import SYSTEMS, Known, parts
from tests.house.source import Module, module, modules
from tests.house.systems import ASKING, lacking

EVERYWHERE = (
    *("shared/contextfs/kit/", "shared/contextfs/domain/", "shared/contextfs/client/", "shared/contextfs/local/"),
    "clients/",
)
_OF_UNIX = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
_OF_WINDOWS = {"msvcrt", "winreg"}
CALLS = {
    "os.system": "asks a shell",
    "os.popen": "asks a shell",
    "os.fsync": "leaves on macOS what is written in the cache of the drive: contextfs.kit.durable flushes",
}
"""What is there on each system, and not to be called."""
FLUSHING = {"shared/contextfs/kit/durable.py", "shared/contextfs/local/folder/write.py"}
"""Who knows what `os.fsync` does where."""

OF_ONE_SYSTEM = {
    "clients/wrap/terminal.py": "clients.wrap",
    "shared/contextfs/local/folder/lease.py": "contextfs.local.folder",
}
"""Modules that are loaded on the systems that have what they need, by the functions that looked for it; and whence."""
NEVER = {"clients/wrap/terminal.py": {"win32"}, "shared/contextfs/local/folder/lease.py": {"win32", "darwin"}}
"""The systems on which they are never loaded."""
_WRITING = frozenset("wax+")
_OPENING = {"open", "fdopen", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"}


def faults(one: Module) -> list[str]:
    if not one.path.startswith(EVERYWHERE):
        return []
    return [*of_one_system(one), *translated(one)]


def of_one_system(one: Module) -> Iterator[str]:
    """Find what a system lacks or does otherwise, where what stands around it does not say that it is another one."""
    aliases = _aliases(one.tree)
    for node, known in parts(one.tree, Known(SYSTEMS - NEVER.get(one.path, set()))):
        told = [*_modules(node, known), *_calls(node, known, aliases)]
        told += [fault for name in _named(node, aliases) if (fault := _lacking(name, known, one.path))]
        yield from (f"{one.path}:{getattr(node, 'lineno', 0)} {fault}" for fault in told)


def _modules(node: ast.AST, known: Known) -> Iterator[str]:
    for name in _imported(node):
        lacking_it = _without(name) & known.systems
        if lacking_it and not known.has("import *"):
            yield f"imports {name}, absent on {' and '.join(sorted(lacking_it))}"


def _calls(node: ast.AST, known: Known, aliases: Mapping[str, str]) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    name = _dotted(node.func, aliases)
    if name.startswith("subprocess.") and any(word.arg == "shell" for word in node.keywords):
        yield f"calls {name} with a shell"
    if name == "os.kill" and "win32" in known.systems:
        yield "calls os.kill, which ends a process on Windows"


def _lacking(name: tuple[str, str], known: Known, path: str) -> str | None:
    dotted = ".".join(name)
    if dotted in CALLS and path not in FLUSHING:
        return f"needs {dotted}, which {CALLS[dotted]}"
    those = [system for system in sorted(known.systems) if name[1] in lacking(name[0], system)]
    if those and not known.has(dotted) and not _beside(name[1], known):
        return f"needs {dotted}, absent on {' and '.join(those)}"
    return None


def _without(name: str) -> frozenset[str]:
    """Give the systems that lack a module."""
    room = name.split(".", maxsplit=1)[0]
    if room in _OF_UNIX:
        return frozenset({"win32"})
    return SYSTEMS - {"win32"} if room in _OF_WINDOWS else frozenset()


def _aliases(tree: ast.Module) -> dict[str, str]:
    """Give what names stand for that imports bring: `o` for `os`, `leave` for `os._exit`."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {
                alias.asname or alias.name.split(".")[0]: alias.name if alias.asname else alias.name.split(".")[0]
                for alias in node.names
            }
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _dotted(node: ast.expr, aliases: Mapping[str, str]) -> str:
    first, dot, rest = ast.unparse(node).partition(".")
    return f"{aliases.get(first, first)}{dot}{rest}"


def _named(node: ast.AST, aliases: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give what is taken of the modules that ask the system."""
    if isinstance(node, ast.ImportFrom) and node.module in ASKING:
        yield from ((node.module, alias.name) for alias in node.names)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        whence = aliases.get(node.value.id, node.value.id)
        if whence in ASKING:
            yield whence, node.attr


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield node.module or ""


def _beside(name: str, known: Known) -> bool:
    """Tell whether a constant is that of a call which was looked for: posix_spawn has its own."""
    return name.startswith("POSIX_SPAWN_") and known.has("os.posix_spawnp")


def translated(one: Module) -> Iterator[str]:
    """Find text that Windows would write with other line ends."""
    for name, call in one.calls():
        words = {word.arg for word in call.keywords}
        last = name.rpartition(".")[2]
        writes = last == "TextIOWrapper" or (last in _OPENING and _writes_text(call))
        if (writes or name.endswith(".write_text")) and "newline" not in words:
            yield f"{one.path}:{call.lineno} writes text without saying which line ends"


def _writes_text(call: ast.Call) -> bool:
    given = [*call.args, *(word.value for word in call.keywords if word.arg == "mode")]
    modes = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(set(mode) & _WRITING and set(mode) <= _WRITING | {"r", "t"} for mode in modes)


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
        'import os\nX = "win32"\nos.nice(1)\n',
        'import os, sys\nif sys.platform == "win32":\n    pass\nos.nice(1)\n',
        'import os\nif hasattr(os, "fork"):\n    os.nice(1)\n',
        'import os, sys\nif sys.platform == "win32":\n    os.nice(1)\n',
        "from os import getuid\ngetuid()\n",
        "import os as o\no.fork()\n",
        "import os\nos.fsync(1)\n",
        "import io\nio.TextIOWrapper(f)\n",
        "import tempfile\ntempfile.NamedTemporaryFile('w')\n",
    ],
)
def test_the_rule_can_be_broken(text: str) -> None:
    assert 1 == len(faults(module(text, "shared/contextfs/local/seeded.py")))


@pytest.mark.parametrize(
    "text",
    [
        'import os, sys\nif sys.platform != "win32":\n    os.nice(1)\n',
        'import os, sys\ndef f():\n    if sys.platform == "win32":\n        return\n    os.nice(1)\n',
        'import os\nif hasattr(os, "fork"):\n    os.fork()\n',
        'import os\nhasattr(os, "nice") and os.nice(1)\n',
        'import os\nx = os.getuid() if os.name == "posix" else 0\n',
        "import os\ntry:\n    os.fork()\nexcept AttributeError:\n    pass\n",
        "try:\n    import fcntl\nexcept ImportError:\n    pass\n",
        'import sys\nif sys.platform in {"linux", "darwin"}:\n    import fcntl\n',
    ],
)
def test_what_stands_behind_a_question_keeps_the_rule(text: str) -> None:
    assert [] == faults(module(text, "shared/contextfs/local/seeded.py"))


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

"""Each line of the guide of integrations works on a machine that has nothing but that tool's conversations."""

import os
import re
import shlex
import shutil
import zipfile
from pathlib import Path

import pytest

from contextfs.adapters.transcripts import READERS
from tests.clients.cli.here.folder import Folder, folder
from tests.house.source import ROOT

GUIDE = ROOT / "docs" / "guides" / "integrations.md"
SAMPLES = ROOT / "tests" / "data" / "transcripts"
LINES = dict(re.findall(r"^\| ([^|]+?) \| `(ctx [^`]+)` \|", GUIDE.read_text(), re.MULTILINE))
COMMANDS = {tool: [shlex.split(one) for one in re.split(r" && |; ", line)] for tool, line in LINES.items()}
IMPORTED = {command[2] for commands in COMMANDS.values() for command in commands if command[1] == "import"}
INSTALLED = sorted(
    {tuple(command[1:]) for commands in COMMANDS.values() for command in commands if "install" in command}
)


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a folder with an empty store, and a home with nothing in it."""
    made = folder(tmp_path / "r")
    (tmp_path / "home").mkdir(exist_ok=True)
    agent = tmp_path / "bin" / "gemini"  # editors start agents that are installed
    agent.parent.mkdir()
    agent.write_text("#!/bin/sh\n")
    agent.chmod(0o755)
    made.variables["PATH"] = f"{agent.parent}{os.pathsep}{made.environment['PATH']}"
    return made


def test_each_tool_that_is_read_has_a_line() -> None:
    assert {*READERS} - {"contextfs"} == IMPORTED


@pytest.mark.parametrize("tool", [one for one in COMMANDS if len(COMMANDS[one]) > 1])
def test_where_a_tool_has_kept_nothing_yet_all_else_of_its_line_is_done(tool: str, here: Folder) -> None:
    codes = [here.ctx(*command[1:]).code for command in COMMANDS[tool]]

    assert not any(codes[:-1])
    assert ["import"] == [command[1] for command in COMMANDS[tool][-1:]]


@pytest.mark.parametrize("tool", sorted(IMPORTED))
def test_the_conversations_of_a_tool_are_imported_once(tool: str, here: Folder, tmp_path: Path) -> None:
    path = SAMPLES / tool
    [line] = [one for commands in COMMANDS.values() for one in commands if one[1:3] == ["import", tool]]
    if line[3:]:  # an export is a zip
        path = tmp_path / Path(line[3]).name
        with zipfile.ZipFile(path, "w") as export:
            export.write(SAMPLES / tool / "conversations.json", "conversations.json")
    elif tool == "aider":
        path = shutil.copy(SAMPLES / tool / "aider.chat.history.md", tmp_path / ".aider.chat.history.md")

    elif tool == "specstory":
        [path] = (SAMPLES / tool).glob("2026-*.md")

    first = here.ctx("import", tool, path, "--json")
    again = here.ctx("import", tool, path, "--json")

    assert (0, 0) == (first.code, again.code), first.err
    assert (True, 0) == (first.json["sessions"]["new"] > 0, again.json["sessions"]["new"])


@pytest.mark.parametrize("command", INSTALLED, ids=" ".join)
def test_what_is_installed_is_taken_back_to_the_byte(command: tuple[str, ...], here: Folder, tmp_path: Path) -> None:
    def files() -> dict[str, bytes]:
        found = (one for one in (tmp_path / "home").rglob("*") if one.is_file())
        return {str(one): one.read_bytes() for one in found if ".contextfs" not in one.parts}

    before = files()
    installed = here.ctx(*command)
    between = files()
    removed = here.ctx(*("uninstall" if word == "install" else word for word in command))

    assert (0, 0) == (installed.code, removed.code), installed.err + removed.err
    assert before != between
    assert before == {name: held for name, held in files().items() if not name.endswith(".bak") and held.strip()}


@pytest.mark.parametrize("tool", ["OpenAI API, Anthropic API", "any program"])
def test_a_program_that_is_wrapped_goes_on_as_it_would(tool: str, here: Folder) -> None:
    [line] = COMMANDS[tool]
    (here.root / "bot.py").write_text("print('Ready.')")

    told = here.program(*line[1:], *(["bot.py"] if "bot.py" not in line else []))

    assert (0, "Ready.") == (told.code, told.out.strip()), told.err

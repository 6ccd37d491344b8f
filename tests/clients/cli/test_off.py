"""`ctx off`: what was written for the repository goes, what serves the machine is named."""

import json
import os
from pathlib import Path

import pytest

from clients.cli.main import run
from tests.clients.cli.conftest import Ctx, Run
from tests.contextfs.local.places import Machine

FORMER = '{"theme": "dark"}'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a folder with a store."""
    root = tmp_path / "repository"
    root.mkdir()
    return Machine(root).init().root


@pytest.fixture
def here(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ctx:
    """Give a function that runs `ctx` in the folder, with a home of its own."""
    home = root.parent
    kept = {"PATH": os.environ["PATH"], "HOME": str(home), "CONTEXTFS_HOME": str(home / "contextfs")}

    def run_here(*arguments: str | Path, stdin: str = "", **variables: str) -> Run:
        with monkeypatch.context() as patch:
            patch.setattr(os, "environ", kept | variables)
            patch.chdir(root)
            capsys.readouterr()
            code = run([*map(str, arguments)])
        told = capsys.readouterr()
        return Run(code, told.out, told.err)

    return run_here


@pytest.mark.parametrize("delete", [False, True])
def test_settings_of_the_repository_are_as_they_were(here: Ctx, root: Path, *, delete: bool) -> None:
    gemini = root / ".gemini/settings.json"
    gemini.parent.mkdir()
    gemini.write_text(FORMER)
    here("install", "gemini", "--project")
    here("mcp", "install", "gemini", "--project")
    here("mcp", "install", "claude-code", "--project")

    told = here("off", *(["--delete"] if delete else []))

    assert 0 == told.code
    assert FORMER == gemini.read_text()
    assert not (root / ".mcp.json").exists()
    assert f"restored  {root / '.mcp.json'}" in told.out.splitlines()
    assert (not delete) == (root / ".contextfs").exists()


def test_settings_of_the_machine_stay_and_are_named_with_the_command_that_takes_them_out(here: Ctx, root: Path) -> None:
    here("install", "claude-code")
    here("mcp", "install", "cursor")

    told = here("off")
    again = [here("uninstall", "claude-code").code, here("mcp", "uninstall", "cursor").code]

    hooks, mcp = root.parent / ".claude/settings.json", root.parent / ".cursor/mcp.json"
    assert {
        f"{hooks} serves other repositories, too: `ctx uninstall claude-code` takes us out of it.",
        f"{mcp} serves other repositories, too: `ctx mcp uninstall cursor` takes us out of it.",
    } <= {*told.err.splitlines()}
    assert [0, 0] == again
    assert (False, False) == (hooks.exists(), mcp.exists())


def test_what_came_with_the_repository_is_named_and_stays(here: Ctx, root: Path) -> None:
    here("mcp", "install", "claude-code", "--project")
    for record in (root.parent / "contextfs/installed").iterdir():
        record.unlink()

    told = here("off", "--json")

    [note] = [note for note in told.json["notes"] if ".mcp.json" in note]
    assert "`ctx mcp uninstall claude-code --project`" in note
    assert "contextfs" in json.loads((root / ".mcp.json").read_text())["mcpServers"]


def test_settings_that_cannot_be_read_do_not_keep_the_store_on(here: Ctx, root: Path) -> None:
    here("mcp", "install", "claude-code", "--project")
    file = root / ".mcp.json"
    file.write_text(file.read_text().replace("}", "", 1))

    told = here("off")

    assert 0 == told.code
    assert f"{file}: " in told.err
    assert "Then `ctx mcp uninstall claude-code --project` takes us out of it." in told.err

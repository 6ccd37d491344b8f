"""`ctx mcp install`: every client's settings get our lines, and are again what they were."""

import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clients.cli.main import run
from clients.mcp import installing
from clients.mcp.targets import TARGETS, Target
from tests.clients.mcp.conftest import without_mcp

FORMER = {
    ".json": '// mine\n{\n\t"theme": "dark", // as I like it\n\t"mcpServers": {"other": {"command": "x"}},\n}\n',
    ".toml": '# mine\nmodel = "o3"\n\n[mcp_servers.other]\ncommand = "x"',
    ".yaml": "name: Mine\n",
}
KEPT = {
    ".json": ('// mine\n{\n\t"theme": "dark", // as I like it\n\t', '"other": {"command": "x"}'),
    ".toml": ('# mine\nmodel = "o3"\n\n[mcp_servers.other]\ncommand = "x"\n',),
}
Ctx = Callable[..., int]


@pytest.fixture
def ctx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ctx:
    """Give a function that runs `ctx mcp` in a repository and a home of their own."""
    (tmp_path / "repository").mkdir()
    kept = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CONTEXTFS_HOME": str(tmp_path / "contextfs")}

    def called(*arguments: str) -> int:
        with monkeypatch.context() as patch:
            patch.setattr(os, "environ", kept)
            patch.chdir(tmp_path / "repository")
            return run(["mcp", *arguments])

    return called


def file_of(target: Target, folder: Path, monkeypatch: pytest.MonkeyPatch, *, project: bool) -> Path:
    """Give the file that is written."""
    if project:
        assert target.project
        return folder / "repository" / target.project
    with monkeypatch.context() as patch:
        patch.setattr(os, "environ", {"HOME": str(folder)})
        assert target.user
        return target.user(installing.surroundings())


CASES = [
    (target, project) for target in TARGETS for project in (False, True) if (target.project if project else target.user)
]


@pytest.mark.parametrize(("target", "project"), CASES, ids=lambda case: getattr(case, "name", str(case)))
def test_settings_that_are_there_keep_all_that_is_in_them(
    ctx: Ctx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: Target, *, project: bool
) -> None:
    file = file_of(target, tmp_path, monkeypatch, project=project)
    file.parent.mkdir(parents=True, exist_ok=True)
    former = FORMER[file.suffix].encode()
    file.write_bytes(former)
    scope = ["--project"] if project else []

    codes = [ctx("install", target.name, *scope), ctx("install", target.name, *scope)]
    written = file.read_text()
    codes.append(ctx("uninstall", target.name, *scope))

    assert [0, 0, 0] == codes
    assert target.edit(["ctx"]).is_in(written)
    assert file.suffix == ".yaml" or all(part in written for part in KEPT[file.suffix])
    assert former == file.read_bytes()


@pytest.mark.parametrize(("target", "project"), CASES, ids=lambda case: getattr(case, "name", str(case)))
def test_settings_that_are_not_there_come_and_go(
    ctx: Ctx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: Target, *, project: bool
) -> None:
    file = file_of(target, tmp_path, monkeypatch, project=project)
    scope = ["--project"] if project else []

    ctx("install", target.name, *scope)
    values = read(file)
    ctx("uninstall", target.name, *scope)

    assert "mcp" in json.dumps(values)
    assert not file.exists()


def test_the_users_settings_name_this_program_and_a_repositorys_its_name(ctx: Ctx, tmp_path: Path) -> None:
    ctx("install", "claude-code")
    ctx("install", "claude-code", "--project")

    own = read(tmp_path / ".claude.json")["mcpServers"]["contextfs"]
    shared = read(tmp_path / "repository" / ".mcp.json")["mcpServers"]["contextfs"]

    assert Path(own["command"]).is_absolute()
    assert {"type": "stdio", "command": "ctx", "args": ["mcp"]} == shared


def test_a_client_that_starts_us_elsewhere_is_told_the_folder(ctx: Ctx, tmp_path: Path) -> None:
    store = tmp_path / "repository" / ".contextfs"
    store.mkdir()
    (store / "config.toml").write_text(
        '[project]\nid = "0190a0a0-0000-7000-8000-000000000000"\nname = "x"\n', encoding="utf-8"
    )

    ctx("install", "claude-desktop")
    ctx("install", "vscode")

    desktop = read(tmp_path / ".config/Claude/claude_desktop_config.json")["mcpServers"]["contextfs"]
    code = read(tmp_path / ".config/Code/User/mcp.json")["servers"]["contextfs"]
    assert ["mcp", "--folder", str(tmp_path / "repository")] == desktop["args"][-3:]
    assert ["mcp", "--folder", "${workspaceFolder}"] == code["args"][-3:]


def test_a_dry_run_shows_and_writes_nothing(ctx: Ctx, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ctx("install", "cursor", "--dry-run") == 0
    assert '+    "contextfs": {' in capsys.readouterr().out
    assert not (tmp_path / ".cursor").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["install"], 2, "name the client to install"),
        (["install", "cursr"], 3, "did you mean cursor?"),
        (["install", "claude-desktop", "--project"], 2, "leave --project out"),
    ],
)
def test_a_wrong_call_is_told(
    ctx: Ctx, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, told: str
) -> None:
    assert code == ctx(*arguments)
    assert told in capsys.readouterr().err


def test_settings_that_are_broken_stay_as_they_are(
    ctx: Ctx, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".claude.json").write_text('{\n  "a": \n}')

    assert ctx("install", "claude-code") == 2
    assert "line 3 is not JSON" in capsys.readouterr().err
    assert (tmp_path / ".claude.json").read_text() == '{\n  "a": \n}'


def read(file: Path) -> Any:
    if file.suffix == ".toml":
        return tomllib.loads(file.read_text())
    return file.read_text() if file.suffix == ".yaml" else json.loads(file.read_text())


def test_without_the_package_it_says_what_is_missing(
    ctx: Ctx, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_mcp(monkeypatch)

    assert ctx() == 1
    assert "pip install 'contextfs-platform[mcp]'" in capsys.readouterr().err

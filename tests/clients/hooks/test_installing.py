"""`ctx install` and `ctx uninstall`: hooks come beside those that are there, and go without a trace."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.cli.main import run
from clients.hooks.targets import TARGETS, Target
from clients.settings.jsonc import parse
from contextfs.kit.errors import Invalid
from contextfs.local.setup.model import Surroundings
from tests.clients.settings.test_json_edit import texts

THEIRS = """// mine
{
  "theme": "dark",
  "hooks": {
    "Stop": [
      {"hooks": [{"type": "command", "command": "say done"}]}, // loud
    ],
    "sessionStart": [{"command": "hello"}]
  }
}
"""
VERSION = {"version": 1}
"""What Cursor needs beside hooks: it came with us, and stays for whoever came after."""
Ctx = Callable[..., int]
OWN_FILE = {"copilot", "opencode"}
"""Tools that read every file of a folder: ours is a file of its own there."""
SCRIPT = "#!/usr/bin/env bash\n# mine\ncat > said.json\nexit 3\n"
SCRIPTED = {"cline"}
"""Tools that run a script for each event, in which ours is the first line."""
targets = pytest.mark.parametrize("target", TARGETS, ids=lambda one: one.name)


@pytest.fixture
def ctx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ctx:
    """Give a function that runs `ctx` in a repository and a home of their own."""
    (tmp_path / "repository").mkdir()
    kept = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CONTEXTFS_HOME": str(tmp_path / "contextfs")}

    def called(*arguments: str) -> int:
        with monkeypatch.context() as patch:
            patch.setattr(os, "environ", kept)
            patch.chdir(tmp_path / "repository")
            return run([*arguments])

    return called


def file_of(target: Target, home: Path) -> Path:
    return target.user(Surroundings(home=home, environment={}, platform="linux", executable=Path("/python")))


def test_a_script_that_may_not_run_is_told_with_the_cure(
    ctx: Ctx, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = file_of(next(one for one in TARGETS if one.name == "cline"), tmp_path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SCRIPT)
    file.chmod(0o644)

    ctx("install", "cline")
    told = capsys.readouterr().err
    file.chmod(0o755)
    ctx("install", "cline")

    assert (True, False) == (f"chmod +x {file}" in told, "chmod" in capsys.readouterr().err)


@targets
def test_hooks_that_are_there_stay_and_run_first(ctx: Ctx, tmp_path: Path, target: Target) -> None:
    file = file_of(target, tmp_path)
    file.parent.mkdir(parents=True, exist_ok=True)
    theirs = SCRIPT if target.name in SCRIPTED else THEIRS
    file.write_text(theirs)

    codes = [ctx("install", target.name), ctx("install", target.name)]
    written = file.read_text()
    codes.append(ctx("uninstall", target.name))

    assert [0, 0, 0] == codes
    assert all(f" hook {target.name} {event}" in written for event in target.events)
    assert written.count(f" hook {target.name} ") == len(target.events) * (2 if target.name == "copilot" else 1)
    assert target.name in OWN_FILE | SCRIPTED or written.index("say done") < written.index(
        f"hook {target.name} {target.events[-2]}"
    )
    assert file.read_text() == theirs


@targets
@pytest.mark.parametrize("scope", [[], ["--project"]], ids=["user", "project"])
def test_without_settings_they_come_and_go(ctx: Ctx, tmp_path: Path, target: Target, scope: list[str]) -> None:
    file = tmp_path / "repository" / target.project if scope else file_of(target, tmp_path)

    ctx("install", target.name, *scope)
    written = file.read_text()
    ctx("uninstall", target.name, *scope)

    assert target.name in {"opencode", *SCRIPTED} or list(target.events) == list(json.loads(written)["hooks"])
    assert all(f" hook {target.name} {event}" in written for event in target.events)
    assert not file.exists()
    assert [] == list((tmp_path / "repository").iterdir())


@settings(max_examples=40, deadline=None)
@given(texts(), st.sampled_from([one for one in TARGETS if one.name not in OWN_FILE | SCRIPTED]))
def test_whatever_the_settings_are_they_come_back_to_the_byte(text: str, target: Target) -> None:
    edit = target.edit(target.events, lambda event: f"ctx hook {target.name} {event}")
    other = target.edit(target.events, lambda event: f"say {event}")
    try:
        applied = edit.apply(text)
    except Invalid:
        return  # `hooks` is no object in it, or an event no list: it is refused, and stays

    assert text == edit.withdraw(applied, text)
    assert parse(other.apply(text)).value | VERSION == parse(edit.withdraw(other.apply(applied), text)).value | VERSION


def test_an_older_line_of_ours_is_replaced(ctx: Ctx, tmp_path: Path) -> None:
    file = tmp_path / ".claude" / "settings.json"
    file.parent.mkdir()
    old: dict[str, Any] = {"hooks": [{"type": "command", "command": "/old/ctx hook claude-code Stop"}]}
    file.write_text(json.dumps({"hooks": {"Stop": [old]}}))

    ctx("install", "claude-code")

    [kept] = json.loads(file.read_text())["hooks"]["Stop"]
    assert not kept["hooks"][0]["command"].startswith("/old")


def test_without_a_tool_all_are_listed(ctx: Ctx, capsys: pytest.CaptureFixture[str]) -> None:
    ctx("install", "codex")
    capsys.readouterr()

    ctx("install", "--json")

    rows = json.loads(capsys.readouterr().out)
    assert ["codex"] == [row["tool"] for row in rows if row["state"]]


def test_an_unknown_tool_is_told(ctx: Ctx, capsys: pytest.CaptureFixture[str]) -> None:
    assert ctx("install", "claud-code") == 3
    assert "did you mean claude-code?" in capsys.readouterr().err

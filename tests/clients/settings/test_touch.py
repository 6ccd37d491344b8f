"""A file of another program is changed, and is again what it was."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.settings import touch
from clients.settings.json_edit import Member
from clients.settings.script_edit import Script
from contextfs.kit.errors import Invalid, Unavailable

OURS = Member(path=("mcpServers", "contextfs"), value={"command": "ctx"})
OTHER = Member(path=("hooks", "Stop"), value=["ctx hook"])


def test_a_file_that_was_not_there_goes_with_its_folders(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "mcp.json"

    done = touch.install(tmp_path / "home", "mcp", file, OURS)
    written = json.loads(file.read_text())
    undone = touch.uninstall(tmp_path / "home", "mcp", file, OURS)

    assert ("written", "restored") == (done, undone)
    assert {"mcpServers": {"contextfs": {"command": "ctx"}}} == written
    assert not (tmp_path / "a").exists()
    assert [] == list((tmp_path / "home" / "installed").iterdir())


@settings(deadline=None, max_examples=25)
@given(st.text(alphabet=" \n\t{}").map(lambda space: f'{space.replace("{", "").replace("}", "")}{{"a": [ ]}}'))
def test_whatever_it_was_comes_back_to_the_byte(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("settings")
    file = folder / "settings.json"
    file.write_bytes(text.encode())

    touch.install(folder, "mcp", file, OURS)
    touch.install(folder, "hooks", file, OTHER)
    touch.uninstall(folder, "mcp", file, OURS)
    touch.uninstall(folder, "hooks", file, OTHER)

    assert text.encode() == file.read_bytes()


@pytest.mark.parametrize("order", [("mcp", "hooks"), ("hooks", "mcp")])
@pytest.mark.parametrize("before", [None, '{ "a": 1 }', "\n"])
def test_two_changes_of_one_file_go_in_any_order(tmp_path: Path, before: str | None, order: tuple[str, str]) -> None:
    file, home = tmp_path / "a" / "settings.json", tmp_path / "home"
    if before is not None:
        file.parent.mkdir()
        file.write_text(before)
    changes = {"mcp": OURS, "hooks": OTHER}

    for name, change in changes.items():
        touch.install(home, name, file, change)
    done = [touch.uninstall(home, name, file, changes[name]) for name in order]

    assert done[-1] == "restored"
    assert (file.read_text() if before is not None else None) == before
    assert file.parent.exists() == (before is not None)
    assert list((home / "installed").iterdir()) == []


def test_twice_is_once(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text("{ }")

    assert ["written", "same"] == [touch.install(tmp_path, "mcp", file, OURS) for _ in range(2)]
    assert ["restored", "absent"] == [touch.uninstall(tmp_path, "mcp", file, OURS) for _ in range(2)]
    assert file.read_text() == "{ }"


def test_what_others_changed_since_stays(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{\n  "a": 1\n}\n')
    touch.install(tmp_path, "mcp", file, OURS)
    file.write_text(file.read_text().replace('"a": 1', '"a": 2'))

    outcome = touch.uninstall(tmp_path, "mcp", file, OURS)

    assert ("cleaned", '{\n  "a": 2\n}\n') == (outcome, file.read_text())


def test_a_new_version_over_an_old_one_still_goes_back_to_before_both(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text("{}")
    touch.install(tmp_path, "mcp", file, OURS)
    touch.install(tmp_path, "mcp", file, Member(path=OURS.path, value={"command": "newer"}))

    touch.uninstall(tmp_path, "mcp", file, OURS)

    assert file.read_text() == "{}"


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe{}", b"[]"])
def test_what_we_cannot_read_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(content)

    with pytest.raises(Invalid, match=r"settings\.json: "):
        touch.install(tmp_path / "home", "mcp", file, OURS)
    assert file.read_bytes() == content


def test_rights_and_links_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.json", tmp_path / "settings.json"
    real.write_text("{}")
    real.chmod(0o600)
    link.symlink_to(real)

    touch.install(tmp_path, "mcp", link, OURS)

    assert (0o600, True) == (real.stat().st_mode & 0o777, link.is_symlink())
    assert "contextfs" in real.read_text()


@pytest.mark.parametrize(("before", "mode"), [("", 0o755), ("#!/bin/sh\n", 0o644)])
def test_an_empty_file_may_run_as_the_script_that_it_becomes_and_another_stays_switched_off(
    tmp_path: Path, before: str, mode: int
) -> None:
    file = tmp_path / "TaskComplete"
    file.write_text(before)
    file.chmod(0o644)

    touch.install(tmp_path / "home", "hooks", file, Script(line="ctx", is_ours="ctx"))

    assert (mode, mode != 0o755) == (file.stat().st_mode & 0o777, touch.is_switched_off(file))


def test_the_former_bytes_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"env": {"TOKEN": "secret"}}')

    touch.install(tmp_path / "home", "mcp", file, OURS)

    [record] = (tmp_path / "home" / "installed").iterdir()
    assert record.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_not_ours_is_told(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)

    with pytest.raises(Unavailable, match="give it back"):
        touch.install(tmp_path, "mcp", tmp_path / "closed" / "settings.json", OURS)

"""`ctx doctor`: what is wrong, and its cure."""

import sys
from pathlib import Path

import pytest

from clients.cli import installation
from tests.clients.cli.conftest import Ctx


def script(folder: Path, text: str) -> Path:
    """Put a program called `ctx` into a folder."""
    folder.mkdir()
    path = folder / "ctx"
    path.write_text(text)
    path.chmod(0o755)
    return folder


def test_a_server_without_a_model_needs_attention(ctx: Ctx) -> None:
    told = ctx("doctor")

    assert told.code == 1
    assert [line.split()[0] for line in told.out.splitlines() if line.startswith("!!")] == ["!!"]
    assert "ok  server: " in told.out
    assert "ok  key: it is valid" in told.out
    assert "!!  embedder: none" in told.out
    assert "cure: `make models`" in told.out


def test_a_wrong_key_is_found_out(ctx: Ctx) -> None:
    findings = {one["check"]: one for one in ctx("doctor", "--json", CONTEXTFS_API_KEY="ctxk_live_x").json}

    assert (findings["server"]["state"], findings["key"]["state"]) == ("ok", "attention")
    assert "CONTEXTFS_API_KEY" in findings["key"]["cure"]


def test_a_server_that_is_away_is_found_out(ctx: Ctx) -> None:
    told = ctx("doctor", CONTEXTFS_URL="http://127.0.0.1:9")

    assert told.code == 1
    assert "!!  server: http://127.0.0.1:9 does not answer" in told.out


def test_a_command_of_the_same_name_before_ours_is_found(tmp_path: Path) -> None:
    other = script(tmp_path / "other", "#!/bin/sh\necho another product\n")
    own = script(tmp_path / "own", "from clients.cli.main import main\n")

    before = installation.troubles({"PATH": f"{other}:{own}"})
    behind = installation.troubles({"PATH": f"{own}:{other}"})

    assert [f"the shell finds {other}/ctx, which is another product's"] == [trouble.told for trouble in before]
    assert "PATH" in before[0].cure
    assert [] == behind


def test_the_other_distribution_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dist = tmp_path / "contextfs-9.9.dist-info"
    dist.mkdir()
    (dist / "METADATA").write_text("Metadata-Version: 2.1\nName: contextfs\nVersion: 9.9\n")
    (dist / "entry_points.txt").write_text("[console_scripts]\nctx = contextfs_cli:main\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    found = installation.troubles({"PATH": ""})

    assert len(found) == 1
    assert found[0].told.startswith("contextfs 9.9, another product")
    assert "pip uninstall contextfs" in found[0].cure

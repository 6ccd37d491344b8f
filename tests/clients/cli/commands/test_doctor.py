"""`ctx doctor`: what is wrong, and its cure."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.cli import installation
from clients.cli.there.status import OUTDATED
from contextfs.journeys.enter.organization import plan
from contextfs.kit.clock import system_clock
from contextfs.runtime.stack import Home
from contextfs.runtime.stack.model import Saved
from contextfs.runtime.stack.probe import supervision
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


@pytest.fixture
def platform(tmp_path: Path, api_url: str) -> Iterator[Home]:
    """Give a home whose stack seems to run at the server's port, with other code than this."""
    home = Home(tmp_path / "contextfs")
    home.make()
    founding = plan(organization="Local", email="o@localhost", project="p", now=system_clock(), entropy=os.urandom)
    home.save(Saved(port=int(api_url.rpartition(":")[2]), founding=founding))
    told = {"supervisor": os.getpid(), "processes": list[str](), "fingerprint": "another"}
    (home.path / "processes.json").write_text(json.dumps(told))
    lock = supervision(home)
    yield home
    os.close(lock)


def _platform(ctx: Ctx) -> list[str]:
    return [one["told"] for one in ctx("doctor", "--json").json if one["check"] == "platform"]


def test_other_code_than_is_installed_is_found_out(ctx: Ctx, platform: Home) -> None:
    assert _platform(ctx) == ["it runs with other code, or another model, than is installed here"]
    assert OUTDATED in ctx("status").out


def test_of_a_platform_that_is_stopped_nothing_is_said_though_something_answers_there(
    ctx: Ctx, tmp_path: Path, platform: Home
) -> None:
    (platform.path / "supervisor.lock").unlink()  # as if nobody held it

    assert _platform(ctx) == []


def test_a_damaged_file_of_the_platform_is_a_finding_while_it_runs_and_else_not_looked_at(
    ctx: Ctx, platform: Home
) -> None:
    (platform.path / "stack.json").write_text("{")

    [told] = _platform(ctx)
    assert "stack.json is damaged" in told

    (platform.path / "supervisor.lock").unlink()
    assert _platform(ctx) == []


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

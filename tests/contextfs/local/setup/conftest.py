"""Repositories that `ctx init` set up."""

import os
from pathlib import Path

import pytest

from tests.contextfs.local.places import Machine
from tests.contextfs.local.setup.machines import bare, set_up


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of the user who runs the tests away from git."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def ready(tmp_path: Path) -> Machine:
    """Give a git repository whose store was made by `ctx init`, committed."""
    machine = bare(tmp_path / "a repository")
    machine.git("init", "-q")
    set_up(machine)
    machine.commit("begin")
    return machine

"""Machines to test with."""

from pathlib import Path

import pytest

from tests.contextfs.local.places import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Give a folder with an empty store."""
    root = tmp_path / "repository"
    root.mkdir()
    return Machine(root).init()


@pytest.fixture
def repository(machine: Machine) -> Machine:
    """Give a git repository with an empty store in it, committed."""
    machine.git("init", "-q")
    machine.commit("begin")
    return machine

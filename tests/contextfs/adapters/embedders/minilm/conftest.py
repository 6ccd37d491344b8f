"""The built model file, from where it lies on this machine, or made for these tests."""

import os
from pathlib import Path

import pytest

from contextfs.adapters.embedders.minilm import MiniLM, weights
from contextfs.adapters.embedders.minilm.build import fetch
from contextfs.adapters.embedders.minilm.embedder import SHA256
from contextfs.kit.errors import Unavailable

NAME = "all-MiniLM-L6-v2.int8.bin"


@pytest.fixture(scope="session")
def model_file(pytestconfig: pytest.Config) -> Path:
    """Give the model file: the one that CONTEXTFS_MODEL names, the user's, or one made in pytest's cache."""
    if named := os.environ.get("CONTEXTFS_MODEL"):
        return Path(named)
    home = os.environ.get("CONTEXTFS_HOME")
    users = (Path(home) if home else Path.home() / ".contextfs") / "models" / NAME
    if weights.is_file(users, SHA256):
        return users
    assert pytestconfig.cache is not None
    made = pytestconfig.cache.mkdir("contextfs-model") / NAME
    try:
        fetch(made)
    except Unavailable as error:
        pytest.skip(f"no embedding model on this machine: {error.detail}")
    return made


@pytest.fixture(scope="session")
def minilm(model_file: Path) -> MiniLM:
    """Give the embedder, loaded once for all tests: it is never changed."""
    return MiniLM.load(model_file)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Give a path at which no file is yet."""
    return tmp_path / "model.bin"

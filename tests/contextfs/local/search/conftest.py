"""Stores to search in, and the real model for tests that compare meanings."""

import os
from pathlib import Path

import pytest

from contextfs.adapters.embedders.minilm import MiniLM
from contextfs.kit.ports import Embedder

MODEL = "all-MiniLM-L6-v2.int8.bin"


@pytest.fixture(scope="session")
def minilm() -> Embedder:
    """Give the real embedder; a test that needs it is skipped where `make models` was not run."""
    home = os.environ.get("CONTEXTFS_HOME")
    file = (Path(home) if home else Path.home() / ".contextfs") / "models" / MODEL
    if not file.is_file():
        pytest.skip("no embedding model on this machine: run `make models`")
    return MiniLM.load(file)

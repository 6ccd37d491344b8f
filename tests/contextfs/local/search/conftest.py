"""Stores to search in, and the real model for tests that compare meanings."""

import os
from pathlib import Path

import pytest

from contextfs.adapters.embedders.minilm import MiniLM
from contextfs.kit.ports import Embedder
from contextfs.local.search import index

MODEL = "all-MiniLM-L6-v2.int8.bin"


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a search embed all that waits: how much that is in a moment depends on the machine, and is tried apart."""
    monkeypatch.setattr(index, "SLICE_SECONDS", 600.0)


@pytest.fixture(scope="session")
def minilm() -> Embedder:
    """Give the real embedder; a test that needs it is skipped where `make models` was not run."""
    home = os.environ.get("CONTEXTFS_HOME")
    file = (Path(home) if home else Path.home() / ".contextfs") / "models" / MODEL
    if not file.is_file():
        pytest.skip("no embedding model on this machine: run `make models`")
    return MiniLM.load(file)

"""basic-memory's hybrid search over one Markdown note a turn, asked through its MCP tool, with the same embedder."""

import asyncio
import io
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.retrieval.data import Conversation
from benchmarks.retrieval.systems.vector import spoken
from benchmarks.retrieval.vectors import Vectors

_FOLDER = "turns"


class BasicMemory:
    """One project a conversation, in a folder that is removed afterwards."""

    def __init__(self, vectors: Vectors) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="contextfs-bench-")
        home = Path(self._folder.name)
        os.environ |= {
            "BASIC_MEMORY_CONFIG_DIR": str(home / "config"),
            "BASIC_MEMORY_HOME": str(home / "main"),
            "BASIC_MEMORY_SEMANTIC_SEARCH_ENABLED": "true",
            "BASIC_MEMORY_NO_PROMOS": "1",
            "BASIC_MEMORY_FORCE_LOCAL": "true",
            "BASIC_MEMORY_LOG_LEVEL": "ERROR",
            "LOGFIRE_IGNORE_NO_CONFIG": "1",
        }
        if find_spec("pysqlite3"):  # its vectors are an extension of SQLite, which many builds of Python cannot load
            sys.modules["sqlite3"] = import_module("pysqlite3")
        _Provider.vectors = vectors
        local: Any = import_module("basic_memory.repository.fastembed_provider")
        local.FastEmbedEmbeddingProvider = _Provider
        self._home = home
        self._runner = asyncio.Runner()
        self._number = 0

    def load(self, conversation: Conversation) -> None:
        """Write the notes of a new project, and index it."""
        self._number += 1
        self._project = f"conversation-{self._number}"
        folder = self._home / self._project / _FOLDER
        folder.mkdir(parents=True)
        self._turns = {f"{_FOLDER}/{number}.md": turn.id for number, turn in enumerate(conversation.turns)}
        for path, turn in zip(self._turns, conversation.turns, strict=True):
            (folder.parent / path).write_text(f"{spoken(turn.speaker, turn.text)}\n", encoding="utf-8")
        import_module("basic_memory.config").ConfigManager().add_project(self._project, str(folder.parent))
        commands: Any = import_module("basic_memory.cli.commands.db")
        with redirect_stdout(io.StringIO()):
            commands.reindex(embeddings=True, search=True, full=False, project=self._project)

    def search(self, question: str, most: int) -> list[str]:
        """Ask."""
        tools: Any = import_module("basic_memory.mcp.tools")
        asked = tools.search_notes(
            query=question, project=self._project, page_size=most, min_similarity=0.0, output_format="json"
        )
        found: Any = self._runner.run(asked)
        return [self._turns[one["file_path"]] for one in found["results"]]

    def close(self) -> None:
        """Leave nothing."""
        self._runner.close()
        self._folder.cleanup()


class _Provider:
    """The product's embedder as basic-memory calls one."""

    vectors: Vectors
    model_name = "all-MiniLM-L6-v2"
    dimensions = 384

    def __init__(self, *_: Any, **__: Any) -> None:
        """Take no settings."""

    async def embed_query(self, text: str) -> list[float]:
        """Embed a question."""
        return self.vectors.embed([text])[0].tolist()

    async def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        """Embed several texts."""
        return self.vectors.embed(texts).tolist()

    def runtime_log_attrs(self) -> dict[str, Any]:
        """Tell nothing."""
        return {}


def make(vectors: Vectors) -> BasicMemory:
    """Build it."""
    return BasicMemory(vectors)

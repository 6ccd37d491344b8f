"""A search from a cold start among 10,000 memories: `ctx search`, and scripts that ask another product's store.

Each script is the shortest that its library allows, and is given the question's vector; `ctx search` loads its model
and makes it. basic-memory is asked by its own command, by words alone (its model is downloaded), and among 200 of the
texts, for taking in all of them takes it an hour. What is not installed is left out: `README.md` and
`retrieval/README.md` tell how to install it beside the product.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks.measure import Row, pairs, row
from benchmarks.search import MEMORIES, Quick, filled, give_vectors, texts
from contextfs.local import place
from contextfs.local.base.connection import Base

RUNS = 9
DIMENSIONS = 384
NOTES = 200
_AT_ONCE = 2_000
_CTX = Path(sys.executable).with_name("ctx")
_WHAT = f"ctx search, {MEMORIES:,} memories, from its start"
_VECTOR = f"[((n * 37 + 11) % 101 - 50) / 600 for n in range({DIMENSIONS})]"

_CHROMA = """
import sys, chromadb
client = chromadb.PersistentClient(sys.argv[1], chromadb.Settings(anonymized_telemetry=False))
found = client.get_collection("memories").query(query_embeddings=[{vector}], n_results=10)
assert len(found["ids"][0]) == 10
"""
_LANCE = """
import sys, lancedb
from lancedb.rerankers import RRFReranker
table = lancedb.connect(sys.argv[1]).open_table("memories")
asked = table.search(query_type="hybrid").vector({vector}).text(sys.argv[2])
assert len(asked.rerank(RRFReranker()).limit(10).to_list()) == 10
"""
_MEM0 = """
import os, sys
os.environ |= {{"MEM0_TELEMETRY": "False", "MEM0_DIR": sys.argv[1], "OPENAI_API_KEY": "none"}}
from mem0 import Memory
store = {{"provider": "chroma", "config": {{"collection_name": "memories", "path": sys.argv[1] + "/store"}}}}
memory = Memory.from_config({{"vector_store": store}})
class Given:
    def embed(self, text, memory_action=None): return {vector}
memory.embedding_model = Given()
assert len(memory.search(sys.argv[2], filters={{"user_id": "one"}}, top_k=10, threshold=0.0)["results"]) == 10
"""


class Rival(NamedTuple):
    """Another product: what it is called by, what must be importable, how its store is filled, how it is asked."""

    name: str
    needs: tuple[str, ...]
    fill: Callable[[Path], None]
    script: str


def run() -> list[Row]:
    """Fill a store of each, and ask them in turn."""
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
        ours = Path(folder) / "ours"
        filled(ours)
        question = " ".join(next(texts(1)).split()[2:7])
        ask = _process([_CTX, "search", question], ours)
        _process([_CTX, "search", question, "--mode", "lexical"], ours)()  # which makes the index
        _meant(ours)
        rows = [
            _compared(ask, rival, Path(folder) / rival.name, question)
            for rival in RIVALS
            if all(find_spec(need) for need in rival.needs)
        ]
        if command := shutil.which("basic-memory"):
            theirs = _basic_memory(command, Path(folder) / "basic-memory", question)
            rows.append(
                row(_WHAT, f"basic-memory's, {NOTES:,} notes", pairs(ask, theirs, runs=RUNS, warmup=1), goal="< 1")
            )
        return rows


def _compared(ask: Callable[[], object], rival: Rival, folder: Path, question: str) -> Row:
    folder.mkdir()
    rival.fill(folder)
    theirs = _process([sys.executable, "-c", rival.script.format(vector=_VECTOR), str(folder), question], folder)
    return row(_WHAT, f"{rival.name}, a script", pairs(ask, theirs, runs=RUNS, warmup=1), goal="< 1")


def _basic_memory(command: str, folder: Path, question: str) -> Callable[[], object]:
    """Give a search by basic-memory's command; RuntimeError where it finds nothing, for that was no search."""
    notes = folder / "notes"
    notes.mkdir(parents=True)
    for number, text in enumerate(texts(NOTES)):
        (notes / f"{number}.md").write_text(f"---\ntitle: note {number}\n---\n{text}\n", encoding="utf-8")
    own = {
        "HOME": str(folder),
        "BASIC_MEMORY_HOME": str(notes),
        "BASIC_MEMORY_CONFIG_DIR": str(folder / "config"),
        "BASIC_MEMORY_SEMANTIC_SEARCH_ENABLED": "false",
        "BASIC_MEMORY_FORCE_LOCAL": "true",
        "BASIC_MEMORY_NO_PROMOS": "1",
    }
    environment = os.environ | own
    subprocess.run([command, "reindex", "--search"], env=environment, check=True, capture_output=True)
    asked = [command, "tool", "search-notes", question, "--json"]
    told = subprocess.run(asked, env=environment, check=True, capture_output=True).stdout
    if not json.loads(told)["results"]:
        raise RuntimeError("basic-memory found nothing")
    return lambda: subprocess.run(asked, env=environment, check=True, capture_output=True)


def _process(command: Sequence[str | Path], folder: Path) -> Callable[[], object]:
    environment = os.environ | {"CONTEXTFS_BACKGROUND": "off"}
    return lambda: subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)


def _meant(root: Path) -> None:
    """Give all that is in a store a vector, in the name of the model that `ctx search` loads."""
    at = place.required(root)
    base = Base.open(at.local)
    give_vectors(base, at.local, Quick("all-MiniLM-L6-v2"))
    base.close()


def _vectors() -> list[list[float]]:
    random = Random(1)  # noqa: S311 - repeatable
    return [[random.gauss(0, 0.05) for _ in range(DIMENSIONS)] for _ in range(MEMORIES)]


def _fill_chroma(folder: Path) -> None:
    module: Any = import_module("chromadb")
    client = module.PersistentClient(str(folder), module.Settings(anonymized_telemetry=False))
    memories = client.create_collection("memories", metadata={"hnsw:space": "cosine"})
    said, vectors = list(texts(MEMORIES)), _vectors()
    for start in range(0, MEMORIES, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        ids = [str(number) for number in range(start, start + len(said[part]))]
        memories.add(ids=ids, documents=said[part], embeddings=vectors[part])


def _fill_lance(folder: Path) -> None:
    rows = [{"text": text, "vector": vector} for text, vector in zip(texts(MEMORIES), _vectors(), strict=True)]
    module: Any = import_module("lancedb")
    module.connect(str(folder)).create_table("memories", rows).create_fts_index("text")


def _fill_mem0(folder: Path) -> None:
    """Fill the collection below it, each entry as it writes one itself: added through it, 10,000 take many minutes."""
    module: Any = import_module("chromadb")
    client = module.PersistentClient(f"{folder}/store", module.Settings(anonymized_telemetry=False))
    memories = client.create_collection("memories")
    said, vectors = list(texts(MEMORIES)), _vectors()
    for start in range(0, MEMORIES, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        known = [{"user_id": "one", "data": text, "hash": str(start)} for text in said[part]]
        ids = [str(number) for number in range(start, start + len(known))]
        memories.add(ids=ids, metadatas=known, embeddings=vectors[part])


RIVALS = (
    Rival("chroma", ("chromadb",), _fill_chroma, _CHROMA),
    Rival("lancedb", ("lancedb",), _fill_lance, _LANCE),
    Rival("mem0", ("mem0", "chromadb"), _fill_mem0, _MEM0),
)

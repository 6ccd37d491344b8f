"""Indexing against the embedder by itself: what the pipeline of events, transactions and vectors costs beside it."""

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.growth.corpus import word
from benchmarks.measure import Row, Work, row
from benchmarks.retrieval.data import Conversation, Turn
from benchmarks.retrieval.vectors import Vectors
from contextfs.adapters.embedders.minilm.embedder import MiniLM
from contextfs.journeys.find.embed import BATCH

_PASSAGES = 192
_WORDS = 40
_RUNS = 3


def throughput() -> list[Row]:
    """Import, index and embed some hundred messages; embed the same texts by the model alone; without it, nothing."""
    home = Path(os.environ.get("CONTEXTFS_HOME", Path.home() / ".contextfs"))
    model = home / "models" / "all-MiniLM-L6-v2.int8.bin"
    if not model.exists():
        return []
    from benchmarks.retrieval.systems.ours import Ours  # noqa: PLC0415 - a server, only where it is measured

    alone = MiniLM.load(model)
    times: tuple[list[float], list[float]] = ([], [])
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
        ours = Ours(Vectors(model, Path(folder) / "vectors.db"))
        for run in range(_RUNS):
            texts = _texts(run)
            turns = [Turn(id=str(place), session="s", speaker="user", text=text) for place, text in enumerate(texts)]
            conversation = Conversation(conv_id=str(run), speakers=["user"], turns=turns, questions=[])
            times[0].append(_seconds(lambda one=conversation: ours.load(one)))
            times[1].append(_seconds(lambda given=texts: _batches(alone, given)))
        ours.close()
    return [
        row(
            f"indexing {_PASSAGES} messages, from the route to the vector",
            "the embedder alone",
            times,
            goal="≤ 1.25",
            unit="s",
        )
    ]


def _batches(model: MiniLM, texts: Sequence[str]) -> None:
    for start in range(0, len(texts), BATCH):
        model.embed(texts[start : start + BATCH])


def _texts(run: int) -> list[str]:
    return [" ".join(word(run * 7919 + place * 31 + at) for at in range(_WORDS)) for place in range(_PASSAGES)]


def _seconds(work: Work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started

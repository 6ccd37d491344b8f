"""The laptop and the server find the same: one formula, whatever stores the passages."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from starlette.testclient import TestClient

from contextfs.domain.memories.model import NewMemory
from contextfs.journeys.find.embed import vector_text
from contextfs.kit.ports import Embedder
from contextfs.local import config
from contextfs.local.search.reindexing import finish
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant
from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import found, opened

TEXTS = Path(__file__).parents[3] / "data/transcripts/specstory/2026-01-12_15-08-38Z-update-our-docs-to.md"
COUNT = 80
QUERIES = (
    "where is the documentation of the command line",
    "how are releases made",
    "update the README",
    "Which settings does the sync have?",
    "cloud sync authentication",
    "docs/cli.md",
    "error when a file is missing",
    "version number in the changelog",
)


@dataclass(frozen=True)
class Both:
    """The same memories on a server and in a local store."""

    tenant: Tenant
    machine: Machine
    queries: list[str]


def paragraphs() -> list[str]:
    """Give some paragraphs of a real conversation, as memories would hold them."""
    parts = re.split(r"\n\s*\n", TEXTS.read_text(encoding="utf-8"))
    said = dict.fromkeys(" ".join(part.split()) for part in parts)
    return [part for part in said if 30 < len(part) < 300][:COUNT]


@pytest.fixture
def both(tenant: Tenant, machine: Machine, wiring: Wiring, settle_events: Callable[[], int]) -> Both:
    """Give the same memories to both sides, at the same time and under one name of the project."""
    machine.now = wiring.clock()
    name = config.ProjectNamed(id=UUID(str(tenant.project_id)), name="first")
    (machine.root / ".contextfs/config.toml").write_text(config.fresh(name))
    texts = paragraphs()
    with machine.open() as store:
        for number, text in enumerate(texts):
            kind, tags = ("fact", "decision", "user")[number % 3], ["even", "odd"][number % 2 :]
            new = {"content": text, "type": kind, "tags": tags}
            memory_id = uuid4()
            body = new | {"id": str(memory_id), "project_id": str(tenant.project_id)}
            assert tenant.call("POST", "/v1/memories", body).status_code == 201
            store.add(NewMemory(id=memory_id, project_id=tenant.project_id, **new))  # pyright: ignore[reportArgumentType]
    settle_events()
    return Both(tenant, machine, [*QUERIES, *(" ".join(text.split()[2:8]) for text in texts[:: COUNT // 12])])


def tops(both: Both, query: str, embedder: Embedder | None = None, **more: Any) -> tuple[dict[str, float], ...]:
    """Give the ids and scores that both sides find best."""
    reply = both.tenant.call("POST", "/v1/search/hybrid", {"query": query, **more})
    assert reply.status_code == 200, reply.text
    there = {hit["id"]: hit["score"] for hit in reply.json()["hits"]}
    here = {str(hit.id): hit.score for hit in found(both.machine, query, embedder, **more).hits}
    return there, here


def overlap(there: dict[str, float], here: dict[str, float]) -> float:
    most = max(len(there), len(here))
    return len(there.keys() & here.keys()) / most if most else 1.0


def furthest(there: dict[str, float], here: dict[str, float]) -> float:
    return max((abs(there[one] - here[one]) for one in there.keys() & here.keys()), default=0.0)


def test_words_find_the_same_with_the_same_scores(both: Both) -> None:
    compared = [tops(both, query) for query in both.queries]

    assert sum(len(there) for there, _ in compared) > 5 * len(compared)
    assert 0.9 <= min(overlap(*one) for one in compared)
    assert 0.99 <= sum(overlap(*one) for one in compared) / len(compared)
    assert 0.005 >= max(furthest(*one) for one in compared)


def test_filters_find_the_same(both: Both) -> None:
    filters: list[dict[str, Any]] = [
        {"types": ["decision"]},
        {"tags": ["even", "odd"]},
        {"types": ["user"], "tags": ["odd"]},
        {"sources": ["message"]},
    ]
    compared = [tops(both, query, **bounds) for bounds in filters for query in QUERIES[:4]]

    assert 0.99 <= sum(overlap(*one) for one in compared) / len(compared)


class Remembering:
    """The real model, asked once for each text: both sides embed the same ones."""

    def __init__(self, model: Embedder) -> None:
        self.model, self.dimensions = model.model, model.dimensions
        self._model = model
        self._known: dict[str, list[float]] = {}

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Give each text its vector."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= {text: list(one) for text, one in zip(fresh, self._model.embed(fresh), strict=True)}
        return [self._known[text] for text in texts]


def test_words_and_meaning_find_the_same_with_the_same_scores(
    both: Both, wiring: Wiring, database_url: str, minilm: Embedder
) -> None:
    model = Remembering(minilm)
    with psycopg.connect(database_url, autocommit=True) as connection:
        rows = connection.execute(
            "select id, context, body from contextfs.passages where org_id = %s", [both.tenant.org_id]
        ).fetchall()
        vectors = model.embed([f"{context}\n{body}" for _, context, body in rows])
        for (passage_id, *_), vector in zip(rows, vectors, strict=True):
            connection.execute(
                "update contextfs.passages set embedding = %s::halfvec, embedding_model = %s where id = %s",
                [vector_text(vector), model.model, passage_id],
            )
    with opened(both.machine, model) as index:
        finish(index)
    door = replace(wiring.door, services=replace(wiring.services, embedder=lambda: model))
    with TestClient(gateway(door, routes())) as client:
        at_it = replace(both, tenant=replace(both.tenant, http=client))
        compared = [tops(at_it, query, model) for query in both.queries]

    assert {10} == {len(there) for there, _ in compared}
    assert 0.9 <= min(overlap(*one) for one in compared)
    assert 0.99 <= sum(overlap(*one) for one in compared) / len(compared)
    assert 0.005 >= max(furthest(*one) for one in compared)

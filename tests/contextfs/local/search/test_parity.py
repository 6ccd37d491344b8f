"""The laptop and the server find the same: one formula, whatever stores the passages."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row
from starlette.testclient import TestClient

from contextfs.domain.memories.model import NewMemory
from contextfs.domain.search.passages import embedded_text
from contextfs.journeys.find.embed import vector_text
from contextfs.kit.events import Event
from contextfs.kit.ports import Embedder
from contextfs.local import config
from contextfs.local.search.reindexing import finish
from contextfs.runtime.events.reaction import Reactor
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes, triggers
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


TALKS = (
    (
        "2025-05-02",
        "Ana: Hi Ben! I start at the bakery on Monday, finally a job with regular hours.",
        "Ben: Congratulations! Which bakery is it, and who bakes with you?",
        "Ana: The one by the river. An old baker called Emil teaches me the sourdough.",
        "Ben: Sourdough is hard. My starter died twice last winter.",
        "Ana: Emil keeps his at eighteen degrees. I will bring you a spoonful of it.",
        "Ben: Please do. What do you do about the early mornings?",
        "Ana: I go to bed at eight now, and my sister Cleo takes the dog out in the evening.",
    ),
    (
        "2025-06-14",
        "Ben: I sold the motorbike yesterday.",
        "Ana: Really? You had it for ten years! Why?",
        "Ben: My back. And with the money I can pay for the sailing course in August.",
        "Ana: Sailing! Where is it?",
        "Ben: On the lake near my parents. Two weeks, with an exam at the end.",
        "Ana: Emil sails too, ask him about knots. How is the starter?",
        "Ben: Alive, it doubles in four hours. I named it Doris.",
    ),
    (
        "2025-09-03",
        "Ana: How was the exam, Ben?",
        "Ben: I passed, only the man overboard drill I had to do again.",
        "Ana: Wonderful. The bakery opens a second shop in October, and I will run it.",
        "Ben: Then you need a van. Cleo's neighbour wants to sell hers.",
        "Cleo: She does, it has forty thousand kilometres on it and a new clutch.",
        "Ana: What does she ask for it?",
        "Cleo: Six thousand, but she would take five.",
    ),
)
ASKED = (
    "Where does Ana work?",
    "Who teaches Ana to bake sourdough?",
    "What did Ben name the sourdough starter?",
    "When did Ben sell his motorbike?",
    "Why did Ben sell the motorbike?",
    "when did ben sell his motorbike on 14.6.2025",
    "What was said about sailing in June 2025?",
    "sailing exam",
    "How much does the van cost?",
    "what does Cleo know about the van",
    "early mornings before:2025-06 type:message",
    "sailing course since:2025-06-01 tool:chat",
    "Ben's parents",
    "how are releases made",
    "update the documentation of the command line tool:specstory",
    "error when a file is missing type:message",
)

SESSIONS = """
select id::text, tool, title, to_char(started_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
from contextfs.sessions where org_id = %s
"""
MESSAGES = """
select id::text, session_id::text, role, kind, content, metadata::text,
    to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
from contextfs.messages where org_id = %s
"""

Scores = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Both:
    """The same memories, or the same conversations, on a server and in a local store."""

    tenant: Tenant
    machine: Machine
    queries: list[str]


def paragraphs() -> list[str]:
    """Give some paragraphs of a real conversation, as memories would hold them."""
    parts = re.split(r"\n\s*\n", TEXTS.read_text(encoding="utf-8"))
    said = dict.fromkeys(" ".join(part.split()) for part in parts)
    return [part for part in said if 30 < len(part) < 300][:COUNT]


@pytest.fixture
def at_once(tenant: Tenant, machine: Machine, wiring: Wiring) -> Machine:
    """Give a local store of the same project, at the same time."""
    machine.now = wiring.clock()
    name = config.ProjectNamed(id=UUID(str(tenant.project_id)), name="first")
    (machine.root / ".contextfs/config.toml").write_text(config.fresh(name))
    return machine


@pytest.fixture
def talks(tenant: Tenant, at_once: Machine, database_url: str, settle_events: Callable[[], int]) -> Both:
    """Give the same conversations to both sides: some between people, and a real one with an assistant."""
    for day, *lines in TALKS:
        turns = [line.partition(": ")[::2] for line in lines]
        messages = [
            {"role": "user", "content": text, "metadata": {"speaker": who}, "created_at": f"{day}T10:{number:02}:00Z"}
            for number, (who, text) in enumerate(turns)
        ]
        converse(tenant, {"tool": "chat", "title": "Ana and Ben", "messages": messages})
    messages = [
        {"role": ("user", "assistant")[number % 2], "content": text, "created_at": f"2026-01-12T15:{number:02}:00Z"}
        for number, text in enumerate(paragraphs()[:60])
    ]
    converse(tenant, {"tool": "specstory", "title": "Update our docs", "messages": messages})
    settle_events()
    copy(database_url, tenant, at_once)
    return Both(tenant, at_once, [*ASKED])


def converse(tenant: Tenant, session: dict[str, Any]) -> None:
    made = tenant.call("POST", "/v1/sessions", {"project_id": str(tenant.project_id), **session})
    assert made.status_code == 201, made.text


def copy(database_url: str, tenant: Tenant, machine: Machine) -> None:
    """Write the sessions and messages of a server into a local store, as they are."""
    connect = psycopg.Connection[DictRow].connect
    with connect(database_url, row_factory=dict_row) as there, opened(machine) as here, here.base.transaction():
        sessions = there.execute(SESSIONS, [tenant.org_id]).fetchall()
        messages = there.execute(MESSAGES, [tenant.org_id]).fetchall()
        here.base.many(
            "insert into sessions (id, tool, title, started_at, created_at, updated_at)"
            " values (:id, :tool, :title, :at, :at, :at)",
            sessions,
        )
        here.base.many(
            "insert into messages (id, session_id, role, kind, content, metadata, created_at)"
            " values (:id, :session_id, :role, :kind, :content, :metadata, :at)",
            messages,
        )
        here.base.run("insert or ignore into dirty_sessions select id from sessions")


@pytest.fixture
def both(tenant: Tenant, at_once: Machine, settle_events: Callable[[], int]) -> Both:
    """Give the same memories to both sides, at the same time and under one name of the project."""
    machine = at_once
    texts = paragraphs()
    with machine.open() as store:
        for number, text in enumerate(texts):
            kind, tags = ("fact", "decision", "user")[number % 3], ["even", "odd"][number % 2 :]
            marks = {
                "visibility": ("private", "project")[number % 2],
                "sensitivity": (None, "internal")[number % 3 % 2],
            }
            new = {"content": text, "type": kind, "tags": tags, **marks}
            memory_id = uuid4()
            body = new | {"id": str(memory_id), "project_id": str(tenant.project_id)}
            assert tenant.call("POST", "/v1/memories", body).status_code == 201
            store.add(NewMemory(id=memory_id, project_id=tenant.project_id, **new))  # pyright: ignore[reportArgumentType]
    settle_events()
    return Both(tenant, machine, [*QUERIES, *(" ".join(text.split()[2:8]) for text in texts[:: COUNT // 12])])


def tops(both: Both, query: str, embedder: Embedder | None = None, **more: Any) -> tuple[Scores, ...]:
    """Give the ids that both sides find best, each with its relevance and its score."""
    reply = both.tenant.call("POST", "/v1/search/hybrid", {"query": query, **more})
    assert reply.status_code == 200, reply.text
    there = {hit["id"]: (hit["relevance"], hit["score"]) for hit in reply.json()["hits"]}
    here = {str(hit.id): (hit.relevance, hit.score) for hit in found(both.machine, query, embedder, **more).hits}
    return there, here


def overlap(there: Scores, here: Scores) -> float:
    most = max(len(there), len(here))
    return len(there.keys() & here.keys()) / most if most else 1.0


def furthest(there: Scores, here: Scores) -> float:
    """Give by how much relevance differs the most, or a score; scores step where a relevance of 0.245 is rounded."""
    pairs = [(there[one], here[one]) for one in there.keys() & here.keys()]
    relevance = [abs(one - other) for (one, _), (other, _) in pairs]
    scores = [abs(one - other) for (at, one), (beside, other) in pairs if round(at, 2) == round(beside, 2)]
    return max([*relevance, *scores], default=0.0)


def test_words_find_the_same_with_the_same_scores(both: Both) -> None:
    compared = [tops(both, query) for query in both.queries]

    assert sum(len(there) for there, _ in compared) > 5 * len(compared)
    assert_the_same(compared)


def test_filters_find_the_same(both: Both) -> None:
    filters: list[dict[str, Any]] = [
        {"types": ["decision"]},
        {"tags": ["even", "odd"]},
        {"types": ["user"], "tags": ["odd"]},
        {"sources": ["message"]},
        {"visibility": ["private"]},
        {"visibility": ["project"], "sensitivity": ["internal"]},
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


def compared_by_meaning(both: Both, wiring: Wiring, database_url: str, model: Embedder) -> list[tuple[Scores, ...]]:
    """Give both sides their vectors by one model, and compare what they find."""
    embed_there(both.tenant, database_url, model)
    with opened(both.machine, model) as index:
        finish(index)
    door = replace(wiring.door, services=replace(wiring.services, embedder=lambda: model))
    with TestClient(gateway(door, routes())) as client:
        at_it = replace(both, tenant=replace(both.tenant, http=client))
        return [tops(at_it, query, model) for query in both.queries]


def embed_there(tenant: Tenant, database_url: str, model: Embedder) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        rows = connection.execute(
            "select id, source, context, body, array(select distinct n.speaker from contextfs.passages as n"
            " where n.session_id = p.session_id and n.speaker is not null)"
            " from contextfs.passages as p where org_id = %s",
            [tenant.org_id],
        ).fetchall()
        texts = [
            embedded_text(source=source, context=context, body=body, speakers=speakers)
            for _, source, context, body, speakers in rows
        ]
        generation = uuid4()
        connection.execute(
            "insert into contextfs.generations (org_id, id, model, dimensions, state, started_at)"
            " values (%s, %s, %s, %s, 'serving', now())",
            [tenant.org_id, generation, model.model, model.dimensions],
        )
        for (passage_id, *_), vector in zip(rows, model.embed(texts), strict=True):
            connection.execute(
                "insert into contextfs.vectors (org_id, generation_id, passage_id, project_id, embedding)"
                " select org_id, %s, id, project_id, %s::halfvec from contextfs.passages where id = %s",
                [generation, vector_text(vector), passage_id],
            )


def test_words_and_meaning_find_the_same_with_the_same_scores(
    both: Both, wiring: Wiring, database_url: str, minilm: Embedder
) -> None:
    compared = compared_by_meaning(both, wiring, database_url, Remembering(minilm))

    assert {10} == {len(there) for there, _ in compared}
    assert_the_same(compared)


def test_words_find_the_same_in_conversations(talks: Both) -> None:
    compared = [tops(talks, query) for query in talks.queries]

    assert sum(len(there) for there, _ in compared) > 3 * len(compared)
    assert_the_same(compared)


def test_words_and_meaning_find_the_same_in_conversations(
    talks: Both, wiring: Wiring, database_url: str, minilm: Embedder
) -> None:
    compared = compared_by_meaning(talks, wiring, database_url, Remembering(minilm))

    assert sum(len(there) for there, _ in compared) > 7 * len(compared)
    assert_the_same(compared)


def test_words_of_another_language_find_the_same_with_the_same_scores(both: Both, wiring: Wiring) -> None:
    services = replace(wiring.services, languages=("de",))
    tenant = both.tenant
    event = Event(
        id=uuid4(),
        type="terms.continued",
        org_id=tenant.org_id,
        project_id=None,
        subject=tenant.org_id,
        time=wiring.clock(),
        actor=f"user:{tenant.user_id}",
        reader=tenant.user_id,
        data={},
    )
    Reactor(services, wiring.clock).react(next(one for one in triggers() if one.name == "triggers.reindex"), event)
    settings = both.machine.root / ".contextfs/config.toml"
    settings.write_text(f'{settings.read_text()}\n[search]\nlanguages = ["de"]\n')
    with TestClient(gateway(replace(wiring.door, services=services), routes())) as client:
        at_it = replace(both, tenant=replace(tenant, http=client))
        compared = [tops(at_it, query) for query in both.queries]

    assert sum(len(there) for there, _ in compared) > 5 * len(compared)
    assert_the_same(compared)


def assert_the_same(compared: list[tuple[Scores, ...]]) -> None:
    """See to it that results are the same, but for ties, and their scores but for what halves round."""
    assert 0.9 <= min(overlap(*one) for one in compared)
    assert 0.99 <= sum(overlap(*one) for one in compared) / len(compared)
    assert 0.001 >= max(furthest(*one) for one in compared)

"""POST /v1/search."""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import replace

from starlette.testclient import TestClient

from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Embedder
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant
from tests.functions.conftest import Rows
from tests.functions.letters import Letters
from tests.functions.vectors import begin, give


class Away:
    """An embedder that cannot be reached."""

    model = "away"
    dimensions = 384

    def embed(self, texts: Sequence[str]) -> Iterable[Iterable[float]]:  # noqa: ARG002 - it does not get that far
        """Raise Unavailable."""
        raise Unavailable("The model does not answer.")


@contextmanager
def with_embedder(tenant: Tenant, wiring: Wiring, embedder: Embedder) -> Generator[Tenant]:
    """Give the tenant, at a door that has an embedder."""
    door = replace(wiring.door, services=replace(wiring.services, embedder=lambda: embedder))
    with TestClient(gateway(door, routes())) as client:
        yield replace(tenant, http=client)


def remember(tenant: Tenant, *contents: str) -> list[str]:
    project = str(tenant.project_id)
    bodies = [{"project_id": project, "content": content} for content in contents]
    return [tenant.call("POST", "/v1/memories", body).json()["memory"]["id"] for body in bodies]


def test_without_a_model_words_are_compared_and_the_reply_says_so(
    tenant: Tenant, settle_events: Callable[[], int], rows: Rows
) -> None:
    (stored,) = remember(tenant, "The staging database listens on port 5433.")
    settle_events()

    reply = tenant.call("POST", "/v1/search", {"query": "staging port"})

    assert reply.status_code == 200
    assert [hit["id"] for hit in reply.json()["hits"]] == [stored]
    assert reply.json()["degraded"] == ["semantic: no embedding model is installed, so words alone were compared"]
    assert reply.json()["hits"][0]["explanation"] is None
    assert len(rows.audited(tenant, "search.performed")) == 1


def test_with_a_model_the_nearest_comes_first_whatever_its_words(
    tenant: Tenant, settle_events: Callable[[], int], rows: Rows, wiring: Wiring
) -> None:
    near, far = remember(tenant, "Near.", "Far away from the question.")
    settle_events()
    begin(rows, tenant, "letters")
    for memory_id, text in ((near, "the question"), (far, "another")):
        (vector,) = Letters().embed([text])
        give(rows, tenant, memory_id, vector)
    with with_embedder(tenant, wiring, Letters()) as caller:
        reply = caller.call("POST", "/v1/search", {"query": "the question", "explain": True}).json()
        walked = caller.call("POST", "/v1/search/graph", {"query": "the question", "explain": True}).json()

    assert reply["degraded"] == []
    assert walked["vectors"] == reply["vectors"] == {"model": "letters", "dimensions": 384, "way": "exact"}
    assert reply["hits"][0]["id"] == near
    assert reply["hits"][0]["explanation"]["semantic_score"] > 0.99


def test_passages_that_wait_for_their_vectors_are_told_of(
    tenant: Tenant, settle_events: Callable[[], int], wiring: Wiring
) -> None:
    remember(tenant, "The staging database listens on port 5433.")
    settle_events()
    with with_embedder(tenant, wiring, Letters()) as caller:
        hybrid = caller.call("POST", "/v1/search/hybrid", {"query": "staging port"}).json()

    lacking = "semantic: 1 passage has no vector yet, and words alone find it; it is being made in the background"
    assert hybrid["degraded"] == [lacking]
    assert len(hybrid["hits"]) == 1


def test_how_many_vectors_are_missing_is_the_same_whatever_a_search_finds(
    tenant: Tenant, settle_events: Callable[[], int], wiring: Wiring, rows: Rows
) -> None:
    given, *_ = remember(tenant, "Given a vector.", "Without one.", "Nor has this.")
    settle_events()
    begin(rows, tenant, "letters")
    (vector,) = Letters().embed(["Given a vector."])
    give(rows, tenant, given, vector)

    def degraded(query: str, **more: object) -> list[str]:
        return caller.call("POST", "/v1/search/hybrid", {"query": query, **more}).json()["degraded"]

    with with_embedder(tenant, wiring, Letters()) as caller:
        found_it, found_others = degraded("Given a vector.", limit=1), degraded("without")
        elsewhere = degraded("without", project_ids=[])

    lacking = (
        "semantic: 2 passages have no vector yet, and words alone find them; they are being made in the background"
    )
    assert ([lacking], [lacking], []) == (found_it, found_others, elsewhere)


def test_what_waits_elsewhere_is_told_to_nobody(
    tenant: Tenant, other_tenant: Tenant, settle_events: Callable[[], int], wiring: Wiring, rows: Rows
) -> None:
    remember(tenant, "It waits.")
    settle_events()
    begin(rows, tenant, "letters")
    with with_embedder(other_tenant, wiring, Letters()) as caller:
        assert [] == caller.call("POST", "/v1/search/hybrid", {"query": "waits"}).json()["degraded"]


def test_a_model_that_is_away_costs_the_meaning_not_the_answer(
    tenant: Tenant, settle_events: Callable[[], int], wiring: Wiring, rows: Rows
) -> None:
    (stored,) = remember(tenant, "The staging database listens on port 5433.")
    settle_events()
    begin(rows, tenant, "away")
    with with_embedder(tenant, wiring, Away()) as caller:
        replies = [caller.call("POST", path, {"query": "port"}).json() for path in ("/v1/search", "/v1/search/hybrid")]

    assert [[hit["id"] for hit in reply["hits"]] for reply in replies] == [[stored], [stored]]
    assert {tuple(reply["degraded"]) for reply in replies} == {("semantic: The model does not answer.",)}


def test_vectors_of_a_model_that_is_not_set_any_more_cost_the_meaning_and_the_reply_says_so(
    tenant: Tenant, settle_events: Callable[[], int], wiring: Wiring, rows: Rows
) -> None:
    (stored,) = remember(tenant, "The staging database listens on port 5433.")
    settle_events()
    begin(rows, tenant, "openai:gone")
    with with_embedder(tenant, wiring, Letters()) as caller:
        reply = caller.call("POST", "/v1/search/hybrid", {"query": "port"}).json()

    assert [hit["id"] for hit in reply["hits"]] == [stored]
    assert "openai:gone, which is not set any more" in reply["degraded"][0]


class Short(Letters):
    """Gives vectors of another length than before, under the same name."""

    def embed(self, texts: Sequence[str]) -> Iterable[Iterable[float]]:
        """Give two numbers for each text."""
        return ([1.0, 0.0] for _ in texts)


def test_a_question_whose_vector_has_another_length_costs_the_meaning_and_the_reply_says_so(
    tenant: Tenant, settle_events: Callable[[], int], wiring: Wiring, rows: Rows
) -> None:
    (stored,) = remember(tenant, "The staging database listens on port 5433.")
    settle_events()
    begin(rows, tenant, "letters")
    with with_embedder(tenant, wiring, Short()) as caller:
        reply = caller.call("POST", "/v1/search", {"query": "port"}).json()

    assert [hit["id"] for hit in reply["hits"]] == [stored]
    assert "another length than before" in reply["degraded"][0]

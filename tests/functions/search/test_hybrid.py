"""POST /v1/search/hybrid."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.conftest import Rows

Settle = Callable[[], int]


def remember(tenant: Tenant, content: str, **more: Any) -> str:
    body = {"project_id": str(tenant.project_id), "content": content, **more}
    return tenant.call("POST", "/v1/memories", body).json()["memory"]["id"]


def found(tenant: Tenant, query: str, **more: Any) -> list[str]:
    return [hit["id"] for hit in tenant.call("POST", "/v1/search/hybrid", {"query": query, **more}).json()["hits"]]


def test_what_fits_best_comes_first_and_the_reply_says_what_was_missing(
    tenant: Tenant, settle_events: Settle, rows: Rows
) -> None:
    port = remember(tenant, "The staging database listens on port 5433.", title="Staging", tags=["db"])
    remember(tenant, "The kitchen is painted green.")
    settle_events()

    reply = tenant.call("POST", "/v1/search/hybrid", {"query": "which port does staging use", "explain": True})
    (hit,) = reply.json()["hits"]

    assert reply.status_code == 200
    assert (hit["source"], hit["id"], hit["project_id"], hit["tags"]) == (
        "memory",
        port,
        str(tenant.project_id),
        ["db"],
    )
    assert "5433" in hit["snippet"]
    assert 0 < hit["relevance"] <= 1
    assert hit["explanation"] is not None
    assert reply.json()["degraded"] == ["semantic: no embedding model is installed, so words alone were compared"]
    assert len(rows.audited(tenant, "search.performed")) == 1
    assert rows.used(tenant, "searches") == [1]


def test_what_says_nearly_the_same_is_named_beside_the_best(
    tenant: Tenant, other_tenant: Tenant, settle_events: Settle
) -> None:
    both = {
        remember(tenant, "We deploy with Pulumi on Mondays."),
        remember(tenant, "Remember: please deploy with pulumi on Monday"),
    }
    remember(other_tenant, "We deploy with Pulumi on Mondays.")
    settle_events()

    (hit,) = tenant.call("POST", "/v1/search/hybrid", {"query": "deploy with Pulumi"}).json()["hits"]

    assert both == {hit["id"], *(one["id"] for one in hit["similar"])}
    assert (1, ["memory"]) == (hit["copies"], [one["source"] for one in hit["similar"]])


def test_what_was_said_is_found_too(tenant: Tenant, settle_events: Settle) -> None:
    body = {
        "project_id": str(tenant.project_id),
        "tool": "codex",
        "git": {"branch": "main"},
        "messages": [{"role": "user", "content": "Use gunicorn with four workers."}],
    }
    session = tenant.call("POST", "/v1/sessions", body).json()["session"]
    settle_events()

    (hit,) = tenant.call("POST", "/v1/search/hybrid", {"query": "gunicorn", "tools": ["codex"]}).json()["hits"]

    assert (hit["source"], hit["session_id"], hit["branch"]) == ("message", session["id"], "main")


def test_a_pack_that_a_conversation_was_handed_is_not_found_in_it_again(tenant: Tenant, settle_events: Settle) -> None:
    memory = remember(tenant, "Unicorns graze on the north meadow.", pinned=True)
    settle_events()
    task = {"project_id": str(tenant.project_id), "task": "unicorns"}
    pack = tenant.call("POST", "/v1/context", task).json()["text"]
    said = [{"role": "user", "content": f"{pack}\nMow the lawn."}, {"role": "assistant", "content": pack}]
    tenant.call("POST", "/v1/sessions", {"project_id": str(tenant.project_id), "tool": "test", "messages": said})
    settle_events()

    assert "Unicorns graze" in pack
    assert [memory] == found(tenant, "unicorns on the meadow")
    assert 1 == len(found(tenant, "lawn"))
    assert 1 == tenant.call("POST", "/v1/context", task).json()["text"].count("Unicorns graze")


FILTERS: list[tuple[Any, set[str]]] = [
    ({}, {"fact", "decision"}),
    ({"types": ["fact"]}, {"fact"}),
    ({"types": ["memory_decision"]}, {"decision"}),
    ({"tags": ["a"]}, {"fact"}),
    ({"tags": ["a", "b"]}, set()),
    ({"sources": ["message"]}, set()),
    ({"sources": []}, {"fact", "decision"}),
    ({"until": "2000-01-01T00:00:00Z"}, set()),
    ({"min_relevance": 1}, set()),
    ({"project_ids": []}, set()),
    ({"limit": 1}, {"fact"}),
]


@pytest.mark.parametrize(("filters", "names"), FILTERS)
def test_filters_narrow(filters: Any, names: set[str], tenant: Tenant, settle_events: Settle) -> None:
    ids = {
        "fact": remember(tenant, "Deploy the shop with blue-green deploys.", tags=["a"]),
        "decision": remember(tenant, "Deploy on Fridays never.", type="decision"),
    }
    settle_events()

    assert set(found(tenant, "deploy shop", **filters)) == {ids[name] for name in names}


def test_nothing_of_others_is_found(
    tenant: Tenant,
    other_tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    colleague: Callable[[Tenant], Tenant],
    settle_events: Settle,
) -> None:
    project = str(tenant.project_id)
    remember(tenant, "Unicorns graze here.")
    private = remember(tenant, "Unicorns sleep here.", visibility="private")
    stranger, member = second_project(tenant), colleague(tenant)
    settle_events()

    assert private in found(tenant, "unicorns")
    assert private not in found(member, "unicorns")
    assert len(found(member, "unicorns")) == 1
    for caller in (other_tenant, stranger):
        assert found(caller, "unicorns") == found(caller, "unicorns", project_ids=[project]) == []


def test_a_question_without_words_finds_nothing_and_the_reply_says_why(tenant: Tenant, settle_events: Settle) -> None:
    remember(tenant, "Something.")
    settle_events()

    no_word, small = "lexical: there is no word", "lexical: the query has small words alone"
    for query, told in (("?!", no_word), ("the", small), ("🎉", no_word), ("\u200b", no_word), (" ", no_word)):
        reply = tenant.call("POST", "/v1/search/hybrid", {"query": query}).json()

        assert reply["hits"] == []
        assert told in " ".join(reply["degraded"])


def test_that_other_forms_of_a_word_were_not_looked_for_is_told_where_nothing_was_found(
    tenant: Tenant, settle_events: Settle
) -> None:
    remember(tenant, "Резервные копии хранятся на серверах.")
    settle_events()

    replies = [tenant.call("POST", "/v1/search/hybrid", {"query": query}).json() for query in ("сервер", "копии")]

    assert [([], True), (1, False)] == [
        (len(reply["hits"]) or [], "found only exactly as typed" in " ".join(reply["degraded"])) for reply in replies
    ]


def test_a_very_long_question_is_answered(tenant: Tenant, settle_events: Settle) -> None:
    stored = remember(tenant, "word7 is the word.")
    settle_events()
    query = " ".join(f"word{number}" for number in range(2000))[:10_000]

    assert found(tenant, query) == [stored]


def test_operators_alone_list_what_they_let_pass_newest_first(
    tenant: Tenant, other_tenant: Tenant, settle_events: Settle
) -> None:
    first = remember(tenant, "We deploy on Thursdays.", type="decision", tags=["release"])
    remember(tenant, "The kitchen is painted green.", type="fact", tags=["release"])
    second = remember(tenant, "We freeze on Fridays.", type="decision", tags=["release"])
    remember(other_tenant, "Theirs.", type="decision", tags=["release"])
    settle_events()

    assert [second, first] == found(tenant, "type:decision tag:release")
    assert [second] == found(tenant, "type:decision", limit=1)
    assert [] == found(tenant, "type:decision before:2020")

"""A search with a misspelled word finds what is meant, and says so."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant

Settle = Callable[[], int]

NOTE = "\u201cdecison\u201d was not found: \u201cdecision\u201d was searched instead."


def remember(tenant: Tenant, content: str) -> str:
    body = {"project_id": str(tenant.project_id), "content": content}
    return tenant.call("POST", "/v1/memories", body).json()["memory"]["id"]


def asked(tenant: Tenant, path: str, query: str) -> dict[str, Any]:
    return tenant.call("POST", path, {"query": query, "explain": True}).json()


def told(hit: dict[str, Any]) -> tuple[str, str, float]:
    return hit["id"], hit["snippet"], hit["relevance"]


@pytest.mark.parametrize("path", ["/v1/search/hybrid", "/v1/search/graph"])
def test_a_misspelled_word_is_looked_for_as_it_was_meant(tenant: Tenant, settle_events: Settle, path: str) -> None:
    remember(tenant, "The decision about the cluster is open.")
    remember(tenant, "The cluster has three nodes, the cluster is large.")
    settle_events()

    reply = asked(tenant, path, "cluster decison")
    right = asked(tenant, path, "cluster decision")

    assert ([NOTE], []) == (reply["notes"], right["notes"])
    assert [told(hit) for hit in right["hits"]] == [told(hit) for hit in reply["hits"]]
    assert "decision" in reply["hits"][0]["snippet"]


def test_the_words_of_others_mend_nothing(tenant: Tenant, other_tenant: Tenant, settle_events: Settle) -> None:
    remember(other_tenant, "The decision about the cluster is open.")
    remember(tenant, "The cluster has three nodes.")
    settle_events()

    reply = asked(tenant, "/v1/search/hybrid", "cluster decison")

    assert (1, []) == (len(reply["hits"]), reply["notes"])


def test_a_misspelled_name_is_that_of_who_speaks(tenant: Tenant, settle_events: Settle) -> None:
    said = [("Gina", "The kitchen is green."), ("Jon", "Gina, my kitchen is blue.")]
    messages = [{"role": "user", "content": text, "metadata": {"speaker": speaker}} for speaker, text in said]
    tenant.call("POST", "/v1/sessions", {"project_id": str(tenant.project_id), "tool": "chat", "messages": messages})
    settle_events()

    reply = asked(tenant, "/v1/search/hybrid", "the kitchen of gian")

    assert ["\u201cgian\u201d was not found: \u201cgina\u201d was searched instead."] == reply["notes"]
    assert [1.0, 0.0] == [hit["explanation"]["terms"]["named"] for hit in reply["hits"]]

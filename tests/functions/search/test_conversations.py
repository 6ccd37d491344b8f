"""POST /v1/search/hybrid over what was said: neighbours, speakers, dates, and operators in the question."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant

Settle = Callable[[], int]

SAID = [
    ("Ben", "Where do you keep the staging password?", "2025-05-02T10:00:00Z"),
    ("Ana", "In the vault, under deploy.", "2025-05-02T10:01:00Z"),
    ("Ben", "Thanks!", "2025-05-02T10:02:00Z"),
    ("Ana", "The kitchen is painted green.", "2025-08-09T10:00:00Z"),
    ("Ben", "I painted my kitchen blue.", "2025-08-09T10:01:00Z"),
]


@pytest.fixture
def talk(tenant: Tenant, settle_events: Settle) -> Tenant:
    messages = [
        {"role": "user", "content": text, "metadata": {"speaker": speaker}, "created_at": at}
        for speaker, text, at in SAID
    ]
    body = {"project_id": str(tenant.project_id), "tool": "chat", "messages": messages}
    tenant.call("POST", "/v1/sessions", body)
    settle_events()
    return tenant


def hits(tenant: Tenant, query: str, **more: Any) -> list[dict[str, Any]]:
    reply = tenant.call("POST", "/v1/search/hybrid", {"query": query, **more})
    assert reply.status_code == 200
    return reply.json()["hits"]


def test_an_answer_is_found_by_the_question_before_it(talk: Tenant) -> None:
    found = hits(talk, "staging password", explain=True)

    assert "In the vault" in [hit["snippet"][:12] for hit in found]
    assert found[0]["explanation"]["kind"] == "dialogue"
    assert {"window", "support", "stated"} <= set(found[0]["explanation"]["terms"])


@pytest.mark.parametrize(("name", "colour"), [("Ana", "green"), ("Ben", "blue"), ("ana", "green"), ("BEN", "blue")])
def test_who_is_named_decides_whose_words_come_first(talk: Tenant, name: str, colour: str) -> None:
    first = hits(talk, f"which colour is the kitchen of {name}")[0]

    assert colour in first["snippet"]
    assert f"2025-08-09 · {name.capitalize()}" in first["context"]


def test_a_memory_is_dated_by_when_it_was_said(tenant: Tenant, settle_events: Settle) -> None:
    said = {"content": "The lighthouse is painted green.", "valid_from": "2024-05-06T07:08:09Z"}
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id)} | said)
    settle_events()

    first = hits(tenant, "lighthouse")[0]

    assert first["context"].endswith(" · 2024-05-06")


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("staging password since:2025-08", 0),
        ("staging password before:2025-06-01", 5),
        ("staging password type:decision", 0),
        ("staging password tool:other", 0),
        ("staging password tool:chat", 5),
        ("tag:none staging password", 0),
    ],
)
def test_operators_in_the_question_filter_and_neighbours_do_not_slip_through(
    talk: Tenant, query: str, most: int
) -> None:
    found = hits(talk, query)

    assert bool(most) is bool(found)


def test_neighbours_outside_of_the_filters_are_not_found(talk: Tenant) -> None:
    found = hits(talk, "vault deploy", since="2025-05-02T10:01:00Z", until="2025-05-02T10:02:00Z")

    assert ["In the vault, under deploy."] == [hit["snippet"] for hit in found]


@pytest.mark.parametrize(
    "query", ["type:fact", "since:2025-01-01", "last spring", "on 31 December 9999", '"" :: type:']
)
def test_a_question_of_nothing_but_operators_or_dates_is_answered(talk: Tenant, query: str) -> None:
    assert isinstance(hits(talk, query), list)


def test_a_new_message_takes_the_next_place_and_an_anew_index_keeps_vectors(
    talk: Tenant, settle_events: Settle
) -> None:
    session = talk.call("GET", "/v1/sessions").json()["items"][0]["id"]
    talk.call(
        "POST",
        f"/v1/sessions/{session}/messages",
        {"messages": [{"role": "user", "content": "The vault moved to the cellar.", "metadata": {"speaker": "Ben"}}]},
    )
    settle_events()

    assert any("cellar" in hit["snippet"] for hit in hits(talk, "where did the vault move"))

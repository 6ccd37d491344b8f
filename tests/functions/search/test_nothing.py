"""A search that finds nothing says why."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant

Settle = Callable[[], int]

PATHS = ("/v1/search", "/v1/search/hybrid", "/v1/search/graph")
EMPTY: list[tuple[dict[str, Any], str]] = [
    ({"query": "deploy type:nonsense"}, "within type nonsense"),
    ({"query": "type:nonsense"}, "within type nonsense"),
    ({"query": 'deploy tag:"train \\ release" branch:main'}, "within tag train \\ release, branch main"),
    ({"query": "deploy author:me", "tools": ["codex"]}, "within author "),
    ({"query": "deploy since:9999-12-31"}, "within since 9999-12-31"),
    ({"query": "deploy since:2026-05 before:2026-01-01"}, "since 2026-05-01 is not before 2026-01-01"),
    ({"query": "deploy", "project_ids": []}, "project_ids is empty"),
    (
        {"query": "deploy", "until": "2020-01-01T00:00:00Z", "as_of": "2026-01-01T00:00:00Z"},
        "as of 2026-01-01 within",
    ),
    ({"query": "xylophone"}, "shares a word with"),
    ({"query": "xylophone", "project_ids": ["00000000-0000-4000-8000-000000000001"]}, "in that project"),
]


def asked(tenant: Tenant, path: str, body: dict[str, Any]) -> dict[str, Any]:
    reply = tenant.call("POST", path, body)
    assert reply.status_code == 200, reply.text
    return reply.json()


@pytest.mark.parametrize(("body", "told"), EMPTY)
def test_what_narrowed_it_is_named(tenant: Tenant, settle_events: Settle, body: dict[str, Any], told: str) -> None:
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "Deploy on Thursdays."})
    settle_events()

    replies = [asked(tenant, path, body) for path in PATHS if path != PATHS[2] or "as_of" not in body]

    assert [[[], True]] * len(replies) == [[reply["hits"], told in " ".join(reply["notes"])] for reply in replies]


@pytest.mark.parametrize("path", PATHS)
def test_a_threshold_that_nothing_reaches_is_named_and_what_is_found_needs_no_reason(
    tenant: Tenant, settle_events: Settle, path: str
) -> None:
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "Deploy on Thursdays."})
    settle_events()

    far = asked(tenant, path, {"query": "deploy kitchens", "min_relevance": 0.99})

    [told] = far["notes"]
    assert ([], "Nothing that was found has a relevance of 0.99") == (far["hits"], told.partition(":")[0])
    assert [] == asked(tenant, path, {"query": "deploy"})["notes"]


def test_an_empty_pack_says_why(tenant: Tenant, settle_events: Settle) -> None:
    memory = {"project_id": str(tenant.project_id), "content": "Deploy on Thursdays."}
    body = {"project_id": str(tenant.project_id), "task": "deploy on Thursdays"}
    tenant.call("POST", "/v1/memories", memory)
    settle_events()

    small = asked(tenant, "/v1/context", body | {"budget": 50})["notes"]
    apart = asked(tenant, "/v1/context", body | {"task": "deploy since:2026-05 before:2026-01"})["notes"]
    tenant.call("POST", "/v1/memories", memory | {"content": "Deploy from main.", "pinned": True})
    settle_events()

    assert ["What was found (1) does not fit into 50 tokens, or matters too little."] == small
    assert ["Nothing can be found: since 2026-05-01 is not before 2026-01-01."] == apart
    assert [] == asked(tenant, "/v1/context", body)["notes"]

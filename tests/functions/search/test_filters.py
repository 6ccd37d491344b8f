"""Filters never leak: whatever they are, a search finds nothing outside of them, and nothing of others."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Tenant

Settle = Callable[[], int]

PATHS = ("/v1/search", "/v1/search/hybrid", "/v1/search/graph")
TYPES = ("decision", "fact", "procedure")
TAGS = ("db", "ops", "release/train")
TOOLS = ("codex", "cursor")
BRANCHES = ("main", "fix/herons")
VISIBILITIES = ("private", "project", "organization")
SENSITIVITIES = ("public", "internal", "confidential", "restricted")
FIRST = date(2026, 1, 1)
DAYS = 40


@dataclass(frozen=True)
class Thing:
    """What was stored, and all by which it can be filtered."""

    id: str
    source: str
    type: str
    tags: frozenset[str]
    tool: str | None
    branch: str | None
    visibility: str
    sensitivity: str | None
    day: date


@pytest.fixture
def shelf(tenant: Tenant, other_tenant: Tenant, settle_events: Settle) -> list[Thing]:
    """Give memories and sessions with traits that meet in many ways; another organization has the same texts."""
    traits = zip(
        range(30),
        cycle(TYPES),
        cycle([frozenset[str](), frozenset(TAGS[:1]), frozenset(TAGS[1:]), frozenset(TAGS)]),
        cycle([None, *TOOLS]),
        cycle([BRANCHES[0], None, BRANCHES[1], None]),
        cycle(VISIBILITIES),
        cycle([None, *SENSITIVITIES]),
        strict=False,
    )
    made: list[Thing] = []
    for number, kind, tags, tool, branch, visibility, sensitivity in traits:
        day = FIRST + timedelta(days=number * 7 % DAYS)
        said = f"Heron number {number} nests beside psql."
        marks = {"tags": sorted(tags), "visibility": visibility, "sensitivity": sensitivity}
        for who in (tenant, other_tenant):
            if tool is None:
                body = {"content": said, "type": kind, "valid_from": f"{day}T09:00:00Z", **marks}
                thing = Thing("", "memory", kind, tags, None, None, visibility, sensitivity, day)
                stored = post(who, "/v1/memories", body)["memory"]["id"]
            else:
                message = {"role": "user", "content": said, "created_at": f"{day}T09:00:00Z"}
                body = {"tool": tool, "git": {"branch": branch}, "messages": [message], **marks}
                thing = Thing("", "message", "message", tags, tool, branch, visibility, sensitivity, day)
                stored = post(who, "/v1/sessions", body)["session"]["id"]
            if who is tenant:
                made.append(Thing(**{**vars(thing), "id": stored}))
    settle_events()
    return made


def post(tenant: Tenant, path: str, body: dict[str, Any]) -> Any:
    reply = tenant.call("POST", path, {"project_id": str(tenant.project_id), **body})
    assert reply.status_code == 201, reply.text
    return reply.json()


def some(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


def moments() -> st.SearchStrategy[datetime]:
    return st.integers(-2, DAYS + 2).map(lambda days: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days))


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "sources": some(("memory", "message")),
        "types": some((*TYPES, "message", "nothing")),
        "tags": some((*TAGS, "absent")),
        "tools": some((*TOOLS, "aider")),
        "branch": st.sampled_from((*BRANCHES, "elsewhere")),
        "visibility": some(VISIBILITIES),
        "sensitivity": some(SENSITIVITIES),
        "since": moments(),
        "until": moments(),
    },
)


def passes(one: Thing, bounds: dict[str, Any]) -> bool:
    """Tell whether a thing passes, the plain way."""
    nine = datetime(one.day.year, one.day.month, one.day.day, 9, tzinfo=UTC)
    return (
        one.source in bounds.get("sources", (one.source,))
        and one.type in bounds.get("types", (one.type,))
        and one.tags.issuperset(bounds.get("tags", ()))
        and one.tool in bounds.get("tools", (one.tool,))
        and one.branch == bounds.get("branch", one.branch)
        and one.visibility in bounds.get("visibility", (one.visibility,))
        and one.sensitivity in bounds.get("sensitivity", (one.sensitivity,))
        and bounds.get("since", nine) <= nine
        and ("until" not in bounds or nine < bounds["until"])
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bounds=FILTERS, path=st.sampled_from(PATHS))
def test_what_is_found_passes_all_filters_and_what_passes_is_found(
    tenant: Tenant, shelf: list[Thing], bounds: dict[str, Any], path: str
) -> None:
    told = {name: one.isoformat() if isinstance(one, datetime) else one for name, one in bounds.items()}
    reply = tenant.call("POST", path, {"query": "which herons nest", "limit": 100, **told})

    assert reply.status_code == 200, reply.text
    assert {one.id for one in shelf if passes(one, bounds)} == {
        hit["session_id"] or hit["id"] for hit in reply.json()["hits"]
    }

"""Entries as OCSF says: each action has its class, and each event what its class demands of it."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from contextfs.domain.audit import ocsf
from contextfs.domain.audit.model import AuditEntry
from contextfs.runtime.wiring import routes

ORG = UUID(int=7)
SCHEMA: dict[str, Any] = json.loads(Path(__file__).with_name("ocsf-1.8.0.json").read_text(encoding="utf-8"))
"""What version 1.8.0 says of the classes that are used: their activities, and which attributes they have and demand."""
WRITTEN = re.compile(
    r"""(?:audits="|inside\([^\n]*, "|'|")((?:login|grant|credential|audit_log|directory|api_key)\.[a-z_]+)["']"""
)


def entry(action: str, **details: Any) -> AuditEntry:
    return AuditEntry(
        id=UUID(int=1),
        at=datetime(2026, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC),
        actor="key:1",
        actor_id=UUID(int=2),
        action=action,
        project_id=None,
        subject=UUID(int=3),
        request_id="r",
        details=details,
        position=9,
        hash="00",
    )


@pytest.mark.parametrize("action", [*sorted(ocsf.KINDS), "something.new"])
def test_an_event_is_what_its_class_demands(action: str) -> None:
    event = ocsf.event(ORG, entry(action))
    told = SCHEMA[str(event["class_uid"])]

    assert set(told["required"]) <= set(event)
    assert not told["at_least_one"] or set(told["at_least_one"]) & set(event)
    assert set(event) <= set(told["attributes"])
    assert event["category_uid"] == told["category_uid"]
    assert event["activity_id"] in {*told["activities"], 99}
    assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
    assert event["metadata"]["version"] == "1.8.0"
    assert event["metadata"]["event_code"] == action
    assert event["time"] == 1772600767890


def test_every_action_that_is_logged_has_a_class(repository: Path) -> None:
    logged = {route.audits for route in routes() if route.audits}
    for file in (repository / "shared/contextfs").rglob("*.py"):
        logged |= set(WRITTEN.findall(file.read_text(encoding="utf-8")))

    assert {"login.refused", "credential.locked", "directory.changed"} <= logged
    assert logged - set(ocsf.KINDS) == set()


def test_what_was_refused_is_a_failure() -> None:
    refused = ocsf.event(ORG, entry("login.refused", address="203.0.113.7"))
    opened = ocsf.event(ORG, entry("login.opened", user="ann"))

    assert (refused["status_id"], refused["severity_id"], refused["src_endpoint"]) == (2, 3, {"ip": "203.0.113.7"})
    assert (opened["status_id"], opened["severity_id"], opened["user"]) == (1, 1, {"uid": "ann"})


def test_our_own_words_stay() -> None:
    event = ocsf.event(ORG, entry("memory.created", bytes=3))

    assert event["unmapped"] == {"bytes": 3}
    assert event["metadata"]["uid"] == str(UUID(int=1))
    assert event["metadata"]["sequence"] == 9
    assert event["resources"] == [{"uid": str(UUID(int=3)), "type": "memory"}]

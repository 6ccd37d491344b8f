"""What the audit log tells of an act: what was given to whom, and of a question its hash; never names or words."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from contextfs.adapters.transcripts import READERS
from contextfs.domain.sessions.rules import told_tool
from tests.conftest import Tenant
from tests.functions.conftest import Rows
from tests.functions.people import invite, join, user_path

WORDS = "which port does the secret staging use"
HASH = sha256(WORDS.encode()).hexdigest()


def _added(tenant: Tenant) -> None:
    tenant.call("POST", "/v1/admin/users", {"email": "ann@example.test", "role": "viewer"})


def _changed(tenant: Tenant) -> None:
    ann = join(tenant, "ann@example.test", role="viewer")
    project = str(tenant.project_id)
    tenant.call("PATCH", user_path(ann), {"role": "admin", "projects": [project], "name": "Ann Lee"})


def _removed(tenant: Tenant) -> None:
    tenant.call("DELETE", user_path(join(tenant, "ann@example.test", role="admin")))


def _invited(tenant: Tenant) -> None:
    invite(tenant, "ann@example.test", role="admin")


def _joined(tenant: Tenant) -> None:
    join(tenant, "ann@example.test", role="admin")


def _role_made(tenant: Tenant) -> None:
    tenant.call("POST", "/v1/admin/roles", {"name": "reader", "permissions": ["memories:read"]})


def _role_changed(tenant: Tenant) -> None:
    role = tenant.call("POST", "/v1/admin/roles", {"name": "reader", "permissions": ["memories:read"]}).json()
    tenant.call("PATCH", f"/v1/admin/roles/{role['id']}", {"permissions": ["memories:*"]})


def _key_made(tenant: Tenant) -> None:
    tenant.call("POST", "/v1/api-keys", {"name": "ci", "permissions": ["memories:read"]})


def _asked(path: str, **body: Any) -> Callable[[Tenant], None]:
    def ask(tenant: Tenant) -> None:
        named = {name: str(tenant.project_id) if value == "project" else value for name, value in body.items()}
        assert tenant.call("POST", path, named).status_code == 200

    return ask


def _remembered(kind: str) -> Callable[[Tenant], None]:
    def remember(tenant: Tenant) -> None:
        body = {"project_id": str(tenant.project_id), "content": WORDS, "type": kind, "visibility": "private"}
        assert tenant.call("POST", "/v1/memories", body).status_code == 201

    return remember


def _begun(tool: str) -> Callable[[Tenant], None]:
    def begin(tenant: Tenant) -> None:
        body = {"project_id": str(tenant.project_id), "tool": tool, "visibility": "private"}
        assert tenant.call("POST", "/v1/sessions", body).status_code == 201

    return begin


ACTS: dict[str, tuple[Callable[[Tenant], None], str, dict[str, Any]]] = {
    "added": (_added, "user.added", {"role": "viewer", "kind": "person"}),
    "changed": (
        _changed,
        "user.changed",
        {"role_before": "viewer", "role": "admin", "projects": 1, "name": True},
    ),
    "removed": (_removed, "user.removed", {"role": "admin", "kind": "person"}),
    "invited": (_invited, "user.invited", {"role": "admin"}),
    "joined": (_joined, "user.joined", {"role": "admin"}),
    "role made": (_role_made, "role.created", {"permissions": ["memories:read"]}),
    "role changed": (
        _role_changed,
        "role.changed",
        {"permissions_before": ["memories:read"], "permissions": ["memories:*"]},
    ),
    "key made": (_key_made, "api_key.created", {"permissions": ["memories:read"], "expires_at": None}),
    "searched": (_asked("/v1/search/hybrid", query=WORDS), "search.performed", {"query_sha256": HASH, "found": 0}),
    "by meaning": (_asked("/v1/search", query=WORDS), "search.performed", {"query_sha256": HASH, "found": 0}),
    "by graph": (_asked("/v1/search/graph", query=WORDS), "search.performed", {"query_sha256": HASH, "found": 0}),
    "packed": (
        _asked("/v1/context", task=WORDS, project_id="project"),
        "context.packed",
        {"query_sha256": HASH, "items": 0},
    ),
    "remembered": (_remembered("fact"), "memory.created", {"type": "fact"}),
    "remembered as a type of one's own": (_remembered("secret_staging"), "memory.created", {"type": "own"}),
    "begun with a tool": (_begun("claude-code"), "session.created", {"tool": "claude-code"}),
    "begun with a tool of one's own": (_begun("secret_staging"), "session.created", {"tool": "own"}),
    "asked exactly": (_asked("/v1/query", metadata={"place": "secret staging"}), "search.performed", {"found": 0}),
}


@pytest.mark.parametrize("name", ACTS)
def test_the_log_tells_what_was_done(name: str, tenant: Tenant, rows: Rows) -> None:
    act, action, told = ACTS[name]
    act(tenant)
    *_, entry = rows.audited(tenant, action)

    assert told.items() <= entry["details"].items()
    for word in ("secret staging", "secret_staging", "Ann Lee", "ann@example.test"):
        assert word not in str(entry["details"])


@pytest.mark.parametrize("tool", READERS)
def test_a_tool_whose_transcripts_are_read_is_told_by_its_name(tool: str) -> None:
    assert told_tool(tool) == tool

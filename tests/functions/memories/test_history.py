"""GET /v1/memories/{memory_id}/history."""

from tests.conftest import Tenant
from tests.functions.asking import Things


def test_every_revision_is_told_newest_first(tenant: Tenant, things: Things) -> None:
    path = f"/v1/memories/{things.memory_id}"
    tenant.call("PATCH", path, {"content": "Known better."})
    tenant.call("PATCH", path, {"pinned": True})

    history = tenant.call("GET", f"{path}/history").json()
    revisions = history["revisions"]

    assert history["memory_id"] == things.memory_id
    assert [revision["fields"]["content"] for revision in revisions] == ["Known better.", "Known better.", "Known."]
    assert [revision["parents"] for revision in revisions] == [[revisions[1]["id"]], [revisions[2]["id"]], []]
    assert all(revision["author"].startswith("key:") for revision in revisions)
    assert sorted((revision["clock"] for revision in revisions), reverse=True) == [one["clock"] for one in revisions]

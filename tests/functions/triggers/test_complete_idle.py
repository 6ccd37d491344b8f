"""The worker looks again at a session that is told to be idle, and sees those of its own organization alone."""

from collections.abc import Callable, Generator
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from contextfs.kit.events import Event
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant

Tell = Callable[[Tenant, str, str], None]
SAID = {"role": "user", "content": "We decided to use Postgres for the queue, because Redis loses jobs."}


@pytest.fixture
def tell(wiring: Wiring, settle_events: Callable[[], int]) -> Generator[Tell]:
    """Give a function that tells of a tenant's session that nothing came to it since a time, and has that carried."""
    platform = wiring.platform()

    def told(tenant: Tenant, session: str, since: str) -> None:
        event = Event(
            id=uuid4(),
            type="completion.due",
            org_id=tenant.org_id,
            project_id=tenant.project_id,
            subject=UUID(session),
            time=wiring.clock(),
            actor="platform",
            reader=tenant.user_id,
            data={"idle_since": since},
        )
        wiring.bus(platform).publish([event])
        settle_events()

    yield told
    platform.close()


def started(tenant: Tenant) -> tuple[str, str]:
    """Start a session; gives its id, and when something came to it last, as the schedule tells it."""
    new = {"project_id": str(tenant.project_id), "tool": "proxy", "messages": [SAID]}
    session = tenant.call("POST", "/v1/sessions", new).json()["session"]
    return session["id"], datetime.fromisoformat(session["updated_at"]).isoformat()


def status(tenant: Tenant, session: str) -> str:
    return tenant.call("GET", f"/v1/sessions/{session}").json()["status"]


def test_what_stands_as_it_was_told_is_completed(tenant: Tenant, tell: Tell) -> None:
    session, since = started(tenant)

    tell(tenant, session, since)

    assert status(tenant, session) == "completed"


def test_what_was_told_of_another_moment_stays_open(tenant: Tenant, tell: Tell) -> None:
    session, since = started(tenant)
    tenant.call("POST", f"/v1/sessions/{session}/messages", {"messages": [SAID]})

    tell(tenant, session, since)

    assert status(tenant, session) == "open"


def test_a_session_of_others_and_one_that_is_gone_are_passed_over(
    tenant: Tenant, other_tenant: Tenant, tell: Tell
) -> None:
    theirs, since = started(other_tenant)

    tell(tenant, theirs, since)
    tell(tenant, str(uuid4()), since)

    assert status(other_tenant, theirs) == "open"
    assert tenant.call("GET", "/v1/admin/dead-letters").json()["items"] == []

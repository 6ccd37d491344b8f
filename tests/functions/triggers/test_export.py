"""An export is written when it was asked for; what goes wrong meanwhile is tried again."""

from collections.abc import Callable, Iterable

import pytest

from contextfs.domain.events.model import Delivery
from contextfs.journeys.react.deliver import claim
from contextfs.journeys.react.relay import relay_once
from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Blob, Blobs
from contextfs.runtime.wiring import Wiring, triggers
from tests.conftest import Tenant

EXPORT = next(trigger for trigger in triggers() if trigger.name == "triggers.export")


class Away:
    """A store of files that takes some of a file, and is gone then."""

    def put(self, _key: str, parts: Iterable[bytes], **_more: str) -> Blob:
        """Fail in the middle."""
        next(iter(parts))
        raise Unavailable("The bucket is not reached.")


def due(wiring: Wiring) -> list[Delivery]:
    platform = wiring.platform()
    relay_once(platform, wiring.bus(platform), wiring.clock)
    found = claim(platform, [EXPORT.name], wiring.clock, wiring.services.entropy, limit=10)
    platform.close()
    return found


def test_a_store_that_is_away_is_waited_for(tenant: Tenant, wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = tenant.call("POST", "/v1/exports", {}).json()["id"]
    [delivery] = due(wiring)
    blobs: Callable[[], Blobs | None] = wiring.services.blobs
    monkeypatch.setitem(vars(wiring.services), "blobs", Away)
    with pytest.raises(Unavailable):
        wiring.reactor.react(EXPORT, delivery.event)
    meanwhile = tenant.call("GET", f"/v1/exports/{asked}").json()["export"]["status"]
    monkeypatch.setitem(vars(wiring.services), "blobs", blobs)
    taken = wiring.reactor.react(EXPORT, delivery.event)

    assert (meanwhile, taken) == ("pending", True)
    assert tenant.call("GET", f"/v1/exports/{asked}").json()["export"]["status"] == "ready"


def test_what_was_asked_for_is_written_once(tenant: Tenant, wiring: Wiring) -> None:
    tenant.call("POST", "/v1/exports", {})
    [delivery] = due(wiring)

    assert wiring.reactor.react(EXPORT, delivery.event)
    assert not wiring.reactor.react(EXPORT, delivery.event)

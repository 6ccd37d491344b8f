"""How the service is: alive, ready, and part by part."""

from typing import Literal

import msgspec

from contextfs.kit.call import Services
from contextfs.kit.errors import Unavailable

Status = Literal["ok", "degraded"]


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the service; `checks` describes each part in a word or a sentence."""

    status: Status
    checks: dict[str, str]


def ready(services: Services) -> Health:
    """Ask the database; Unavailable when it does not answer."""
    with services.database.transaction() as (tx, _):
        tx.one("select 1")
    return Health(status="ok", checks={"database": "ok"})


def health(services: Services) -> Health:
    """Ask every part; the embedder is not needed, but without it search compares words alone."""
    checks = dict(ready(services).checks)
    try:
        checks["embedder"] = "ok" if services.embedder() else "none: search compares words alone"
    except Unavailable as error:
        checks["embedder"] = error.detail
    alone = "counted by each process alone, for the cache does not answer"
    checks["allowances"] = alone if services.counts_alone() else "ok"
    return Health(status="ok" if set(checks.values()) == {"ok"} else "degraded", checks=checks)

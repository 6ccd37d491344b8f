"""Prove the isolation of one installation: make the grounds, walk, and take everything back."""

import time
from collections.abc import Callable, Sequence
from http.cookiejar import DefaultCookiePolicy
from itertools import chain
from typing import Any

import httpx2
import msgspec

from contextfs.adapters.database.isolation import Role
from contextfs.domain.access.store import assuming
from contextfs.kit.errors import Unavailable
from contextfs.kit.settings import Settings
from contextfs.kit.sql import load
from contextfs.runtime.isolation.grounds import Grounds
from contextfs.runtime.isolation.matrix import MATRIX
from contextfs.runtime.isolation.model import Check, Proof, Victim
from contextfs.runtime.isolation.roles import roles
from contextfs.runtime.isolation.timing import timing
from contextfs.runtime.isolation.walk import walk
from contextfs.runtime.isolation.ways import ways
from contextfs.runtime.isolation.web import Web
from contextfs.runtime.table import Route
from contextfs.runtime.wiring import Wiring, routes

_SQL = load("contextfs.runtime.isolation")
_NOTHING: Callable[[str], None] = lambda _: None  # noqa: E731 - a default


def prove(settings: Settings, url: str, show: Callable[[str], None] = _NOTHING) -> Proof:
    """Prove the isolation of the server at `url`, whose settings these are; `show` is told how far it is.

    Unavailable when the server or its database does not answer, or answers to other settings.
    """
    wired = Wiring(settings)
    try:
        with client(url) as web:
            return proof(web, wired, url, routes(), show)
    except httpx2.TransportError as error:
        raise Unavailable(f"{url} does not answer ({error}): start it, or name it by CONTEXTFS_URL.") from error
    finally:
        wired.close()


def client(url: str) -> httpx2.Client:
    """Make an HTTP client that keeps no cookies: each party sends its own."""
    web = httpx2.Client(base_url=url, timeout=60)
    web.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return web


def proof(
    web: Web, wired: Wiring, server: str, walked: Sequence[Route], show: Callable[[str], None] = _NOTHING
) -> Proof:
    """Prove it by a client of the server, and by the parts of a process on its database."""
    begun, clock = wired.clock(), time.perf_counter()
    checks: list[Check] = []

    def say(subject: str) -> None:
        show(f"{len(checks)} checks in {time.perf_counter() - clock:.0f} s: {subject}")

    say("two organizations are made")
    with Role(wired.addresses.of("database_url") or "") as role:
        database = role.version
    with Grounds(web, wired.services, wired.clock) as grounds:
        victim = grounds.victim()
        parties = grounds.parties(victim)
        checks.extend(_unknown(web, walked))
        others = ways(web, victim, parties, wired.services, wired.clock)
        for check in chain(
            grounds.saml(victim),
            others,
            timing(web, wired.door, victim, parties, walked),
            walk(web, victim, parties, walked, lambda: _owned(wired, victim), grounds.ask_again),
        ):
            checks.append(check)
            say(f"{check.subject}, by {check.who}")
        say("the roles of the database")
        checks.extend(roles(wired.addresses, wired.services, victim))
    seconds = time.perf_counter() - clock
    return Proof(server=server, database=database, begun_at=begun, seconds=round(seconds, 1), checks=checks)


def _owned(wired: Wiring, victim: Victim) -> dict[str, str]:
    """Hash what the victim has, so that a change is seen."""
    ids = [one for name, one in victim.things.items() if name.endswith("_id")]
    kept = [one for name, one in victim.private.items() if name.endswith("_id")]
    named: dict[str, Any] = {
        "project_id": victim.things["project_id"],
        "ids": [*ids, *kept, str(victim.user_id)],
        "domain": victim.things["domain"],
    }
    with wired.services.database.transaction(assuming(victim.org_id, victim.user_id)) as (tx, _):
        return {row["kind"]: row["hash"] for row in tx.all(_SQL["owned"], named)}


def _unknown(web: Web, walked: Sequence[Route]) -> list[Check]:
    """Find the routes that the server has and this version does not: nobody would have tried them."""
    described: Any = msgspec.json.decode(web.request("GET", "/v1/openapi.json").content)
    known = {(route.method.lower(), route.path) for route in walked}
    strange = [
        f"{method.upper()} {path}"
        for path, operations in described["paths"].items()
        for method in operations
        if (method, path) not in known and method in {"get", "post", "patch", "put", "delete"}
    ]
    told = f"the server has routes that this version does not know: {', '.join(strange)}" if strange else None
    rows = sorted(set(MATRIX) - {route.name for route in walked})
    if rows and told is None:
        told = f"the matrix names routes that are not there: {', '.join(rows)}"
    return [
        Check(area="completeness", subject="every route of the server is walked", who="–", tried=len(known), leak=told)
    ]

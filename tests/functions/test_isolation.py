"""Nobody reads, changes or finds out about what belongs to another organization, project or person."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, LiteralString

import httpx2
import psycopg
import pytest

from contextfs.runtime.isolation.grounds import Grounds
from contextfs.runtime.isolation.matrix import MATRIX
from contextfs.runtime.isolation.model import Proof
from contextfs.runtime.isolation.prove import client, proof
from contextfs.runtime.isolation.roles import roles
from contextfs.runtime.isolation.timing import timing
from contextfs.runtime.isolation.walk import walk
from contextfs.runtime.isolation.web import Response, Web
from contextfs.runtime.table import Route
from contextfs.runtime.wiring import Wiring
from tests.conftest import settings_for
from tests.contextfs.client.serving import serving
from tests.functions.asking import ROUTES, by_name
from tests.functions.conftest import Rows


@pytest.fixture(scope="module")
def proven(wiring: Wiring, listening: int) -> Proof:
    """Walk once for all the tests of this file."""
    url = f"http://127.0.0.1:{listening}"
    with client(url) as web:
        return proof(web, wiring, url, ROUTES)


def leaks(proven: Proof, area: str) -> list[str]:
    return [f"{one.subject}, {one.who}: {one.leak}" for one in proven.checks if one.area == area and one.leak]


def test_every_route_has_its_row_in_the_matrix() -> None:
    assert sorted(MATRIX) == sorted(route.name for route in ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_strangers_call_is_answered_as_if_the_victim_were_not_there(route: Route, proven: Proof) -> None:
    checks = [one for one in proven.checks if one.subject == f"{route.method} {route.path}"]

    assert len([one for one in checks if one.tried]) >= 14
    assert [f"{one.who}: {one.leak}" for one in checks if one.leak] == []


@pytest.mark.parametrize(
    ("area", "callers"), [("kept replies", 15), ("MCP", 16), ("streams", 15), ("SQL", 14), ("directories", 1)]
)
def test_no_other_way_leads_to_the_victim(area: str, callers: int, proven: Proof) -> None:
    assert [one.tried > 0 for one in proven.checks if one.area == area] == [True] * callers
    assert leaks(proven, area) == []


def test_nothing_is_opened_or_ended_by_what_their_saml_provider_did_not_sign(proven: Proof) -> None:
    checks = [one for one in proven.checks if one.area == "SAML"]

    assert len(checks) == 5
    assert leaks(proven, "SAML") == []


def test_what_is_the_victims_takes_the_same_work_as_what_is_not_there(proven: Proof) -> None:
    checks = [one for one in proven.checks if one.area == "timing"]

    assert leaks(proven, "timing") == []
    assert {one.who for one in checks} == {
        "an owner of another organization",
        "a token for another project",
        "a colleague in the same project",
    }
    assert len({one.subject for one in checks}) >= 60
    assert all(one.told for one in checks if one.subject == "GET /v1/memories/{memory_id}")


@pytest.mark.parametrize("area", ["webhooks", "the database", "completeness"])
def test_forged_claims_and_signatures_open_nothing(area: str, proven: Proof) -> None:
    assert [one for one in proven.checks if one.area == area]
    assert leaks(proven, area) == []


def test_nothing_of_it_stays_but_what_nobody_may_take_back(proven: Proof, rows: Rows) -> None:
    query = "select count(*) from contextfs.organizations where name = 'Proof of isolation'"

    assert rows.connection.execute(query).fetchone() == {"count": 0}
    assert proven.leaks == []


class Tampering:
    """A client that changes what a server answers, as a fault in a handler would."""

    def __init__(self, web: Web, tamper: Callable[[str, Response], Response]) -> None:
        self._web = web
        self._tamper = tamper

    def request(  # noqa: D102 - as the one that it wraps
        self, method: str, url: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        return self._tamper(url, self._web.request(method, url, content=content, headers=headers))


@pytest.fixture(scope="module")
def holed(new_schema: Callable[[], str]) -> Iterator[tuple[str, Wiring, str]]:
    """Give a database to make holes in, a process's parts on it, and the address of a server."""
    database = new_schema()
    wired = Wiring(settings_for(database))
    with serving(wired) as url:
        yield database, wired, url
    wired.close()


HOLES: dict[str, tuple[LiteralString, LiteralString, str, str]] = {
    "a policy is gone that keeps projects apart": (
        "drop policy project on contextfs.memories",
        (
            "create policy project on contextfs.memories as restrictive to contextfs_app"
            " using ((select contextfs.claim('all_projects') = 'on') or project_id ="
            " any((select contextfs.claim('project_ids')::uuid[])::uuid[]))"
        ),
        "memories.get",
        "an owner's key of another project",
    ),
    "a policy is gone that keeps what is private": (
        "drop policy reader on contextfs.sessions",
        (
            "create policy reader on contextfs.sessions as restrictive to contextfs_app"
            " using (visibility <> 'private' or created_by = (select contextfs.claim('user_id')::uuid))"
        ),
        "sessions.get",
        "a colleague in the same project",
    ),
    "a policy lets everybody in": (
        "create policy open on contextfs.custom_roles to contextfs_app using (true)",
        "drop policy open on contextfs.custom_roles",
        "roles.get",
        "an owner of another organization",
    ),
    "row-level security is switched off": (
        "alter table contextfs.scim_tokens disable row level security",
        "alter table contextfs.scim_tokens enable row level security",
        "scim.tokens",
        "a service account of another organization",
    ),
    "the tenant's own policy is gone, so that nobody sees anything": (
        "drop policy tenant on contextfs.sources",
        (
            "create policy tenant on contextfs.sources to contextfs_app"
            " using (org_id = (select contextfs.claim('org_id')::uuid))"
            " with check (org_id = (select contextfs.claim('org_id')::uuid))"
        ),
        "sources.list",
        "its owner",
    ),
    "the graph is seen by nobody": (
        "drop policy tenant on contextfs.mentions",
        (
            "create policy tenant on contextfs.mentions to contextfs_app"
            " using (org_id = (select contextfs.claim('org_id')::uuid))"
            " with check (org_id = (select contextfs.claim('org_id')::uuid))"
        ),
        "graph.get",
        "its owner",
    ),
}


@contextmanager
def hole(database: str, make: LiteralString, mend: LiteralString) -> Generator[None]:
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute(make)
        try:
            yield
        finally:
            owner.execute(mend)


def walked(web: Web, wired: Wiring, route: Route, during: Callable[[], Any]) -> dict[str, str | None]:
    """Walk one route while there is a hole; gives what each caller got."""
    with Grounds(web, wired.services, wired.clock) as grounds:
        victim = grounds.victim()
        parties = grounds.parties(victim)
        with during():
            return {one.who: one.leak for one in walk(web, victim, parties, [route], dict, grounds.ask_again)}


@pytest.mark.parametrize("name", HOLES)
def test_a_hole_in_the_database_is_found(name: str, holed: tuple[str, Wiring, str]) -> None:
    database, wired, url = holed
    make, mend, route, who = HOLES[name]
    with client(url) as web:
        found = walked(web, wired, by_name(route), lambda: hole(database, make, mend))

    assert found[who] is not None


def test_a_row_that_is_read_and_not_shown_is_found_without_a_clock(holed: tuple[str, Wiring, str]) -> None:
    database, wired, url = holed
    make, mend, route, _ = HOLES["a policy is gone that keeps projects apart"]
    with client(url) as web, Grounds(web, wired.services, wired.clock) as grounds:
        victim = grounds.victim()
        parties = grounds.parties(victim)
        with hole(database, make, mend):
            found = {one.who: one.leak for one in timing(web, wired.door, victim, parties, [by_name(route)])}

    assert "where there is no such thing" in str(found["a token for another project"])
    assert found["an owner of another organization"] is None


@contextmanager
def no_hole() -> Generator[None]:
    yield


def no_such_memory_but_that(victims: list[str]) -> Callable[[str, Response], Response]:
    """Make a server that says of a foreign memory that it is there, though it does not show it."""

    def tamper(url: str, response: Response) -> Response:
        if response.status_code == 404 and not url.endswith("ffffffffffff"):
            victims.append(url)
            return httpx2.Response(404, json={"title": "It is not yours to see", "request_id": ""})
        return response

    return tamper


def test_a_refusal_that_tells_what_is_there_is_found(holed: tuple[str, Wiring, str]) -> None:
    _, wired, url = holed
    victims: list[str] = []
    with client(url) as web:
        tampered = Tampering(web, no_such_memory_but_that(victims))
        found = walked(tampered, wired, by_name("memories.get"), no_hole)

    assert victims
    assert "another than where there is no such thing" in str(found["an owner of another organization"])


def test_a_server_that_takes_what_another_saml_provider_signed_is_found(holed: tuple[str, Wiring, str]) -> None:
    _, wired, url = holed
    others = [0]

    def tamper(path: str, response: Response) -> Response:
        if "/logout?" in path and "Signature=" in path:
            others[0] += 1
            return httpx2.Response(303) if others[0] == 2 else response
        return response

    with client(url) as web, Grounds(Tampering(web, tamper), wired.services, wired.clock) as grounds:
        found = {one.subject: one.leak for one in grounds.saml(grounds.victim())}

    assert [leak for leak in found.values() if leak] == ["it was taken (303)"]
    assert found["an end of their login that another provider signed"]


def test_a_route_without_a_row_is_a_leak(holed: tuple[str, Wiring, str]) -> None:
    _, wired, url = holed
    route = replace(by_name("memories.get"), name="memories.peek")
    with client(url) as web:
        found = walked(web, wired, route, no_hole)

    assert found == {"–": "it has no row in the matrix: nobody tried it"}


def test_a_table_whose_policies_are_not_forced_is_found(holed: tuple[str, Wiring, str]) -> None:
    database, wired, url = holed
    make: LiteralString = "alter table contextfs.memories disable row level security"
    mend: LiteralString = "alter table contextfs.memories enable row level security"
    with client(url) as web, Grounds(web, wired.services, wired.clock) as grounds:
        victim = grounds.victim()
        with hole(database, make, mend):
            found = [one.leak for one in roles(wired.addresses, wired.services, victim) if one.leak]

    assert found[0] == "memories"
    assert len(found) >= 4

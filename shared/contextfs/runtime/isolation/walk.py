"""The walk: every route is asked by every party for what is the victim's, and again for what nobody has."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from string import Template
from typing import Any, NamedTuple

import msgspec

from contextfs.runtime.door.binding import bind
from contextfs.runtime.isolation.matrix import MATRIX, Row
from contextfs.runtime.isolation.model import UNKNOWN, Check, Party, Victim
from contextfs.runtime.isolation.web import Response, Web, ask, told
from contextfs.runtime.openapi.examples import BODIES, PROJECT
from contextfs.runtime.table import Route

AREA = "routes"
_FAILED, _NOT_KNOWN = 400, 401
Owned = Callable[[], Mapping[str, str]]
"""Gives a hash of what the victim has, by kind."""


class Attempt(NamedTuple):
    """One request for what is the victim's, and its twin for what nobody has."""

    path: str
    twin_path: str
    body: Any
    twin_body: Any
    headers: Mapping[str, str]


def walk(
    web: Web,
    victim: Victim,
    parties: Sequence[Party],
    routes: Iterable[Route],
    owned: Owned,
    renew: Callable[[], None],
) -> Iterator[Check]:
    """Try every route as every party; what ends a party's own login comes last. `renew` puts back what fades."""
    for route in sorted(routes, key=lambda one: MATRIX[one.name].last if one.name in MATRIX else False):
        row = MATRIX.get(route.name)
        subject = f"{route.method} {route.path}"
        if row is None:
            yield Check(
                area=AREA, subject=subject, who="–", tried=0, leak="it has no row in the matrix: nobody tried it"
            )
            continue
        if row.fades:
            renew()
        if row.shows:
            yield _seen_by_its_owner(web, victim, route, row)
        for party in parties:
            if party.of != "person" or row.private:
                if row.fades:
                    renew()
                yield _tried(web, victim, party, route, row, owned)


def _tried(web: Web, victim: Victim, party: Party, route: Route, row: Row, owned: Owned) -> Check:
    """Try one route as one party; stops at the first leak. Who is not known to the route at all is asked once."""
    changes = route.method != "GET"
    before: Mapping[str, str] = owned() if changes else {}
    tried, leak = 0, None
    for one in attempts(victim, party, route, row):
        tried += 2
        leak, is_known = _leak(web, victim, party, route, row, one)
        if leak or not is_known:
            break
    after: Mapping[str, str] = owned() if changes else {}
    touched = sorted(kind for kind in before.keys() | after.keys() if before.get(kind) != after.get(kind))
    if touched:
        leak = f"it changed what is the victim's: {', '.join(touched)}"
    return Check(area=AREA, subject=f"{route.method} {route.path}", who=party.name, tried=tried, leak=leak)


def _leak(web: Web, victim: Victim, party: Party, route: Route, row: Row, one: Attempt) -> tuple[str | None, bool]:
    """Make one attempt; gives what leaked, and whether the route knows the party."""
    reply = ask(web, party, route.method, one.path, one.body, **one.headers)
    is_known = reply.status_code != _NOT_KNOWN
    found = foreign(victim, party, reply, f"{one.path}{msgspec.json.encode(one.body).decode()}")
    if found:
        return f"its answer to {one.path} holds {found}", is_known
    if "{" in route.path and reply.status_code < _FAILED and not row.open:
        return f"it answered {reply.status_code} to {one.path}", is_known
    twin = ask(web, party, route.method, one.twin_path, one.twin_body, **one.headers)
    if row.alike and reply.status_code != twin.status_code:
        return (
            f"it answered {reply.status_code} to {one.path}, and {twin.status_code} where there is no such thing",
            is_known,
        )
    if row.alike and reply.status_code >= _FAILED and told(reply) != told(twin):
        return f"its refusal at {one.path} is another than where there is no such thing: {reply.text[:200]}", is_known
    return None, is_known


def foreign(victim: Victim, party: Party, reply: Response, sent: str) -> str | None:
    """Give what of the victim's an answer holds that was not in the question; None is as it should be.

    Within an organization ids of its things may be known; a mark never is.
    """
    mark, things, _ = victim.named_to(party)
    shown = f"{reply.text}{dict(reply.headers)}"
    if mark in shown and (mark not in sent or reply.status_code < _FAILED):
        return "the mark of the victim's texts"
    ids = [*things.values(), str(victim.org_id), str(victim.user_id)] if party.of == "organization" else []
    return next((f"the id {one}" for one in ids if one in shown and one not in sent), None)


def attempts(victim: Victim, party: Party, route: Route, row: Row) -> Iterator[Attempt]:
    """Name the victim's things in every place of a request that takes one; twice, the second time as nobody's."""
    mark, things, nobodys = victim.named_to(party)
    common = {"mark": mark, "own": party.project_id}
    theirs, none = ({**common, "org_id": str(victim.org_id), **ids} for ids in (things, nobodys))
    none["org_id"] = none["project_id"] if party.of == "organization" else theirs["org_id"]
    theirs["organization"], none["organization"] = theirs["org_id"], UNKNOWN
    for name, other in row.instead.items():
        theirs[name], none[name] = theirs[other], none[other]
    bodies = (*_example(route), *row.bodies) or (None,)
    versions: list[dict[str, str]] = [{}]
    if "{" in route.path and party.headers:
        versions += [{"if_match": victim.version}, {"if_match": "*"}, {"if_none_match": victim.version}]
    for query in ("", *row.queries) if not row.bodies else ("",):
        for body in bodies:
            for headers in versions if body is bodies[0] and not query else versions[:1]:
                path = _path(route, query)
                yield Attempt(
                    _filled(path, theirs), _filled(path, none), _body(body, theirs), _body(body, none), headers
                )


def _example(route: Route) -> tuple[Any, ...]:
    """Give the example of a route's body with the victim's project in it; not where it makes something of one's own."""
    if route.name not in BODIES or route.name == "projects.create":
        return ()
    return (msgspec.json.decode(msgspec.json.encode(BODIES[route.name]).replace(PROJECT.encode(), b"$project_id")),)


def _path(route: Route, query: str) -> str:
    path = route.path.replace("{", "${")
    fields = msgspec.structs.fields(bind(route).query_type)
    needed = [f"{field.name}=${field.name}" for field in fields if field.required and f"{field.name}=" not in query]
    asked = "&".join([*needed, *([query] if query else [])])
    return f"{path}?{asked}" if asked else path


def _filled(text: str, values: Mapping[str, str]) -> str:
    return Template(text).safe_substitute(values)


def _body(body: Any, values: Mapping[str, str]) -> Any:
    return None if body is None else msgspec.json.decode(_filled(msgspec.json.encode(body).decode(), values))


def _seen_by_its_owner(web: Web, victim: Victim, route: Route, row: Row) -> Check:
    """Ask as the owner: what they cannot see either would be no proof, nor would what they asked with."""
    seen: list[bool] = []
    words = [victim.mark, *victim.things.values()]
    for one in attempts(victim, victim.owner, route, row):
        if not one.headers:
            reply = ask(web, victim.owner, route.method, one.path, one.body)
            sent = f"{one.path}{msgspec.json.encode(one.body).decode()}"
            shows = any(word in reply.text and word not in sent for word in words)
            seen.append(reply.status_code < _FAILED and shows)
    is_seen = all(seen) if row.each else any(seen)
    return Check(
        area=AREA,
        subject=f"{route.method} {route.path}",
        who=victim.owner.name,
        tried=len(seen),
        leak=None if is_seen else "the owner does not see their own things here, so this row proves nothing",
    )

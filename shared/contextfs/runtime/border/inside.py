"""What regions ask each other, and nobody else: does an organization live there, and is a caller let in."""

import logging
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import httpx2
import msgspec

from contextfs.domain.homes.model import Home
from contextfs.domain.networks.model import CallerKind
from contextfs.domain.scim import store as directories
from contextfs.domain.scim.model import PREFIX as DIRECTORY
from contextfs.domain.sources.address import ABSENT
from contextfs.kit import cookieless, tokens
from contextfs.kit.clock import Clock
from contextfs.kit.errors import NotAuthenticated, NotFound, Unavailable
from contextfs.kit.ports import Parameters
from contextfs.kit.regions import Neighbour, Regions
from contextfs.runtime.border import passport
from contextfs.runtime.border.directory import Directory
from contextfs.runtime.callers.caller import caller
from contextfs.runtime.door import lockout
from contextfs.runtime.door.door import Door
from contextfs.runtime.door.entrance import Entrance
from contextfs.runtime.http.message import HttpRequest, HttpResponse
from contextfs.runtime.table import SIGNED, Route

PATH = "/internal"
HOMES, CALLERS = f"{PATH}/homes/", f"{PATH}/callers/"
NOTHING = "There is nothing at this address: see /v1/openapi.json."
NOBODY = "-"
"""Stands for the address of a source where a credential calls."""

_log = logging.getLogger(__name__)
_SECONDS = 5.0
_BY_KEY = Route("border.by_key", "GET", CALLERS, needs="logins:read")
_BY_SOURCE = Route("border.by_source", "GET", CALLERS, needs=SIGNED)
_NOT_HERE = b'{"lives_here":false}'

Coming = tuple[tuple[UUID, UUID], CallerKind, tuple[str, Parameters]]
"""What a caller names, what kind they are, and the statement that lets them in."""


def below(path: str) -> bool:
    """Tell whether a path is for regions alone."""
    return path == PATH or path.startswith(f"{PATH}/")


class Asking:
    """Asks neighbours where organizations live."""

    def __init__(self, regions: Regions, clock: Clock) -> None:
        self._regions = regions
        self._clock = clock
        self._http = httpx2.Client(timeout=_SECONDS, trust_env=False, cookies=cookieless.jar())

    def __call__(self, neighbour: Neighbour, org_id: UUID) -> Home | None:
        """Ask one of them; Unavailable when it does not answer as a region does."""
        path = f"{HOMES}{org_id}"
        asked = passport.Asked("GET", path, ())
        signed = passport.write(self._regions, neighbour.name, asked, "ask", None, self._clock())
        try:
            reply = self._http.get(f"{neighbour.inside}{path}", headers=[(passport.HEADER, signed)])
            if reply.status_code == NotFound.status and reply.content == _NOT_HERE:
                return None
            home = msgspec.json.decode(reply.raise_for_status().content, type=Home)
        except (httpx2.HTTPError, msgspec.DecodeError) as error:
            raise Unavailable(f"The region {neighbour.name} does not answer: {type(error).__name__}.") from error
        if (home.org_id, home.region) != (org_id, neighbour.name):
            _log.error("region answers for another", extra={"region": neighbour.name, "answered": home.region})
            raise Unavailable(f"The region {neighbour.name} does not answer for itself: compare CONTEXTFS_REGIONS.")
        return home

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()


def answered(door: Door, directory: Directory, regions: Regions, request: HttpRequest) -> HttpResponse:
    """Answer what another region asks."""
    if request.path.startswith(HOMES):
        return _home(directory, regions, request.path.removeprefix(HOMES))
    if request.path.startswith(CALLERS):
        _let_in(door, request)
        return HttpResponse(status=204)
    raise NotFound(NOTHING)


def _home(directory: Directory, regions: Regions, named: str) -> HttpResponse:
    try:
        home = directory.here(UUID(named))
    except ValueError as error:
        raise NotFound("This is no organization's id.") from error
    headers = {"content-type": "application/json"}
    if home is None or home.region in regions.neighbours:
        return HttpResponse(status=NotFound.status, body=_NOT_HERE, headers=headers)
    told = Home(home.org_id, regions.here, home.elsewhere)
    return HttpResponse(status=200, body=msgspec.json.encode(told), headers=headers)


def _let_in(door: Door, request: HttpRequest) -> None:
    """Let in whom the same call would let in here, and count who is not as it would be counted here."""
    now, services = door.clock(), door.services
    names, kind, entering = _caller(door, request, now)
    tried = lockout.attempt(*names, request.address)
    with Entrance(kind, request.address, tried).opened(services.database, entering, now) as (_, found, let_in):
        is_known = found is not None and found.get("admitted") is not False
        if is_known:
            let_in()
    if not is_known:
        if tried is not None:
            lockout.failed(services, tried, now, door.request_id(request.headers))
        if not request.path.endswith(NOBODY):
            raise NotFound(ABSENT)
        raise NotAuthenticated("This credential opens nothing: it does not exist, or was revoked, or has expired.")


def _caller(door: Door, request: HttpRequest, now: datetime) -> Coming:
    services = door.services
    source = request.path.removeprefix(CALLERS)
    token = request.headers.get("authorization", "").partition(" ")[2].strip()
    directory = tokens.parse(token, services.key_pepper, DIRECTORY)
    if directory is not None:
        return (directory.org_id, directory.id), "directories", directories.entering(directory, now)
    route = _BY_KEY if source == NOBODY else _BY_SOURCE
    calling = caller(route, replace(request, path_values={"source": source}), services)
    return calling.names, calling.kind, calling.entering(now)

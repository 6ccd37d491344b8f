"""Timing classes: what is the victim's has to take as long as what is not there, or a clock tells one from the other.

A clock proves nothing of that: on a busy machine, medians move by more than a query takes. What takes the time is the
work, so the work is compared: each call has to ask the database the same statements in the same order, and be given as
many rows by each. It is made in this process, through the same door, on the same database. What a clock shows over HTTP
is told beside it, as the ratio of two medians that were measured by turns, and is not judged.
"""

import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec

from contextfs.kit.ports import Database, Meanwhile, Parameters, Row, Statement, Transaction
from contextfs.runtime.door.door import Door
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.isolation.matrix import MATRIX
from contextfs.runtime.isolation.model import Check, Party, Victim
from contextfs.runtime.isolation.walk import Attempt, attempts
from contextfs.runtime.isolation.web import Web, ask
from contextfs.runtime.table import Route

AREA: Final = "timing"
_ROUNDS: Final = 3
"""A difference is one that comes each time: in between a key's last use is noted, or an allowance is fetched."""
_TURNS: Final = 9
_REACHES: Final = ("organization", "project", "person")

Work = list[tuple[str, int]]
"""What the database was asked, and how many rows each statement gave or touched."""


def timing(web: Web, door: Door, victim: Victim, parties: Sequence[Party], routes: Sequence[Route]) -> Iterator[Check]:
    """Compare the work of calls for what is the victim's with that for what nobody has, by one caller of each reach."""
    for party in (next(one for one in parties if one.of == of and one.headers) for of in _REACHES):
        for route in routes:
            row = MATRIX.get(route.name)
            if row is None or row.last or not row.alike or (party.of == "person" and not row.private):
                continue
            telling = [
                one
                for one in attempts(victim, party, route, row)
                if (one.path, one.body) != (one.twin_path, one.twin_body)
            ]
            if telling:
                yield _compared(web, door, party, route, telling)


def _compared(web: Web, door: Door, party: Party, route: Route, telling: Sequence[Attempt]) -> Check:
    leak = next(filter(None, (_difference(door, party, route, one) for one in telling)), None)
    clocked = route.method == "GET" and "{" in route.path
    return Check(
        area=AREA,
        subject=f"{route.method} {route.path}",
        who=party.name,
        tried=2 * len(telling),
        leak=leak,
        told=f"{_ratio(web, party, route, telling[0]):.2f}×" if clocked else None,
    )


def _difference(door: Door, party: Party, route: Route, one: Attempt) -> str | None:
    """Tell what the database is asked otherwise about what is the victim's; None where it is the same."""
    asked = _request(party, route, one.path, one.body, one)
    twin = _request(party, route, one.twin_path, one.twin_body, one)
    theirs, none = _work(door, route, asked, twin)
    for _ in range(_ROUNDS - 1):
        if theirs == none:
            return None
        theirs, none = _work(door, route, asked, twin)
    if theirs == none:
        return None
    return f"{one.path} has the database asked {_said(theirs)}, and {_said(none)} where there is no such thing"


def _work(door: Door, route: Route, asked: HttpRequest, twin: HttpRequest) -> tuple[Work, Work]:
    return work(door, route, asked), work(door, route, twin)


def work(door: Door, route: Route, request: HttpRequest) -> Work:
    """Make a call, and give what the database was asked for it."""
    watched = _Watched(door.services.database)
    replace(door, services=replace(door.services, database=watched)).answer(route, request)
    return watched.asked


def _said(asked: Work) -> str:
    return f"{len(asked)} statements for {sum(rows for _, rows in asked)} rows"


def _request(party: Party, route: Route, path: str, body: Any, one: Attempt) -> HttpRequest:
    """Make the request that a host would."""
    parts = urlsplit(path)
    values = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route.path), parts.path)
    sent = {**party.headers, **{name.replace("_", "-"): value for name, value in one.headers.items()}}
    return HttpRequest(
        method=route.method,
        path=parts.path,
        path_values=values.groupdict() if values else {},
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        raw_query=parts.query,
        headers=sent if body is None else {"content-type": "application/json", **sent},
        body=b"" if body is None else msgspec.json.encode(body),
    )


def _ratio(web: Web, party: Party, route: Route, one: Attempt) -> float:
    """Give how long the server takes for what is the victim's, against what nobody has, measured by turns."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(_TURNS):
        for seconds, path in zip(taken, (one.path, one.twin_path), strict=True):
            begun = time.perf_counter()
            ask(web, party, route.method, path)
            seconds.append(time.perf_counter() - begun)
    return median(taken[0]) / median(taken[1])


class _Watched:
    """A database that notes what it is asked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.asked: Work = []

    @contextmanager
    def transaction(
        self,
        *opening: Statement,
        ahead: Sequence[Statement] = (),
        meanwhile: Meanwhile | None = None,
        at_once: bool = False,
        presumed: Row | None = None,
    ) -> Generator[tuple[Transaction, list[Row | None]]]:
        """Open a transaction, and note what opens it; what is read ahead is noted when it is asked."""
        opened = self._database.transaction(
            *opening, ahead=ahead, meanwhile=meanwhile, at_once=at_once, presumed=presumed
        )
        with opened as (tx, rows):
            self.asked += [(query, int(row is not None)) for (query, _), row in zip(opening, rows, strict=True)]
            yield _Noting(tx, self.asked), rows

    def close(self) -> None:
        """Leave the connections to whose they are."""


class _Noting:
    """A transaction that notes what it is asked."""

    def __init__(self, tx: Transaction, asked: Work) -> None:
        self._tx, self._asked = tx, asked

    def all(self, query: str, parameters: Parameters | None = None) -> list[Row]:
        rows = self._tx.all(query, parameters)
        self._asked.append((query, len(rows)))
        return rows

    def one(self, query: str, parameters: Parameters | None = None) -> Row | None:
        row = self._tx.one(query, parameters)
        self._asked.append((query, int(row is not None)))
        return row

    def run(self, query: str, parameters: Parameters | None = None) -> int:
        touched = self._tx.run(query, parameters)
        self._asked.append((query, touched))
        return touched

    def many(self, query: str, parameters: Sequence[Parameters]) -> None:
        self._asked.append((query, len(parameters)))
        self._tx.many(query, parameters)

    def ask(self, query: str, parameters: Parameters | None = None) -> Callable[[], Row | None]:
        coming = self._tx.ask(query, parameters)

        def come() -> Row | None:
            row = coming()
            self._asked.append((query, int(row is not None)))
            return row

        return come

    def ahead(self, statements: Sequence[Statement]) -> None:
        self._tx.ahead(statements)

    def soon(self, query: str, parameters: Parameters | None = None) -> None:
        self._asked.append((query, 1))
        self._tx.soon(query, parameters)

    def last(self, query: str, parameters: Parameters | None = None) -> None:
        self._asked.append((query, 1))
        self._tx.last(query, parameters)

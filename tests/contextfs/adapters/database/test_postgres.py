"""The Database adapter over a real server: claims, broken connections, atomic ends."""

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from contextfs.adapters.database import embedded
from contextfs.adapters.database.postgres import PostgresDatabase, Statement
from contextfs.kit.errors import ContextFSError, NotFound, Unavailable
from contextfs.kit.ports import MistakenError, Transaction
from tests.contextfs.adapters.database.tenancy import AT, Connection, Ids

INSERT = (
    "insert into usage_records (org_id, id, at, actor_id, meter, quantity, request_id)"
    " values (%(org)s, %(id)s, %(at)s, %(org)s, 'test', 1, 'r')"
)
_QUICK: Statement = ("set local synchronous_commit = off", {})
LOOK: Statement = ("select id from projects", {})
MINE = "select count(*) as n from usage_records where id = any(%(ids)s)"


def claims(ids: Ids) -> Statement:
    """Give the statement that opens a tenant's transaction."""
    return "select contextfs.assume(%(org)s, %(user)s, null)", {"org": ids.org, "user": ids.user}


def use(org: UUID, record: UUID) -> dict[str, object]:
    """Give the parameters of INSERT."""
    return {"org": org, "id": record, "at": AT}


@pytest.fixture(scope="module")
def database(app_url: str) -> Iterator[PostgresDatabase]:
    """Give a pool that is smaller than the crowd in front of it."""
    opened = PostgresDatabase(app_url, size=4)
    yield opened
    opened.close()


def _kept(database: PostgresDatabase, ids: Ids, *records: UUID) -> int:
    with database.transaction(claims(ids)) as (tx, _):
        row = tx.one(MINE, {"ids": list(records)})
    assert row is not None
    return row["n"]


class Visitor:
    """One of many callers at once: each transaction looks whose it is, and half of them end badly."""

    def __init__(self, database: PostgresDatabase, tenants: list[Ids], seed: int) -> None:
        self.database = database
        self.tenants = tenants
        self.random = Random(seed)  # noqa: S311 - the same calls in each run
        self.told: Counter[str] = Counter()
        self.tried: list[UUID] = []
        self.kept: dict[UUID, UUID] = {}

    def call(self, times: int) -> None:
        """Call this often."""
        for _ in range(times):
            if self.random.random() < 0.1:
                with self.database.transaction() as (tx, _):
                    self._look(tx, None)
                continue
            ids, record = self.random.choice(self.tenants), uuid4()
            self.tried.append(record)
            try:
                with self.database.transaction(_QUICK, claims(ids)) as (tx, _):
                    self._look(tx, ids)
                    self._act(tx, ids, record)
            except (KeyError, ContextFSError) as error:
                self.told[type(error).__name__] += 1
            else:
                self.told["kept"] += 1
                self.kept[record] = ids.org

    def _look(self, tx: Transaction, ids: Ids | None) -> None:
        row = tx.one("select current_setting('app.org_id', true) as org, (select min(org_id::text) from projects) as a")
        seen = (row["org"] or None, row["a"]) if row else None
        self.told["right" if seen == ((str(ids.org), str(ids.org)) if ids else (None, None)) else "WRONG"] += 1

    def _act(self, tx: Transaction, ids: Ids, record: UUID) -> None:
        chance = self.random.random()
        if chance < 0.5:
            tx.last(INSERT, use(ids.org, record))
        elif chance < 0.52:
            tx.last(INSERT, use(uuid4(), record))
        elif chance < 0.65:
            tx.run("select no_such_thing")
        elif chance < 0.8:
            tx.run("select set_config('app.org_id', %(org)s, true)", {"org": str(uuid4())})
            raise KeyError
        else:
            tx.run(INSERT, use(ids.org, record))
            raise KeyError


def test_claims_never_reach_another_transaction(
    database: PostgresDatabase, ours: Ids, theirs: Ids, admin: Connection
) -> None:
    visitors = [Visitor(database, [ours, theirs], seed) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(Visitor.call, visitors, [1250] * 8))
    told = sum((visitor.told for visitor in visitors), Counter[str]())
    tried = [record for visitor in visitors for record in visitor.tried]
    kept = {record: org for visitor in visitors for record, org in visitor.kept.items()}
    stored = admin.execute("select id, org_id from contextfs.usage_records where id = any(%s)", (tried,)).fetchall()

    assert told["WRONG"] == 0
    assert told["right"] == 10_000
    assert min(told["kept"], told["KeyError"], told["NotFound"], told["Unavailable"]) > 100
    assert dict(stored) == kept


def test_connections_that_broke_while_idle_are_replaced(database_url: str, app_url: str, ours: Ids) -> None:
    pool = PostgresDatabase(app_url, size=6)
    together = threading.Barrier(6, timeout=60)

    def visit(_: int) -> int:
        with pool.transaction(claims(ours)) as (tx, _rows):
            together.wait()
            row = tx.one("select pg_backend_pid() as pid")
        assert row is not None
        return row["pid"]

    with ThreadPoolExecutor(6) as threads:
        before = list(threads.map(visit, range(6)))
        with psycopg.connect(database_url) as connection:
            connection.execute("select pg_terminate_backend(pid) from unnest(%s::int []) as pid", (before,))
        after = list(threads.map(visit, range(6)))
    pool.close()

    assert len(set(before)) == len(set(after)) == 6
    assert not set(before) & set(after)


def test_a_server_that_was_killed_is_found_again(own_server: Path) -> None:
    server = embedded.start(own_server)
    pool = PostgresDatabase(server.dsn(), size=3)
    with pool.transaction() as (tx, _):
        tx.run("create table if not exists public.kept (n int)")
    os.kill(server.pid, signal.SIGKILL)
    again = embedded.start(own_server, options={"fsync": "off"})
    with pool.transaction() as (tx, _):
        seen = tx.all("select count(*) as n from public.kept")
    pool.close()

    assert seen == [{"n": 0}]
    assert again.pid != server.pid


def test_while_the_server_is_away_it_says_so(own_server: Path) -> None:
    pool = PostgresDatabase(embedded.start(own_server).dsn(), size=2, timeout=60)
    with pool.transaction() as (tx, _):
        tx.run("select 1")
    embedded.stop(own_server)
    pool._pool.timeout = 0.3  # pyright: ignore[reportPrivateUsage] - soon enough, once it was reached
    try:
        with pytest.raises(Unavailable, match="does not answer; nothing was stored"), pool.transaction() as (tx, _):
            tx.run("select 1")
    finally:
        pool.close()
        embedded.start(own_server, options={"fsync": "off"})


def test_a_pool_that_is_used_up_says_so(app_url: str) -> None:
    pool = PostgresDatabase(app_url, size=1, timeout=60)
    with pool.transaction():
        pool._pool.timeout = 0.3  # pyright: ignore[reportPrivateUsage] - soon enough, for whoever comes second
        with pytest.raises(Unavailable, match="does not answer; nothing was stored"), pool.transaction():
            pass
    pool.close()


def test_what_an_opening_statement_gives_comes_with_the_transaction(database: PostgresDatabase) -> None:
    opening: tuple[Statement, ...] = (("select 1 as a", {}), ("set local lock_timeout = 1000", {}))
    with database.transaction(*opening) as (_, rows):
        pass

    assert rows == [{"a": 1}, None]


HERE = "select current_setting('app.org_id', true) as org, transaction_timestamp() as begun, %(a)s::int as a"


def _here(a: int) -> Statement:
    return HERE, {"a": a}


@pytest.mark.parametrize("at_once", [False, True])
def test_what_is_read_ahead_is_told_when_it_is_asked_once(
    database: PostgresDatabase, ours: Ids, *, at_once: bool
) -> None:
    with database.transaction(claims(ours), ahead=[_here(1), _here(2)], at_once=at_once) as (tx, _):
        told = [tx.one(*_here(a)) or {} for a in (2, 1, 1, 3)]

    assert [(str(ours.org), a) for a in (2, 1, 1, 3)] == [(row["org"], row["a"]) for row in told]
    assert (len({row["begun"] for row in told[:2]}), told[2]["begun"]) == (1, told[3]["begun"])
    assert (told[0]["begun"] == told[2]["begun"]) is not at_once  # it had ended, and began anew


def test_nobody_reads_ahead_what_is_not_theirs(database: PostgresDatabase, ours: Ids, theirs: Ids) -> None:
    for opening, seen in (((), 0), ((claims(theirs),), 0), ((claims(ours),), 1)):
        mine: Statement = "select org_id from organizations where org_id = %(org)s", {"org": ours.org}
        with database.transaction(*opening, ahead=[mine], at_once=True) as (tx, _):
            assert len(tx.all(*mine)) == seen


def test_nobody_without_claims_comes_from_where_they_may(database: PostgresDatabase, ours: Ids) -> None:
    def within(opening: tuple[Statement, ...], kind: str, address: str | None) -> bool:
        asked = {"kind": kind, "address": address}
        look: Statement = "select contextfs.is_within(%(kind)s, %(address)s::inet) as is_within", asked
        with database.transaction(*opening, look) as (_, rows):
            return (rows[-1] or {})["is_within"]

    come = (("keys", "203.0.113.7"), ("keys", "192.0.2.1"), ("keys", None), ("logins", "192.0.2.1"), ("logins", None))

    assert [True, False, False, True, True] == [within((claims(ours),), *one) for one in come]
    assert [False] * 5 == [within((), *one) for one in come]


def test_one_that_has_ended_may_write_yet(database: PostgresDatabase, ours: Ids) -> None:
    at_once, together, last, undone = uuid4(), uuid4(), uuid4(), uuid4()
    with database.transaction(claims(ours), ahead=[LOOK], at_once=True) as (tx, _):
        tx.run(INSERT, use(ours.org, at_once))
    with database.transaction(claims(ours), ahead=[LOOK], at_once=True) as (tx, _):
        tx.many(INSERT, [use(ours.org, together)])
    with database.transaction(claims(ours), ahead=[LOOK], at_once=True) as (tx, _):
        tx.last(INSERT, use(ours.org, last))
    with suppress(KeyError), database.transaction(claims(ours), ahead=[LOOK], at_once=True) as (tx, _):
        tx.run(INSERT, use(ours.org, undone))
        raise KeyError

    assert (_kept(database, ours, at_once, together, last), _kept(database, ours, undone)) == (3, 0)


def test_what_nobody_waits_for_is_there_for_the_next_statement(database: PostgresDatabase, ours: Ids) -> None:
    first, second, many, last, ended = (uuid4() for _ in range(5))
    with database.transaction(claims(ours)) as (tx, _):
        tx.soon(INSERT, use(ours.org, first))
        seen = tx.one(MINE, {"ids": [first]})
        tx.soon(INSERT, use(ours.org, second))
        tx.many(INSERT, [use(ours.org, many)])
        tx.soon(INSERT, use(ours.org, last))
    with database.transaction(claims(ours), ahead=[LOOK], at_once=True) as (tx, _):
        tx.soon(INSERT, use(ours.org, ended))

    assert ({"n": 1}, 5) == (seen, _kept(database, ours, first, second, many, last, ended))


def test_what_nobody_waits_for_undoes_all_where_it_fails(database: PostgresDatabase, ours: Ids) -> None:
    before, refused = uuid4(), uuid4()
    told = "nothing"
    try:
        with database.transaction(claims(ours)) as (tx, _):
            tx.run(INSERT, use(ours.org, before))
            tx.soon(INSERT, use(uuid4(), refused))
            told = "not yet"
    except NotFound as error:
        told = f"{told}: {error.status}"

    assert ("not yet: 404", 0) == (told, _kept(database, ours, before))


@pytest.mark.parametrize("at_once", [False, True])
def test_what_fails_ahead_leaves_the_pool_whole(database: PostgresDatabase, ours: Ids, *, at_once: bool) -> None:
    for _ in range(8):
        broken = database.transaction(claims(ours), ahead=[("select 1 / 0 as a", {})], at_once=at_once)
        with pytest.raises(ContextFSError), broken:
            pass

    assert _kept(database, ours) == 0


def test_what_is_asked_comes_when_it_is_waited_for(database: PostgresDatabase, ours: Ids) -> None:
    first, second, ended = uuid4(), uuid4(), uuid4()
    with database.transaction(claims(ours)) as (tx, _):
        tx.soon(INSERT, use(ours.org, first))
        before = tx.ask(MINE, {"ids": [first, second]})
        tx.soon(INSERT, use(ours.org, second))
        after = tx.one(MINE, {"ids": [first, second]})
        none = tx.ask("select 1 as one where false")
    with database.transaction(claims(ours), ahead=[LOOK], at_once=True) as (tx, _):
        anew = tx.ask(INSERT + " returning id", use(ours.org, ended))

    assert ({"n": 1}, {"n": 2}, None, {"id": ended}) == (before(), after, none(), anew())
    assert _kept(database, ours, first, second, ended) == 3


def test_while_it_is_looked_up_who_calls_something_else_is_done(app_url: str, database_url: str, ours: Ids) -> None:
    pool = PostgresDatabase(app_url, size=1)
    lock, held = 7_312, "select 1 from pg_locks where locktype = 'advisory' and objid = %s"
    seen: list[object] = []

    def look() -> Iterator[list[Statement]]:
        with psycopg.connect(database_url, autocommit=True) as other:
            for _ in range(1_000):
                if other.execute(held, [lock]).fetchone() is not None:
                    seen.append("the opening runs")
                    break
        yield [LOOK]

    with pool.transaction(claims(ours), ("select pg_advisory_xact_lock(%(a)s::int)", {"a": lock}), meanwhile=look) as (
        tx,
        _,
    ):
        assert tx.all(*LOOK)
    pool.close()

    assert seen == ["the opening runs"]


def _opening(ids: Ids, told: str) -> Statement:
    """Give one statement that makes claims and tells something."""
    query, named = claims(ids)
    return f"with claimed as materialized ({query}) select {told} as a from claimed", named  # noqa: S608 - our own words


def test_what_is_presumed_is_given_before_it_comes(app_url: str, database_url: str, ours: Ids) -> None:
    pool, stored = PostgresDatabase(app_url, size=1), uuid4()
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("select pg_advisory_lock(7313)")
        opening = _opening(ours, "pg_advisory_xact_lock(7313) is null")
        with pool.transaction(opening, presumed={"a": False}) as (tx, rows):
            other.execute("select pg_advisory_unlock(7313)")
            tx.soon(INSERT, use(ours.org, stored))

    assert (rows, _kept(pool, ours, stored)) == ([{"a": False}], 1)
    pool.close()


def _writes(tx: Transaction, ids: Ids, record: UUID) -> None:
    tx.soon(INSERT, use(ids.org, record))


def _asks(tx: Transaction, ids: Ids, record: UUID) -> None:
    tx.ask(*LOOK)()
    tx.soon(INSERT, use(ids.org, record))


def _keeps(tx: Transaction, ids: Ids, record: UUID) -> None:
    tx.last(INSERT, use(ids.org, record))


def _fails(_tx: Transaction, _ids: Ids, _record: UUID) -> None:
    raise NotFound


def _swallows(tx: Transaction, ids: Ids, record: UUID) -> None:
    with suppress(Exception):
        tx.one(*LOOK)
    tx.soon(INSERT, use(ids.org, record))


@pytest.mark.parametrize("does", [_writes, _asks, _keeps, _fails, _swallows])
@pytest.mark.parametrize("told", ["1", "null", "1 / 0"])
def test_nothing_is_stored_or_told_on_what_is_presumed_wrongly(
    database: PostgresDatabase, ours: Ids, does: Callable[[Transaction, Ids, UUID], None], told: str
) -> None:
    record = uuid4()
    presumed = database.transaction(_opening(ours, told), ahead=[LOOK], presumed={"a": 2})
    with pytest.raises(MistakenError), presumed as (tx, _):
        does(tx, ours, record)

    assert _kept(database, ours, record) == 0


def test_what_fails_on_what_is_presumed_rightly_is_told(database: PostgresDatabase, ours: Ids) -> None:
    with pytest.raises(NotFound), database.transaction(_opening(ours, "1"), presumed={"a": 1}) as (tx, _):
        _fails(tx, ours, uuid4())


def test_what_is_refused_on_what_is_presumed_rightly_is_told(database: PostgresDatabase, ours: Ids) -> None:
    for does in (Transaction.one, Transaction.run, Transaction.soon, Transaction.last):
        presumed = database.transaction(_opening(ours, "1"), presumed={"a": 1})
        with pytest.raises(NotFound), presumed as (tx, _):
            getattr(tx, does.__name__)(INSERT, use(uuid4(), uuid4()))


def test_a_connection_that_is_cut_while_something_is_presumed_is_told_as_mistaken(
    app_url: str, database_url: str, ours: Ids
) -> None:
    pool, record = PostgresDatabase(app_url, size=1), uuid4()
    with pool.transaction() as (tx, _):
        backend = (tx.one("select pg_backend_pid() as pid") or {})["pid"]
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", [backend])
    with pytest.raises(MistakenError), pool.transaction(_opening(ours, "1"), presumed={"a": 1}) as (tx, _):
        tx.soon(INSERT, use(ours.org, record))

    assert _kept(pool, ours, record) == 0
    pool.close()


class Ended(BaseException):
    """What nobody expects, and nobody catches."""


def _go(tx: Transaction, place: str, ids: Ids, record: UUID, end: Callable[[], None]) -> None:
    """Write something, and let it end in a place of the way."""
    if place == "inside":
        end()
    asked = tx.ask("select pg_sleep(0.05), org_id from organizations")
    if place == "asked":
        end()
    asked()
    tx.soon(INSERT, use(ids.org, record))
    if place == "soon":
        end()
    tx.last(LOOK[0])
    if place == "last":
        end()


PLACES = ("meanwhile", "inside", "asked", "soon", "last")


def _visit(pool: PostgresDatabase, ids: Ids, place: str, record: UUID, end: Callable[[], None]) -> None:
    def meanwhile() -> Iterator[list[Statement]]:
        if place == "meanwhile":
            end()
        yield [LOOK]

    slow: Statement = ("select pg_sleep(0.05)", {})
    with pool.transaction(claims(ids), slow, meanwhile=meanwhile) as (tx, _):
        _go(tx, place, ids, record, end)


@pytest.mark.parametrize("raised", [ContextFSError, Ended, KeyboardInterrupt])
@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_under_way_on_a_connection_that_comes_back(
    app_url: str, ours: Ids, theirs: Ids, place: str, raised: type[BaseException]
) -> None:
    pool = PostgresDatabase(app_url, size=1)
    record, backends = uuid4(), list[object]()

    def end() -> None:
        raise raised

    for _ in range(3):
        with pytest.raises(raised):
            _visit(pool, ours, place, record, end)
        with pool.transaction(("select pg_backend_pid() as pid", {}), claims(theirs)) as (tx, (backend, _)):
            seen = tx.all("select org_id from organizations")
            told = tx.one("select %(a)s::int as a", {"a": 5})
        assert (seen, told) == ([{"org_id": theirs.org}], {"a": 5})
        backends.append(backend)
    kept = _kept(pool, ours, record)
    pool.close()

    assert backends == backends[:1] * 3  # it is in order again, and need not be closed
    assert kept == 0


@pytest.mark.parametrize("place", PLACES)
def test_a_connection_that_is_cut_anywhere_is_replaced(
    app_url: str, database_url: str, ours: Ids, theirs: Ids, place: str
) -> None:
    name = f"cut {uuid4()}"
    pool = PostgresDatabase(make_conninfo(app_url, application_name=name), size=1)
    cut: list[int] = []

    def end() -> None:
        if cut:
            return
        with psycopg.connect(database_url, autocommit=True) as other:
            mine = "select pid from pg_stat_activity where application_name = %s"
            cut.extend(pid for (pid,) in other.execute(mine, [name]))
            other.execute("select pg_terminate_backend(pid, 5000) from unnest(%s::int []) as pid", [cut])

    record = uuid4()
    with suppress(Unavailable):  # what was cut while it was opened is opened anew, unseen
        _visit(pool, ours, place, record, end)
    with pool.transaction(claims(theirs)) as (tx, _):
        seen = tx.all("select org_id from organizations")
    kept = _kept(pool, ours, record)
    pool.close()

    assert cut
    assert seen == [{"org_id": theirs.org}]
    assert kept == (1 if place == "meanwhile" else 0)


def test_an_opening_statement_that_fails_leaves_the_pool_whole(database: PostgresDatabase, ours: Ids) -> None:
    for _ in range(8):
        with pytest.raises(ContextFSError), database.transaction(("select 1 / 0", {})):
            pass

    assert _kept(database, ours) == 0


def _call(
    database: PostgresDatabase,
    *opening: Statement,
    run: Sequence[Statement] = (),
    last: Sequence[Statement] = (),
    then: Callable[[Transaction], object] = bool,
) -> None:
    """Make a transaction of these parts."""
    with database.transaction(*opening) as (tx, _):
        for statement in run:
            tx.run(*statement)
        for statement in last:
            tx.last(*statement)
        then(tx)


def test_a_last_statement_that_fails_takes_everything_back(database: PostgresDatabase, ours: Ids) -> None:
    first, second = uuid4(), uuid4()
    last = [(INSERT, use(ours.org, second)), (INSERT, use(uuid4(), uuid4()))]
    with pytest.raises(NotFound):
        _call(database, claims(ours), run=[(INSERT, use(ours.org, first))], last=last)

    assert _kept(database, ours, first, second) == 0


@pytest.mark.parametrize("place", ["opening", "last"])
@pytest.mark.parametrize("calls_before", range(4))
def test_a_failure_spoils_no_later_call(app_url: str, calls_before: int, place: str) -> None:
    pool = PostgresDatabase(app_url, size=1)
    broken: Statement = ("select 1 / %(zero)s", {"zero": 0})

    def call(*statements: Statement) -> None:
        _call(pool, *(statements if place == "opening" else ()), last=statements if place == "last" else ())

    with pytest.raises(ContextFSError):
        _call(pool, run=[broken])
    for _ in range(calls_before):
        call(LOOK)
    with pytest.raises(ContextFSError):
        call(broken, LOOK)
    for _ in range(4):
        call(LOOK)
    pool.close()


def test_last_statements_are_stored_with_the_rest(database: PostgresDatabase, ours: Ids) -> None:
    first, second = uuid4(), uuid4()
    with database.transaction(claims(ours)) as (tx, _):
        tx.last(INSERT, use(ours.org, second))
        tx.run(INSERT, use(ours.org, first))

    assert _kept(database, ours, first, second) == 2


def test_many_runs_once_for_each(database: PostgresDatabase, ours: Ids) -> None:
    records = [uuid4() for _ in range(50)]
    with database.transaction(claims(ours)) as (tx, _):
        tx.many(INSERT, [use(ours.org, record) for record in records])
        tx.many(INSERT, [])

    assert _kept(database, ours, *records) == 50


@pytest.mark.parametrize("raised", [KeyError, KeyboardInterrupt, GeneratorExit])
def test_whatever_ends_the_body_takes_everything_back(
    database: PostgresDatabase, ours: Ids, raised: type[BaseException]
) -> None:
    record = uuid4()

    def end(_: Transaction) -> None:
        raise raised

    with pytest.raises(raised):
        _call(database, claims(ours), run=[(INSERT, use(ours.org, record))], then=end)

    assert _kept(database, ours, record) == 0


def test_an_error_that_was_passed_over_is_not_taken_for_success(database: PostgresDatabase, ours: Ids) -> None:
    record = uuid4()

    def pass_over(tx: Transaction) -> None:
        with suppress(psycopg.Error):
            tx.run("select 1 / 0")

    with pytest.raises(ContextFSError, match="nothing of it was stored"):
        _call(database, claims(ours), run=[(INSERT, use(ours.org, record))], then=pass_over)

    assert _kept(database, ours, record) == 0


def _end(url: str, tx: Transaction) -> None:
    """End the server's side of a transaction's connection."""
    row = tx.one("select pg_backend_pid() as pid")
    assert row is not None
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(%s, 5000)", (row["pid"],))


def test_a_connection_lost_at_commit_leaves_it_open_whether_it_was_stored(
    database: PostgresDatabase, database_url: str, ours: Ids
) -> None:
    last = [(INSERT, use(ours.org, uuid4()))]
    advice = r"it may be stored or not\. Try again with the same Idempotency-Key"
    with pytest.raises(Unavailable, match=advice):
        _call(database, claims(ours), last=last, then=lambda tx: _end(database_url, tx))

    assert _kept(database, ours) == 0


def test_a_connection_lost_before_stored_nothing(database: PostgresDatabase, database_url: str, ours: Ids) -> None:
    def go_on(tx: Transaction) -> None:
        _end(database_url, tx)
        tx.run("select 1")

    with pytest.raises(Unavailable, match="nothing was stored, try again"):
        _call(database, claims(ours), then=go_on)

    assert _kept(database, ours) == 0


@pytest.mark.parametrize("place", ["opening", "run", "last"])
def test_a_server_that_only_reads_is_left(app_url: str, ours: Ids, place: str) -> None:
    pool = PostgresDatabase(app_url, size=1)
    pids: list[object] = []
    store: Statement = (INSERT, use(ours.org, uuid4()))
    parts: dict[str, Any] = {"opening": (), "run": (), "last": ()} | {place: [store]}

    def look(tx: Transaction) -> None:
        pids.append(tx.one("select pg_backend_pid()"))

    _call(pool, claims(ours), then=look)
    with pytest.raises(Unavailable, match="nothing was stored, try again"):
        _call(
            pool,
            claims(ours),
            ("set transaction read only", {}),
            *parts["opening"],
            run=parts["run"],
            last=parts["last"],
        )
    _call(pool, claims(ours), then=look)
    pool.close()

    assert pids[0] != pids[1]


def test_a_connection_that_lost_what_it_prepared_is_replaced_unseen(app_url: str, ours: Ids) -> None:
    pool = PostgresDatabase(app_url, size=1)
    statement: Statement = ("select 1 as one", {})
    for _ in range(3):
        _call(pool, claims(ours))
    _call(pool, run=[("deallocate all", {})])

    _call(pool, claims(ours))  # in the opening nothing can have been stored: another connection does it

    with pytest.raises(Unavailable, match="nothing was stored, try again"):
        _call(
            pool,
            run=[("select 1 as one", {}), ("select 1 as one", {}), ("deallocate all", {}), ("select 1 as one", {})],
        )
    _call(pool, run=[statement] * 3)
    pool.close()


@pytest.mark.parametrize("does", [_asks, _swallows])
def test_what_another_connection_may_do_is_mistaken_where_something_is_presumed(
    app_url: str, ours: Ids, does: Callable[[Transaction, Ids, UUID], None]
) -> None:
    pool, record, pids = PostgresDatabase(app_url, size=1), uuid4(), list[object]()

    def look(tx: Transaction) -> None:
        pids.append(tx.one("select pg_backend_pid()"))

    _call(pool, claims(ours), run=[LOOK] * 3, then=look)
    _call(pool, run=[("deallocate all", {})])
    presumed = pool.transaction(_opening(ours, "1"), meanwhile=lambda: [[LOOK]], presumed={"a": 1})
    with pytest.raises(MistakenError), presumed as (tx, _):
        does(tx, ours, record)
    _call(pool, claims(ours), then=look)

    assert (pids[0] != pids[1], _kept(pool, ours, record)) == (True, 0)
    pool.close()


def test_a_column_of_another_type_is_met_by_a_new_connection(admin_url: str) -> None:
    pool = PostgresDatabase(admin_url, size=1)
    asked: Statement = ("select value from pg_temp.changing where value is not null", {})
    made: list[Statement] = [("create temporary table changing (value int)", {})]
    _call(pool, run=[*made, asked, asked, asked])
    with pytest.raises(Unavailable, match="nothing was stored, try again"):
        _call(pool, run=[("alter table pg_temp.changing alter value type bigint", {}), asked])
    _call(pool, run=[*made, asked, asked, asked])
    pool.close()


def test_a_pause_that_is_too_long_is_told(app_url: str) -> None:
    pool = PostgresDatabase(app_url, size=1)

    def pause(tx: Transaction) -> None:
        threading.Event().wait(0.3)
        tx.run("select 1")

    impatient: list[Statement] = [("set local idle_in_transaction_session_timeout = 20", {})]
    with pytest.raises(Unavailable, match="nothing was stored, try again"):
        _call(pool, run=impatient, then=pause)
    pool.close()


BEGINS = """
select name, setting, source from pg_settings
where name in ('search_path', 'TimeZone', 'DateStyle', 'statement_timeout', 'idle_in_transaction_session_timeout')
"""


def _begins(url: str, *, shared: bool) -> tuple[dict[str, str], set[str], int]:
    """Tell the settings of a session, who set them, and how many statements it keeps after some repetitions."""
    pool = PostgresDatabase(url, size=1, shared=shared)
    for _ in range(4):
        with pool.transaction() as (tx, _):
            tx.all(BEGINS)
    with pool.transaction() as (tx, _):
        found = tx.all(BEGINS)
        kept = tx.one("select count(*) as n from pg_prepared_statements")
    pool.close()
    assert kept is not None
    return {row["name"]: row["setting"].replace(" ", "") for row in found}, {row["source"] for row in found}, kept["n"]


def test_a_session_behind_a_proxy_begins_as_any_other(app_url: str) -> None:
    settings, _, kept = _begins(app_url, shared=False)
    behind, told_by, kept_behind = _begins(app_url, shared=True)

    assert settings == behind
    assert told_by == {"database user"}
    assert (kept > 0, kept_behind) == (True, 0)


def test_what_could_not_be_written_begins_no_transaction(database: PostgresDatabase, ours: Ids) -> None:
    kept = uuid4()
    with database.transaction(claims(ours), ahead=[LOOK], at_once=True) as (tx, _):
        with suppress(UnicodeEncodeError):
            tx.one("select %(text)s::text as text", {"text": "\ud800"})
        tx.run(INSERT, use(ours.org, kept))
        inside = tx.one("select contextfs.claim('org_id')::uuid as org, pg_current_xact_id_if_assigned() as began")

    assert inside is not None
    assert (ours.org, True, 1) == (inside["org"], inside["began"] is not None, _kept(database, ours, kept))


def test_what_is_read_when_another_has_the_connection_is_of_who_asked(app_url: str) -> None:
    """In the middle of the reading, the other one reads: as if these were two threads, which change there."""
    pool = PostgresDatabase(app_url, size=1)
    theirs: list[Any] = []
    with pool.transaction() as (tx, _):
        mine = tx.ask("select 'mine' as n")
    with pool.transaction() as (tx, _):

        def interrupt(_frame: FrameType, event: str, called: Any) -> None:
            if event == "c_call" and called.__name__ == "decode":  # a name of the columns, before the rows are read
                sys.setprofile(None)
                theirs.extend(tx.all("select 'theirs' as n"))

        sys.setprofile(interrupt)
        try:
            seen = mine()
        finally:
            sys.setprofile(None)
    pool.close()

    assert ({"n": "mine"}, [{"n": "theirs"}]) == (seen, theirs)

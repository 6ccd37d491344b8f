"""What Postgres does not stop is not begun: a limit of time holds between rows, and not within one function."""

# ruff: noqa: S608 - the queries are put together from constants of this file

import re

import psycopg
import pytest

from contextfs.domain.sql.guard import guarded
from tests.conftest import Tenant
from tests.functions.asking import told

_A = "(select string_agg('a', '') from generate_series(1, 20000) g)"
_B = "(select string_agg('b', '') from generate_series(1, 20000) g)"
_NUMBERS = "(select array_agg({}n) from generate_series(1, 20000) n)"
_LIST = "(select jsonb_agg(({}n)::text) from generate_series(1, 20000) n)"
_KEYS = "(select array_agg(({}n)::text) from generate_series(1, 20000) n)"
_LONG = "(select power(10::numeric, 65000) / 7 as n) x"

ENDLESS = {
    "letters for others": f"select length(translate({_A}, {_B}, ''))",
    "letters around": f"select length(trim(both {_B} || 'a' from {_A}))",
    "a place": f"select position('b' || {_A} in {_A} || {_A})",
    "parts": f"select split_part({_A} || {_A}, 'b' || {_A}, 2)",
    "a list of parts": f"select cardinality(string_to_array({_A} || {_A}, 'b' || {_A}))",
    "what is put in places": f"select length(replace(t, u, 'x')) from (select {_A} || {_A} as t, 'b' || {_A} as u) x",
    "a pattern": f"select {_A} ilike '%' || {_A} || 'b%'",
    "a list of patterns": f"select {_A} not like all(array['%' || {_A} || 'b%'])",
    "lists with a part in common": f"select {_NUMBERS.format('')} && {_NUMBERS.format('-')}",
    "lists within lists": f"select {_NUMBERS.format('')} <@ {_NUMBERS.format('')}",
    "keys taken out": (
        "select length((a - k)::text) from (select (select jsonb_agg(n::text) from generate_series(1, 20000) n) as a,"
        " (select array_agg((-n)::text) from generate_series(1, 20000) n) as k) x"
    ),
    "one of the keys in a list": f"select {_LIST.format('')} ?| {_KEYS.format('-')}",
    "all keys in a list": f"select {_LIST.format('')} ?& {_KEYS.format('')}",
    "products of long numbers": f"select {' + '.join(['n * n'] * 400)} > 0 from {_LONG}",
    "quotients of long numbers": f"select {' and '.join(['n / 3 > 0'] * 400)} from {_LONG}",
}


@pytest.mark.parametrize("what", ENDLESS)
def test_what_nobody_could_stop_is_not_begun(what: str, tenant: Tenant) -> None:
    reply = tenant.call("POST", "/v1/sql", {"query": ENDLESS[what]})

    assert reply.status_code == 422
    assert "take a part of it" in told(reply)["detail"]


def test_what_people_look_for_is_found(tenant: Tenant) -> None:
    body = {
        "project_id": str(tenant.project_id),
        "content": "We deploy on Thursdays. " * 900,
        "tags": ["deploy", "day"],
    }
    assert tenant.call("POST", "/v1/memories", body).status_code == 201
    query = (
        "select position('Thursday' in content), tags @> array['day'], tags && array['x'], content ilike '%DEPLOY%',"
        " content like all(array['We%', '%. ']), split_part(content, ' ', 2), trim(' .' from right(content, 9)),"
        " translate(left(content, 9), 'Wd', 'wD'), metadata - 'a', 100 * confidence / 3 from memories"
    )
    reply = tenant.call("POST", "/v1/sql", {"query": query})

    assert reply.status_code == 200, reply.text
    assert reply.json()["rows"][0][:8] == [14, True, False, True, True, "deploy", "ursdays", "we Deploy"]


_ROWS = (
    "(select content, content::varchar as v, created_at as at, now() as later, confidence, 1::smallint as s,"
    " 2::bigint as b, 1.5::real as r, 2.5::float8 as f, current_date as d, metadata from memories) x"
)
_USUAL = (
    "select count(*) filter (where later - at > interval '1 day') + max(b - s) + max(b - 1), max(later - at),"
    " max(d - d), max(f - r), max(confidence - b), max((later - make_interval(days => 1)) - at),"
    f" max(s * b * r * f / b / s * b * 2 * b) from {_ROWS}"
    " where v ilike '%deployment%' or v ilike '%incident%' or content ilike '%postgres%'"
    " or content ilike '%kubernetes%' or content ilike '%terraform%' or content ilike '%on Thursdays%'"
)


def test_what_people_reckon_with_is_looked_at_by_no_function(tenant: Tenant, database_url: str) -> None:
    """Postgres puts in its place what bounds nothing: nothing is called for each row."""
    query = guarded(_USUAL).text
    with psycopg.connect(database_url) as connection:
        plan = connection.execute(f"explain (verbose) {query}".encode()).fetchall()
    reply = tenant.call("POST", "/v1/sql", {"query": _USUAL})

    assert query.count("limited(") > 20
    assert not re.search(r"limited\(", str(plan))
    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize(
    "compared",
    [
        """'{"type": "deployment", "environment": "production"}' <@ metadata""",
        "'{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}' && tags",
        "'2026-11-29 00:00:00.000000+00:00:00' - created_at < interval '1 day'",
    ],
)
def test_what_is_written_out_has_the_kind_that_is_compared(compared: str, tenant: Tenant) -> None:
    reply = tenant.call("POST", "/v1/sql", {"query": f"select {compared} from memories"})

    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize("patterns", ["values ('%a%'), ('%b%')", "(values ('%a%'))", "select '%a%' union select '%b%'"])
def test_rows_of_patterns_are_refused_with_what_to_write(patterns: str, tenant: Tenant) -> None:
    reply = tenant.call("POST", "/v1/sql", {"query": f"select id from memories where content ilike any({patterns})"})

    assert reply.status_code == 422
    assert "array(select" in told(reply)["detail"]

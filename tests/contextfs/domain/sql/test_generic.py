"""What a query costs is reckoned without its constants, and without a query becoming another one."""

import re
from typing import Any

import psycopg
import pytest
import sqlglot
from sqlglot import exp

from contextfs.domain.sql.guard import guarded
from contextfs.domain.sql.names import FUNCTIONS, WORDS
from contextfs.domain.sql.views import NOW, THEN, VIEWS
from contextfs.kit.errors import Invalid
from tests.contextfs.domain.sql.test_guard import WELCOME
from tests.growth import is_linear

OF = "select count(*) from sessions where "
GUESSED = {
    "a text": OF + "tool = '{word}'",
    "one of a list": OF + "tool in ('{word}', 'b')",
    "one of rows": OF + "(tool, title) in (('{word}', '{word}'))",
    "an element of a list": OF + "tool = any(array['{word}']) or tool = any('{{{word}}}')",
    "an element that is picked": OF + "tool = (array['{word}'])[{number}]",
    "a text of a type": OF + "tool = '{word}'::varchar(9) or tool = cast('{word}' as text)",
    "a long text": OF + "tool = '{word}" + "x" * 50 + "'",
    "what is put together": OF + "tool = 'a' || '{word}' or tool = concat('{word}', 'b')",
    "what a function makes": OF
    + "tool = lower('{word}') or tool = chr({number}) or tool = replace('a', 'a', '{word}')",
    "what is chosen": OF + "tool = case when {number} = {number} then '{word}' end or tool = coalesce(null, '{word}')",
    "what a part of the query has": "with t as (select '{word}' as a) select 1 from sessions, t where tool = a",
    "what is listed": "select 1 from sessions s join (values ('{word}')) as v(a) on s.tool = v.a",
    "what is in JSON": OF + """tool = ('{{"a": "{word}"}}'::jsonb ->> 'a')""",
    "a number": OF + "input_tokens = {number} or input_tokens between -{number} and {number}.5",
    "a large number": OF + "input_tokens < {number}000000000000 or output_tokens < {number}" + "0" * 30,
    "a moment": OF + "created_at > '{moment}' or created_at < timestamptz '{moment}'",
    "a time until now": OF
    + "created_at > now() - interval '{number} days' or created_at > now() - interval '{number}' day",
    "a time that is made": OF + "created_at > current_date - {number} or created_at > make_date({number}, 1, 1)",
    "what is grouped by": "select tool = '{word}', count(*) from sessions group by tool = '{word}'",
    "in the number of rows": "select 1 from sessions limit (select count(*) from sessions where tool = '{word}')",
    "in what makes rows": "select 1 from generate_series(1, (select count(*) from sessions where tool = '{word}')) n",
    "in a list of rows": "select unnest(array(select id from sessions where tool = '{word}'))",
}
ONE = {"word": "one", "number": 11, "moment": "2026-01-01"}
OTHER = {"word": "two", "number": 12, "moment": "2025-02-02"}

TYPED = (
    "select jsonb_build_object('a', 1, 'b', 'c'), jsonb_build_array('a'), concat('a', 1, tool), ('a', 1) from sessions",
    "select tool || '-x', count('x') from sessions group by tool || '-x' having count(*) > 1 order by tool || '-x'",
    "select distinct on (left(tool, 3)) left(tool, 3), 'x' is null from sessions order by left(tool, 3), 2",
    "select case when tool = 'a' then 'b' else 'c' end, count(*) from sessions group by rollup (1)",
    "select 1 from memories where metadata <> '{}' and tags <> '{}' and metadata @> '{}' and tags @> '{}'",
    "select coalesce(nullif(title, ''), 'none'), greatest(version, '1'), 'x' = any(tags) from memories",
    "select percentile_disc(array[0.1, 0.9]) within group (order by tokens), max(role || 'x') from messages",
    "select ntile(4) over (order by 1), lag(tokens, 1, 0) over (order by created_at) from messages",
    "select sum(tokens) over (order by created_at range interval '1 day' preceding) from messages",
    "select sum(tokens) over (order by created_at rows between 3 preceding and 1 following) from messages",
    "select created_at at time zone 'UTC', to_char(created_at, 'YYYY') from messages",
    "select 1 from messages where content like 'a!%' escape '!' and content not similar to '(a|b)%'",
    "select substring(content from 1 for 3), position('a' in content), trim(both 'x' from content), -1.5 from messages",
    "select 1 from messages where role in ('user', 'tool') and content ~* 'a' offset 2 fetch first 3 rows only",
    "select x.a from (select 'a' as a union select 'b') x where exists (select 'y') and x.a > all(array['c'])",
    "select width_bucket(tokens, 0, 10, 5), round(tokens / 3.0, 2), tokens % 2, 9999999999 from messages",
    "select 1 from memories a join sessions b on b.tool = 'x' where a.id = '01a228a8-46b5-7243-90a5-7e83ab95c297'",
    "select jsonb_agg(id) filter (where tool = 'x'), string_agg(tool, ', '), array_agg(tool || 'a') from sessions",
    "select metadata #>> '{a,b}', metadata ? 'a', metadata ?| array['a'], metadata - 'a', metadata -> 0 from memories",
    (
        "select 1 from revisions where id = '01a228a8-46b5-7243-90a5-7e83ab95c297' union all select 1 from memories"
        " where id = '01a228a8-46b5-7243-90a5-7e83ab95c297'"
    ),
    "select ('x') is null, null is null, true is not false, (null) is not true, pinned is unknown from memories",
    "select null, concat(null), coalesce(null, 1), array[null, 1], null::int, not true, count(null) from memories",
    "select 1 from memories a full join memories b on true where true and a.title is distinct from null",
    "select x.t, v.n from (select true as t) x, (values (null, false), (1, true)) as v(n, m) where v.m = x.t",
    "select array[]::text[], cardinality(array[]::int[]), make_interval(), jsonb_build_array(), row() is null",
    (
        "select initcap(title), lower(title), upper('a'), length('a'), octet_length('a'), reverse('a'), right('a', 2),"
        " md5('a'), ascii('a'), chr(97), replace(title, 'a', 'b'), translate(title, 'a', 'b'), split_part('a', ' ', 2),"
        " starts_with(title, 'a'), regexp_count(title, 'a'), concat_ws(', ', title, 'b', 1) from memories"
    ),
    (
        "select abs(1), ceil(1.5), floor(1.5), trunc(1.5), trunc(1.55, 1), sqrt(2), power(2, 3), exp(1), ln(2), log(2),"
        " log(2, 8.0), sign(-1), least(version, 'a'), to_number('1', '9') from memories"
    ),
    (
        "select current_date, now(), date_bin('1 hour', created_at, updated_at), justify_interval('40 days'),"
        " to_date('2026', 'YYYY'), to_timestamp(1), make_date(2026, 1, 1), date_trunc('day', created_at) from memories"
    ),
    (
        "select array_append(tags, 'a'), array_cat(tags, array['a']), array_length(tags, 1), array_position(tags, 'a'),"
        " array_remove(tags, 'a'), array_to_string(tags, ', '), string_to_array('a b', ' '), tags <@ array['a'],"
        " tags && array['a'], tags[1], tags[1:2], cardinality(tags) from memories"
    ),
    (
        "select metadata #> '{a}', metadata ?& array['a'], jsonb_array_length('[]'), to_jsonb(id), to_jsonb('a'::text),"
        " jsonb_extract_path_text(metadata, 'a', 'b'), jsonb_strip_nulls(metadata), jsonb_typeof('1'), row('a', 1)"
        " from memories"
    ),
    (
        "select regexp_match(title, 'a'), regexp_matches(title, 'a', 'g'), regexp_split_to_array('a b', ' '),"
        " regexp_split_to_table('a b', ' ') from memories"
    ),
    "select e.key, e.value from jsonb_each_text('{\"a\": 1}') e",
    (
        "select avg(tokens + 1), min(role), stddev(tokens), variance(tokens), bool_and(true), bool_or(tokens > 1),"
        " jsonb_object_agg('a', 'b'), json_agg(1), mode() within group (order by 1), grouping(role) from messages"
        " group by cube (role)"
    ),
    (
        "select rank() over w, dense_rank() over w, percent_rank() over w, cume_dist() over w, lead(tokens, 1) over w,"
        " first_value('a'::text) over w, last_value(true) over w, nth_value(tokens, 2) over w from messages"
        " window w as (order by created_at)"
    ),
)
OF_NOTHING = {
    "true": ("true::text", ("bool",)),
    "what compares with it": ("(not false)::text", ("bool",)),
    "null": ("concat(null)", ("text",)),
    "a list": ("array[]::text[]::text", ("unknown",)),
    "how long a list is": ("cardinality(array[]::text[])::text", ("unknown",)),
    "JSON of nothing": ("jsonb_build_array()::text", ("jsonb",)),
    "JSON of no keys": ("jsonb_build_object()::text", ("jsonb",)),
    "a row of nothing": ("row()::text", ("record",)),
    "no time": ("make_interval()::text", ("interval",)),
    "now": ("now()::text", ("timestamptz",)),
    "what a number is raised to": ("exp(true::int)::text", ("bool",)),
    "what a part of the query has": ("(select true as t) x", ("bool",)),
}
"""Values that no literal stands for, which the length of a type makes any number of."""
NESTED = {
    "what is joined": ("select title{} from memories", " || title", 42),
    "what is joined with a text": ("select title{} from memories", " || ': ' || title", 20),
    "what is done one after another": ("select {}title from memories", "lower(", 21),
}
"""How often a part may stand one in the other at least, so that the query is no deeper as it is reckoned than it is."""


def answer(nested: str, many: int) -> str | None:
    """Give what a query is refused for in which a part stands so often in itself."""
    query, part, _ = NESTED[nested]
    closed = query.replace("title from", "title" + ")" * many + " from") if part.endswith("(") else query
    try:
        guarded(closed.format(part * many))
    except Invalid as told:
        return told.detail
    return None


@pytest.mark.parametrize("guess", GUESSED)
def test_no_constant_is_left(guess: str) -> None:
    one, other = (GUESSED[guess].format(**constants) for constants in (ONE, OTHER))

    assert one != other
    assert guarded(one).generic == guarded(other).generic


@pytest.mark.parametrize("nothing", OF_NOTHING)
def test_of_nothing_no_constant_is_made(nothing: str, database_url: str) -> None:
    """Postgres makes one of it where it is written out, and plans by how common that is."""
    made, kinds = OF_NOTHING[nothing]
    value, rows = ("x.t::text", f", {made}") if made.endswith(" x") else (made, "")
    query = guarded(f"select id from sessions{rows} where input_tokens = octet_length({value}::char(77))")  # noqa: S608 - constants of this file
    with psycopg.connect(database_url) as connection:
        connection.execute("set plan_cache_mode = force_generic_plan")
        connection.execute(f"prepare reckoned({', '.join(kinds)}) as {query.generic.text}".encode())
        nulls = ", ".join("null" for _ in kinds)
        plan = connection.execute(f"explain (verbose, format json) execute reckoned({nulls})".encode()).fetchone()

    assert query.generic.kinds == kinds
    assert plan is not None
    assert "octet_length" in plan[0][0]["Plan"]["Filter"]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("schema", [NOW, THEN])
def test_no_view_gives_a_constant(schema: str, view: str, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(f"set search_path = {schema}".encode())
        names = connection.execute(f"select * from {view} limit 0".encode()).description or []  # noqa: S608 - our own names
        made = ", ".join(f"v.{name.name} is null" for name in names)
        plan = connection.execute(f"explain (verbose) select {made} from {view} v".encode()).fetchall()  # noqa: S608 - as above
    outputs = [line for (line,) in plan if "Output: " in line]

    assert outputs
    assert not [line for line in outputs if re.search("(: |, )(true|false)(,|$)", line)]


@pytest.mark.parametrize("nested", NESTED)
def test_what_is_nested_deeply_is_reckoned_or_refused(nested: str) -> None:
    refused = next(many for many in range(NESTED[nested][2], 200, 4) if answer(nested, many) is not None)

    assert refused > NESTED[nested][2]
    assert answer(nested, refused) == "The query is nested too deeply: write it flatter."


def test_its_time_grows_with_the_length_of_a_query() -> None:
    def read(numbers: str) -> object:
        return guarded(f"select 1 from sessions where input_tokens in ({numbers})")  # noqa: S608 - as above

    assert is_linear(read, "1,", 8_000, tail="1")


@pytest.mark.parametrize(
    "counting",
    [
        "select id from sessions limit {}",
        "select id from sessions offset {}",
        "select id from sessions fetch first {} rows only",
        "select n from generate_series(1, {}) n",
        "select n from unnest(array[{}]) n",
    ],
)
def test_what_counts_rows_stays(counting: str) -> None:
    few, many = (guarded(counting.format(number)).generic for number in (7, 700_000))

    assert few != many
    assert few.kinds == many.kinds == ()


@pytest.mark.parametrize("query", [*(one for one in WELCOME if "s.id from generate_series" not in one), *TYPED])
def test_postgres_takes_it_for_the_same_query(query: str, database_url: str) -> None:
    """What it gives has the same types, and no parameter is left of which it could not tell the type."""
    written, made = guarded(query)
    kinds = f"({', '.join(made.kinds)})" if made.kinds else ""
    with psycopg.connect(database_url) as connection:
        connection.execute(f"prepare asked as {written}".encode())
        connection.execute(f"prepare reckoned{kinds} as {made.text}".encode())
        types, reckoned = (types_of(connection, name) for name in (b"asked", b"reckoned"))

    assert types == reckoned


def types_of(connection: psycopg.Connection[Any], statement: bytes) -> list[int]:
    """Give the types of what a prepared statement tells."""
    described = connection.pgconn.describe_prepared(statement)
    return [described.ftype(at) for at in range(described.nfields)]


def test_each_function_that_is_let_through_is_tried() -> None:
    trees = [sqlglot.parse_one(query, dialect="postgres") for query in (*WELCOME, *TYPED)]
    words = {one.name.lower() for tree in trees for one in tree.find_all(exp.Anonymous)}

    assert FUNCTIONS - {type(one) for tree in trees for one in tree.walk()} == set()
    assert WORDS - words == set()

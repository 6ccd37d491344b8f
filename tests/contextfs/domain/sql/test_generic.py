"""What a query costs is reckoned without its constants, and without a query becoming another one."""

import psycopg
import pytest

from contextfs.domain.sql.generic import generic
from contextfs.domain.sql.guard import guarded
from tests.contextfs.domain.sql.test_guard import WELCOME

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
)


@pytest.mark.parametrize("guess", GUESSED)
def test_no_constant_is_left(guess: str) -> None:
    one, other = (GUESSED[guess].format(**constants) for constants in (ONE, OTHER))

    assert one != other
    assert generic(guarded(one)) == generic(guarded(other))


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
    few, many = (generic(guarded(counting.format(number))) for number in (7, 700_000))

    assert few != many
    assert few.kinds == many.kinds == ()


@pytest.mark.parametrize("query", [*(one for one in WELCOME if "s.id from generate_series" not in one), *TYPED])
def test_postgres_takes_it_for_the_same_query(query: str, database_url: str) -> None:
    """What it gives has the same types, and no parameter is left of which it could not tell the type."""
    written = guarded(query)
    made = generic(written)
    kinds = f"({', '.join(made.kinds)})" if made.kinds else ""
    with psycopg.connect(database_url) as connection:
        connection.execute(f"prepare asked as {written}".encode())
        connection.execute(f"prepare reckoned{kinds} as {made.text}".encode())
        types = connection.execute(
            "select (select array_agg(t::text) from unnest(p.result_types) t) from pg_prepared_statements p"
            " where name in ('asked', 'reckoned')"
        ).fetchall()

    assert types[0] == types[1]

"""One SELECT over the documented views passes, whatever it computes; nothing else does, however it is dressed."""

import re
from contextlib import suppress

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from contextfs.domain.sql.guard import guarded
from contextfs.domain.sql.views import THEN, VIEWS
from contextfs.kit.errors import Invalid
from tests.contextfs.domain.sql.attacks import (
    MANY_COPIES,
    MANY_PRODUCTS,
    MANY_VALUES,
    ONCE_IN_ORDER,
    REFUSED,
    WIDE_ROWS,
)

WELCOME = (
    "select * from memories",
    "SELECT count(*), type FROM Memories GROUP BY type HAVING count(*) > 1 ORDER BY 1 DESC NULLS LAST LIMIT 10",
    "select s.tool, date_trunc('day', s.started_at), sum(s.input_tokens) from sessions s group by 1, 2",
    "with t as (select unnest(tags) as tag from memories) select tag, count(*) from t group by tag",
    "select metadata ->> 'a', metadata #>> '{a,b}', tags[1], 'x' = any(tags) from memories where metadata ? 'k'",
    "select m.content, row_number() over (partition by m.session_id order by m.created_at) from messages m",
    "select 1 from memories where content ilike '%a%' and content ~ 'a+' and created_at > now() - interval '7 days'",
    "select e ->> 'session_id' from memories m, jsonb_array_elements(m.provenance) as e",
    "select percentile_cont(0.5) within group (order by tokens), string_agg(role, ',' order by role) from messages",
    "select a.id from memories a join lateral (select 1 from revisions r where r.memory_id = a.id) x on true",
    "select 1 union all select 2 except select 3",
    "select v.a from (values (1, 'a'), (2, 'b')) as v(a, b)",
    "select case when pinned then 'p' else coalesce(title, left(content, 9)) end, pinned::text from memories",
    "select d::date, s.id from generate_series('2026-01-01', now(), '1 day') d left join sessions s on true group by 1",
    "select key, value from memory_fact where valid_to is null or valid_to between '2026-01-01' and '2026-02-01'",
    "select regexp_replace(content, 'a', 'b', 'g'), extract(epoch from created_at), age(created_at) from memories",
    "select n.n, t.a, t.ordinality, n.* from generate_series(1, 5) n, unnest(array[1]) with ordinality t(a)",
    "select e.key, e.value from memories m, jsonb_each(m.metadata) e where m.id is not null limit all",
    "select date_part('year', created_at), created_at + interval '1' day, make_interval(days => 2) from memories",
    "select content::varchar(255), 1::numeric(10, 2) from memories",
    "with memories as (select * from memories where pinned) select m.id from memories m",
    "with a as (select 1), b as (select * from a) select * from b, (with c as (select * from b) select * from c, a) x",
    "with recursive r(n) as (select 1 union all select n + 1 from r where n < 9) select n from r",
    "with recursive b as (select * from a), a as (select 1) select * from b",
    "with a as (select 1) (select * from a) union all select * from a order by 1 limit (select count(*) from a)",
    "select n, unnest.unnest from generate_series(1, 3) n, unnest(array[1])",
    "select e.value, k.k from jsonb_array_elements_text('[1]') e, jsonb_object_keys('{}') k, lateral unnest(array[1])",
    "select sum(tokens) over w, 'a\\' || 'b' from messages window w as (order by created_at)",
)


@pytest.mark.parametrize("query", WELCOME)
def test_what_people_ask_passes(query: str) -> None:
    assert guarded(query).text.split()[0].upper() in {"SELECT", "WITH", "VALUES"}


@pytest.mark.parametrize("query", REFUSED)
def test_whatever_else_is_refused_in_one_line(query: str) -> None:
    with pytest.raises(Invalid) as told:
        guarded(query)

    assert told.value.where == "$.query"
    assert "\n" not in told.value.detail


def test_a_refusal_says_what_there_is() -> None:
    with pytest.raises(Invalid, match=r"^There is no view pg_class: there are projects, sessions, messages, "):
        guarded("select * from pg_class")


def test_comments_do_not_reach_the_server() -> None:
    assert guarded("select 1 -- ; drop table x\n/* and this */").text == "SELECT 1"


@pytest.mark.parametrize("word", ["user", "current_role", "system_user"])
def test_a_word_of_the_language_is_but_a_name(word: str) -> None:
    assert guarded(f"select {word}").text == f'SELECT "{word}"'


def test_names_are_folded_as_postgres_folds_them() -> None:
    assert guarded('select M.Id, "N".id from Memories m, memories as "N"').text == (
        'SELECT "m"."id", "N"."id" FROM "contextfs_now"."memories" AS "m", "contextfs_now"."memories" AS "N"'
    )


def test_a_view_is_that_of_its_schema_and_what_with_names_is_not() -> None:
    query = "with memories as (select * from memories) select * from memories, (select * from sessions) s"

    assert guarded(query, THEN).text == (
        'WITH "memories" AS (SELECT * FROM "contextfs_then"."memories")'
        ' SELECT * FROM "memories", (SELECT * FROM "contextfs_then"."sessions") AS "s"'
    )


def test_rows_of_a_function_have_a_name_when_they_are_run() -> None:
    assert guarded("select text.lo_import from cast('1' as text), memories as text").text == (
        'SELECT "text"."lo_import" FROM CAST(\'1\' AS TEXT) AS "cast", "contextfs_now"."memories" AS "text"'
    )


def test_what_is_written_anew_reads_the_same() -> None:
    for query in WELCOME:
        written = guarded(query).text

        assert sqlglot.parse_one(written, dialect="postgres").sql("postgres") == written


_LIKE = "content ilike '%deployment%'"
SORTED = f"select {', '.join([_LIKE] * 5)} from messages"  # noqa: S608 - a constant
BOUNDED = {
    "select title || ': ' || content from memories": ("weighed(", 3),
    "select concat(title, content, 'x') from memories": ("weighed(", 2),
    "select array_agg(content), string_agg(title, ',') from memories": ("gathered(", 2),
    "select string_agg(distinct title, ', ' order by title) from memories": ("gathered(", 2),
    "select replace(content, 'a', 'b'), regexp_replace(content, 'a', 'b') from memories": ("grown(", 2),
    "select array_to_string(tags, ', ') from memories": ("spread(", 1),
    "select content::jsonb, to_jsonb(content) from memories": ("weighed(", 2),
    "with recursive r as (select id from memories union select id from r) select * from r": ("gathered(", 2),
    "with recursive r as (select id from memories union all select id from r) select * from r": ("gathered(", 0),
    "select count((title, content)), (title, 1) from memories": ("weighed(", 3),
    "select percentile_disc(array[0.5, 0.9]) within group (order by content) from memories": ("weighed(", 0),
    MANY_VALUES: ("weighed(", 1),
    MANY_PRODUCTS: ("limited(", 18),
    "select position(title in content), title like content, tags @> tags, trim(title from content) from memories": (
        "weighed(",
        8,
    ),
    "select id from memories where content ilike '%a%' and content like any(array['a%']) and tags && array['a']": (
        "weighed(",
        1,
    ),
    "select trim(content), strpos(content, 'a'), 100 * confidence / 3, now() - interval '1 day' from memories": (
        "weighed(",
        0,
    ),
    "select ended_at - started_at, n - lag(n) over (), now() - make_interval(days => 1) from sessions": ("weighed(", 0),
    SORTED: ("weighed(", 0),
    MANY_COPIES: ("weighed(", 9),
    WIDE_ROWS: ("weighed(", 9),
    ONCE_IN_ORDER: ("weighed(", 10),
    "select array(select distinct lower(type) from memories order by lower(type))": ("gathered(", 1),
    "select 1 from memories where (type, id) in ((title, '1')) group by cube ((type, title), id)": ("weighed(", 0),
    "select distinct on (type, title) id from memories where (type, title) > (content, 'a')": ("weighed(", 0),
    "select 'a' || 1, array[1, 2], id::text, upper(content), title from memories": ('contextfs_now".', 1),
}


@pytest.mark.parametrize("query", BOUNDED)
def test_what_makes_much_of_little_is_bounded_and_nothing_else_is(query: str) -> None:
    function, many = BOUNDED[query]

    assert guarded(query).text.count(function) == many


@pytest.mark.parametrize("query", [*BOUNDED, *WELCOME])
def test_without_its_bounds_a_query_is_one_that_is_bounded_alike(query: str) -> None:
    """What is written into it is the functions alone: nothing else of it is another one."""
    bounded = guarded(query).text
    tree = sqlglot.parse_one(bounded, dialect="postgres")
    for function in [*tree.find_all(exp.Dot)]:
        inner = function.expression.expressions[0]
        named = function.parent
        (named if isinstance(named, exp.Alias) and named.alias == inner.name else function).replace(inner)
    plain = tree.sql("postgres")

    assert re.search("weighed|limited|gathered|grown|spread", plain) is None
    assert guarded(plain.replace('"contextfs_now".', "")).text == bounded


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    with suppress(Invalid):
        assert guarded(text)


@given(st.text(min_size=1, max_size=20).filter(lambda name: name.lower() not in VIEWS))
def test_no_other_name_is_a_table(name: str) -> None:
    quoted = name.replace('"', '""')

    with pytest.raises(Invalid):
        guarded('select * from "' + quoted + '"')  # noqa: S608 - it is to be refused

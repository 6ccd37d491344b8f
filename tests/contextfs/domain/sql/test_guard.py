"""One SELECT over the documented views passes, whatever it computes; nothing else does, however it is dressed."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.sql.guard import guarded
from contextfs.domain.sql.views import VIEWS
from contextfs.kit.errors import Invalid

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
)

REFUSED = (
    "",
    ";",
    "-- nothing",
    "delete from memories",
    "update memories set content = 'x'",
    "insert into memories values (1)",
    "with gone as (delete from memories returning *) select * from gone",
    "select 1; select 2",
    "select 1; drop table memories",
    "select * into stolen from memories",
    "select * from memories for update",
    "create table t (a int)",
    "do $$ begin perform 1; end $$",
    "set role postgres",
    "set local app.org_id = 'x'",
    "reset all",
    "show all",
    "explain analyze select 1",
    "copy memories to program 'sh'",
    "copy (select 1) to '/tmp/x'",
    "call f()",
    "begin",
    "commit",
    "listen x",
    "vacuum",
    "prepare p as select 1",
    "table pg_authid",
    "select * from pg_shadow",
    "select * from pg_catalog.pg_class",
    "select * from information_schema.tables",
    "select * from contextfs.memories",
    "select * from contextfs_now.memories",
    'select * from "Memories"',
    "select * from audit_log",
    "select * from api_keys",
    "select * from contextfs_secret.signing_key",
    "select set_config('app.signed_claims', 'x', false)",
    "select current_setting('app.signed_claims')",
    "select pg_catalog.set_config('role', 'postgres', false)",
    "select \"set_config\"('role', 'postgres', false)",
    "select contextfs.sign_claims(1, 1)",
    "select contextfs.signed('org_id')",
    "select pg_sleep(10)",
    "select pg_read_file('/etc/passwd')",
    "select pg_ls_dir('/')",
    "select lo_import('/etc/passwd')",
    "select lo_creat(1)",
    "select pg_advisory_lock(1)",
    "select pg_cancel_backend(1)",
    "select pg_terminate_backend(1)",
    "select pg_notify('a', 'b')",
    "select nextval('s')",
    "select query_to_xml('select 1', true, true, '')",
    "select dblink('', 'select 1')",
    "select version()",
    "select current_user",
    "select session_user",
    "select inet_server_addr()",
    "select 'contextfs.memories'::regclass",
    "select 1::oid",
    "select '1'::pg_catalog.regrole",
    "select repeat('x', 1000000000)",
    "select lpad('x', 1000000000)",
    "select has_table_privilege('contextfs.memories', 'select')",
    "select pg_get_functiondef(1)",
    "select txid_current()",
    "select * from pg_ls_dir('/')",
    "values (1)",
    "select * from rows from (pg_ls_dir('/'))",
    "select * from memories tablesample system (1)",
    "select (memories).org_id from memories",
    "select $1",
    "select ?",
    "select E'\\047; drop table x'",
    "select U&'\\0070g_sleep'",
    "select /*! pg_sleep(1) */ pg_sleep(1)",
    "select a.b.c.d.e from memories",
    "merge into memories using x on true when matched then delete",
    "select 1 where exists (select pg_sleep(1))",
    "select (select current_setting('x'))",
    "select sum(tokens) filter (where pg_sleep(1) is null) from messages",
    "select 1 order by pg_sleep(1)",
    "select 1 limit (select count(*) from pg_class)",
    "select * from (select * from pg_class) x",
    "with pg as (select * from pg_class) select * from pg",
    "select " + "(" * 5000 + "1" + ")" * 5000,
    "select 'unclosed",
    "\x00",
    "select 1\x00",
)


@pytest.mark.parametrize("query", WELCOME)
def test_what_people_ask_passes(query: str) -> None:
    assert guarded(query).split()[0].upper() in {"SELECT", "WITH", "VALUES"}


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
    assert guarded("select 1 -- ; drop table x\n/* and this */") == "SELECT 1"


def test_what_is_written_anew_reads_the_same() -> None:
    for query in WELCOME:
        assert guarded(guarded(query)) == guarded(query)


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    with suppress(Invalid):
        assert guarded(text)


@given(st.text(min_size=1, max_size=20).filter(lambda name: name.lower() not in VIEWS))
def test_no_other_name_is_a_table(name: str) -> None:
    quoted = name.replace('"', '""')

    with pytest.raises(Invalid):
        guarded('select * from "' + quoted + '"')  # noqa: S608 - it is to be refused

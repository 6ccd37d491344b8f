"""Rules of the schema as questions to the catalog: each names the objects that break it."""

# ruff: noqa: S608 - the queries are put together from constants of this file

from typing import Any, LiteralString

import psycopg

_TABLES = """
with tables as (
    select c.oid, c.relname::text as name, c.relrowsecurity, c.relforcerowsecurity,
        (
            select a.attnum from pg_attribute as a
            where a.attrelid = c.oid and a.attname = 'org_id' and a.attnotnull and a.atttypid = 'uuid'::regtype
        ) as org
    from pg_class as c
    where c.relnamespace = 'contextfs'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'migrations'
)
"""
_POLICIES = r"""
with policies as (
    select tablename || '.' || policyname as name, tablename::text, permissive = 'PERMISSIVE' as permissive, cmd,
        roles = '{contextfs_app}' as apps, roles = '{contextfs_sql}' as sqls, roles = '{contextfs_views}' as bis,
        regexp_replace(qual, '\s+', ' ', 'g') as qual, with_check
    from pg_policies where schemaname = 'contextfs'
)
"""
TENANT = "(org_id = ( SELECT (contextfs.claim('org_id'::text))::uuid AS claim))"
_PROJECT = (
    "(( SELECT (contextfs.claim('all_projects'::text) = 'on'::text)) OR ({} = ANY"
    " (( SELECT (contextfs.claim('project_ids'::text))::uuid[] AS claim)::uuid[])))"
)
_READER = "((visibility <> 'private'::text) OR ({} = ( SELECT (contextfs.claim('user_id'::text))::uuid AS claim)))"
_SEEN = "(EXISTS ( SELECT FROM contextfs.{0} {1} WHERE (({1}.org_id = {2}.org_id) AND ({1}.id = {2}.{3}))))"
FLOORS = [
    _PROJECT.format("project_id"),
    _PROJECT.format("id"),
    f"((project_id IS NULL) OR {_PROJECT.format('project_id')[1:-1]})",
    _READER.format("author_id"),
    _READER.format("created_by"),
    "(requested_by = ( SELECT (contextfs.claim('user_id'::text))::uuid AS claim))",
    "(reader = ( SELECT (contextfs.claim('user_id'::text))::uuid AS claim))",
    "((reader IS NULL) OR (reader = ( SELECT (contextfs.claim('user_id'::text))::uuid AS claim)))",
    _SEEN.format("sessions", "s", "messages", "session_id"),
    _SEEN.format("sessions", "s", "session_records", "session_id"),
    _SEEN.format("sessions", "s", "message_versions", "session_id"),
    _SEEN.format("memories", "m", "revisions", "memory_id"),
    _SEEN.format("passages", "p", "vectors", "passage_id"),
    _SEEN.format("lexicons", "l", "lexicon_words", "lexicon_id"),
]


def signed(policy: str) -> str:
    """Give the same policy for direct SQL, whose claims are signed."""
    return policy.replace("contextfs.claim(", "contextfs.signed(").replace(" AS claim", " AS signed")


def of_bi(policy: str) -> str:
    """Give the same policy for the views of BI tools, whose claims hang on who logged in."""
    return policy.replace("contextfs.claim(", "contextfs.bi_claim(").replace(" AS claim", " AS bi_claim")


LINTS: dict[str, LiteralString] = {
    "row_security_is_forced": _TABLES + "select name from tables where not (relrowsecurity and relforcerowsecurity)",
    "a_table_has_an_org_id": _TABLES + "select name from tables where org is null",
    "the_primary_key_has_the_org_id": _TABLES
    + """
    select name from tables
    where name not like '%%\\_history' and not exists (
        select from pg_index as i where i.indrelid = tables.oid and i.indisprimary and org = any(i.indkey)
    )
    """,
    "unique_keys_have_the_org_id": _TABLES
    + """
    select i.indexrelid::regclass::text as name from pg_index as i join tables on tables.oid = i.indrelid
    where i.indisunique and not coalesce(org = any((i.indkey::smallint [])[0:i.indnkeyatts - 1]), false)
    """,
    "foreign_keys_have_the_org_id_on_both_sides": _TABLES
    + """
    select tables.name || '.' || c.conname as name
    from pg_constraint as c join tables on tables.oid = c.conrelid left join tables as far on far.oid = c.confrelid
    where c.contype = 'f' and not exists (
        select from unnest(c.conkey, c.confkey) as pair (near, away)
        where pair.near = tables.org and pair.away = far.org
    )
    """,
    "foreign_keys_have_an_index": """
    select c.conrelid::regclass::text || '.' || c.conname as name from pg_constraint as c
    where c.contype = 'f' and c.connamespace = 'contextfs'::regnamespace and not exists (
        select from pg_index as i
        where i.indrelid = c.conrelid and i.indpred is null and i.indisvalid
        and (i.indkey::smallint [])[0:cardinality(c.conkey) - 1] @> c.conkey
    )
    """,
    "definers_have_a_fixed_search_path": """
    select p.oid::regproc::text as name from pg_proc as p
    where p.pronamespace = 'contextfs'::regnamespace and p.prosecdef and not exists (
        select from unnest(p.proconfig) as setting where setting ~ '^search_path=pg_catalog, (.+, )?pg_temp$'
    )
    """,
    "definers_do_not_belong_to_the_owner": """
    select p.oid::regproc::text as name from pg_proc as p
    where p.pronamespace = 'contextfs'::regnamespace and p.prosecdef
    and p.proowner = (select relowner from pg_class where oid = 'contextfs.organizations'::regclass)
    """,
    "functions_are_not_everybodys": """
    select p.oid::regproc::text as name from pg_proc as p
    where p.pronamespace = 'contextfs'::regnamespace
    and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) where grantee = 0)
    """,
    "tables_and_the_schema_are_not_everybodys": """
    select c.oid::regclass::text as name from pg_class as c, aclexplode(c.relacl) as a
    where c.relnamespace = 'contextfs'::regnamespace and a.grantee = 0
    union
    select nspname from pg_namespace, aclexplode(nspacl) as a where nspname = 'contextfs' and a.grantee = 0
    """,
    "views_are_the_invokers": """
    select c.oid::regclass::text as name from pg_class as c
    where c.relnamespace = 'contextfs'::regnamespace
    and (c.relkind = 'm' or c.relkind = 'v' and not coalesce('security_invoker=true' = any(c.reloptions), false))
    """,
    "no_policy_of_the_app_is_always_true": _POLICIES
    + "select name from policies where apps and 'true' in (qual, with_check)",
    "a_table_has_one_tenant_policy": _POLICIES
    + ","
    + _TABLES.removeprefix("\nwith")
    + """
    select name from tables
    where 1 <> (select count(*) from policies as p where p.tablename = tables.name and p.permissive and p.apps)
    """,
    "tenant_policies_are_spelt_as_proven": _POLICIES
    + """
    select name from policies
    where permissive and apps
    and (qual is distinct from %(tenant)s or with_check is distinct from %(tenant)s or cmd <> 'ALL')
    """,
    "floors_are_spelt_as_known": _POLICIES
    + """
    select name from policies
    where not permissive and not (
        apps and qual = any(%(floors)s) and (with_check is null or with_check = any(%(floors)s))
        or sqls and qual = any(%(signed_floors)s) and cmd = 'SELECT'
        or bis and qual = any(%(bi_floors)s) and cmd = 'SELECT'
    )
    """,
    "bi_sees_tenants_as_the_app_does": _POLICIES
    + """
    select name from policies where bis and permissive and (qual is distinct from %(bi_tenant)s or cmd <> 'SELECT')
    """,
    "bi_has_every_floor_of_the_app": _POLICIES
    + """
    select p.name from policies as p
    where p.apps and not p.permissive and p.cmd in ('ALL', 'SELECT')
    and exists (select from policies as s where s.bis and s.tablename = p.tablename)
    and not exists (
        select from policies as s where s.bis and s.tablename = p.tablename and not s.permissive
        and s.name = replace(p.name, '.', '.bi_')
    )
    """,
    "direct_sql_sees_tenants_as_the_app_does": _POLICIES
    + """
    select name from policies where sqls and permissive and (qual is distinct from %(signed_tenant)s or cmd <> 'SELECT')
    """,
    "direct_sql_has_every_floor_of_the_app": _POLICIES
    + """
    select p.name from policies as p
    where p.apps and not p.permissive and p.cmd in ('ALL', 'SELECT')
    and exists (select from policies as s where s.sqls and s.tablename = p.tablename)
    and not exists (
        select from policies as s where s.sqls and s.tablename = p.tablename and not s.permissive
        and replace(replace(p.qual, 'contextfs.claim(', 'contextfs.signed('), ' AS claim', ' AS signed') = s.qual
    )
    """,
    "what_is_in_a_project_has_its_floor": _POLICIES
    + """
    select c.relname::text as name from pg_class as c join pg_attribute as a on a.attrelid = c.oid
    where c.relnamespace = 'contextfs'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'project_id'
    and not exists (
        select from policies as p
        where p.tablename = c.relname and not p.permissive and p.cmd = 'ALL' and p.qual like '%%project_ids%%'
    )
    """,
    "what_can_be_private_has_its_floor": _POLICIES
    + """
    select c.relname::text as name from pg_class as c join pg_attribute as a on a.attrelid = c.oid
    where c.relnamespace = 'contextfs'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'visibility'
    and not exists (
        select from policies as p
        where p.tablename = c.relname and not p.permissive and p.cmd = 'ALL' and p.qual like '%%user_id%%'
    )
    """,
    "times_have_a_zone": """
    select a.attrelid::regclass || '.' || a.attname as name
    from pg_attribute as a join pg_class as c on c.oid = a.attrelid
    where c.relnamespace = 'contextfs'::regnamespace and a.attnum > 0
    and a.atttypid in ('timestamp'::regtype, 'time'::regtype, 'timetz'::regtype, 'tsrange'::regtype)
    """,
    "history_has_the_columns_of_its_source": """
    with columns as (
        select c.relname::text as name,
            array_agg(a.attname || ' ' || a.atttypid::regtype order by a.attnum) as columns
        from pg_class as c join pg_attribute as a on a.attrelid = c.oid
        where c.relnamespace = 'contextfs'::regnamespace and c.relkind in ('r', 'p')
        and a.attnum > 0 and not a.attisdropped
        group by c.oid
    )
    select h.name from columns as h left join columns as s on h.name = s.name || '_history'
    where h.name like '%%\\_history'
    and array['period tstzrange'] || s.columns is distinct from h.columns
    """,
    "history_is_kept": """
    select c.relname::text as name from pg_class as c
    where c.relnamespace = 'contextfs'::regnamespace and c.relname like '%%\\_history' and c.relkind in ('r', 'p')
    and not exists (
        select from pg_trigger as t join pg_class as s on s.oid = t.tgrelid
        where s.relnamespace = c.relnamespace and c.relname = s.relname || '_history'
        and t.tgname = 'keep_history' and t.tgenabled in ('O', 'A') and t.tgtype = 1 + 8 + 16
    )
    """,
    "everything_belongs_to_one_owner": """
    select c.oid::regclass::text as name from pg_class as c
    where c.relnamespace = 'contextfs'::regnamespace
    and c.relowner <> (select nspowner from pg_namespace where nspname = 'contextfs')
    """,
    "nothing_claims_to_be_leakproof": """
    select p.oid::regproc::text as name from pg_proc as p
    where p.pronamespace = 'contextfs'::regnamespace and p.proleakproof
    """,
}


def offenders(connection: psycopg.Connection[Any], lint: str) -> set[str]:
    """Name the objects that break a rule, without their schema."""
    connection.execute("set local search_path = ''")  # names and expressions are then written in full
    named = {"tenant": TENANT, "floors": FLOORS}
    named |= {"signed_tenant": signed(TENANT), "signed_floors": [signed(floor) for floor in FLOORS]}
    named |= {"bi_tenant": of_bi(TENANT), "bi_floors": ["(visibility <> 'private'::text)", *map(of_bi, FLOORS)]}
    rows = connection.execute(LINTS[lint], named).fetchall()
    return {name.replace("contextfs.", "") for (name,) in rows}

-- Records are read again when a reader has become better: messages are brought to what they say now, and what they said
-- before is kept. `reader` of a record is from now on the one that its messages are read by; `problem` tells why that one
-- could not read it.

alter table contextfs.session_records add column problem text;
create index session_records_reader on contextfs.session_records (reader, org_id, session_id);
grant update (reader, problem, data) on contextfs.session_records to contextfs_app;

alter table contextfs.messages add column revised_at timestamptz;
grant update (role, kind, content, tool_calls, model, tokens, metadata, created_at, revised_at) on contextfs.messages
to contextfs_app;

create table contextfs.message_versions (
    org_id uuid not null,
    project_id uuid not null,
    session_id uuid not null,
    message_id uuid not null,
    -- Since when the message said this, and when it was brought to something else.
    since timestamptz not null,
    until timestamptz not null check (until > since),
    external_id text,
    role text not null,
    kind text not null,
    content text not null,
    tool_calls jsonb not null,
    model text,
    tokens integer,
    metadata jsonb not null,
    created_at contextfs.moment not null,
    stored_at timestamptz not null,
    primary key (org_id, session_id, message_id, since),
    foreign key (org_id, project_id, session_id)
    references contextfs.sessions (org_id, project_id, id) on delete cascade
);
create index message_versions_session on contextfs.message_versions (org_id, project_id, session_id);
alter table contextfs.message_versions enable row level security;
alter table contextfs.message_versions force row level security;
create policy tenant on contextfs.message_versions to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy project on contextfs.message_versions as restrictive to contextfs_app
using (
    (select contextfs.claim('all_projects')) = 'on'
    or project_id = any((select contextfs.claim('project_ids')::uuid [])::uuid [])
)
with check (
    (select contextfs.claim('all_projects')) = 'on'
    or project_id = any((select contextfs.claim('project_ids')::uuid [])::uuid [])
);
create policy reader on contextfs.message_versions as restrictive to contextfs_app using (
    exists (
        select from contextfs.sessions as s
        where s.org_id = message_versions.org_id and s.id = message_versions.session_id
    )
);
grant select, insert on contextfs.message_versions to contextfs_app;

-- Direct SQL as of a time shows what messages said then.
create policy sql_tenant on contextfs.message_versions for select to contextfs_sql
using (org_id = (select contextfs.signed('org_id')::uuid));
create policy sql_project on contextfs.message_versions as restrictive for select to contextfs_sql
using (
    (select contextfs.signed('all_projects')) = 'on'
    or project_id = any((select contextfs.signed('project_ids')::uuid [])::uuid [])
);
create policy sql_reader on contextfs.message_versions as restrictive for select to contextfs_sql using (
    exists (
        select from contextfs.sessions as s
        where s.org_id = message_versions.org_id and s.id = message_versions.session_id
    )
);
grant select on contextfs.message_versions to contextfs_sql;
create or replace view contextfs_then.messages with (security_invoker = true) as
select
    m.id, m.project_id, m.session_id, m.external_id, m.role, m.kind, m.content, m.tool_calls, m.model, m.tokens,
    m.metadata, m.created_at::timestamptz as created_at, m.stored_at
from contextfs.messages as m where coalesce(m.revised_at, m.stored_at) <= contextfs_then.moment()
union all
select
    v.message_id, v.project_id, v.session_id, v.external_id, v.role, v.kind, v.content, v.tool_calls, v.model, v.tokens,
    v.metadata, v.created_at::timestamptz, v.stored_at
from contextfs.message_versions as v
where v.since <= contextfs_then.moment() and contextfs_then.moment() < v.until;

-- A role of its own sees of records whose they are and what read them, and nothing of what they say; it lends itself to one
-- function, which who carries events may call.
do $$
begin
    begin
        if not exists (select from pg_roles where rolname = 'contextfs_records') then
            create role contextfs_records nologin nocreatedb nocreaterole noinherit;
        end if;
    exception when duplicate_object or unique_violation then
        null; -- roles belong to the whole server: another database made it in this moment
    end;
    if exists (
        select from pg_roles
        where rolname = 'contextfs_records' and (rolsuper or rolbypassrls or rolcreaterole or rolcanlogin)
    ) then
        raise exception 'the role contextfs_records exists with other powers than it may have: drop it or rename it';
    end if;
    grant usage on schema contextfs to contextfs_records;
end
$$;
create policy rereads on contextfs.session_records for select to contextfs_records using (true);
create policy rereads on contextfs.sessions for select to contextfs_records using (true);
grant select (org_id, project_id, session_id, reader, stored_at) on contextfs.session_records to contextfs_records;
grant select (org_id, id, created_by) on contextfs.sessions to contextfs_records;

-- Records of all organizations that one of the old readers read, and none that is not known, behind one of them.
create function contextfs.records_read_by(old text [], known text [], behind uuid, behind_id uuid, most integer)
returns table (org_id uuid, project_id uuid, session_id uuid, created_by uuid, reader text, stored_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select r.org_id, r.project_id, r.session_id, s.created_by, min(r.reader), max(r.stored_at)
    from contextfs.session_records as r
    inner join contextfs.sessions as s on s.org_id = r.org_id and s.id = r.session_id
    where r.reader = any(old) and (r.org_id, r.session_id) > (behind, behind_id)
        and not exists (
            select from contextfs.session_records as other
            where other.org_id = r.org_id and other.session_id = r.session_id and other.reader <> all(known)
        )
    group by r.org_id, r.project_id, r.session_id, s.created_by
    order by r.org_id, r.session_id
    limit most;
end
$$;
revoke all on function contextfs.records_read_by(text [], text [], uuid, uuid, integer) from public;
grant execute on function contextfs.records_read_by(text [], text [], uuid, uuid, integer) to contextfs_relay;
do $$
begin
    grant create on schema contextfs to contextfs_records;
    execute 'grant contextfs_records to current_user';
    alter function contextfs.records_read_by(text [], text [], uuid, uuid, integer) owner to contextfs_records;
    execute 'revoke contextfs_records from current_user';
    revoke create on schema contextfs from contextfs_records;
end
$$;

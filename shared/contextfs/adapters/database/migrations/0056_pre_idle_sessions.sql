-- Sessions that nobody completes (a program was killed, a laptop was closed) are completed when nothing came to them for a
-- while. A role of its own sees of open ones whose they are and when they changed, and nothing of what was said; it lends
-- itself to one function, which who carries events may call.

create index sessions_open on contextfs.sessions (updated_at, id) where status = 'open';
do $$
begin
    begin
        if not exists (select from pg_roles where rolname = 'contextfs_idle') then
            create role contextfs_idle nologin nocreatedb nocreaterole noinherit;
        end if;
    exception when duplicate_object or unique_violation then
        null; -- roles belong to the whole server: another database made it in this moment
    end;
    if exists (
        select from pg_roles
        where rolname = 'contextfs_idle' and (rolsuper or rolbypassrls or rolcreaterole or rolcanlogin)
    ) then
        raise exception 'the role contextfs_idle exists with other powers than it may have: drop it or rename it';
    end if;
    grant usage on schema contextfs to contextfs_idle;
end
$$;
create policy idles on contextfs.sessions for select to contextfs_idle using (status = 'open');
grant select (org_id, project_id, id, status, created_by, updated_at) on contextfs.sessions to contextfs_idle;

-- Open sessions of all organizations that nothing came to since a time, behind one of them: the one idle the longest first.
create function contextfs.idle_sessions(before timestamptz, behind timestamptz, behind_id uuid, most integer)
returns table (org_id uuid, project_id uuid, id uuid, created_by uuid, updated_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select s.org_id, s.project_id, s.id, s.created_by, s.updated_at
    from contextfs.sessions as s
    where s.status = 'open' and s.updated_at < before and (s.updated_at, s.id) > (behind, behind_id)
    order by s.updated_at, s.id
    limit most;
end
$$;
revoke all on function contextfs.idle_sessions(timestamptz, timestamptz, uuid, integer) from public;
grant execute on function contextfs.idle_sessions(timestamptz, timestamptz, uuid, integer) to contextfs_relay;
do $$
begin
    grant create on schema contextfs to contextfs_idle;
    execute 'grant contextfs_idle to current_user';
    alter function contextfs.idle_sessions(timestamptz, timestamptz, uuid, integer) owner to contextfs_idle;
    execute 'revoke contextfs_idle from current_user';
    revoke create on schema contextfs from contextfs_idle;
end
$$;

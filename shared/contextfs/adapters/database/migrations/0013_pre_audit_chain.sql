-- The audit log as a chain: each row of an organization gets a position and a hash over itself and the row before, so
-- that one that was changed, taken out or moved is found. Rows are sealed in the background, in the order in which they
-- are seen: a call waits for nobody, and the gap until then is told by the report.

do $$
begin
    begin
        if not exists (select from pg_roles where rolname = 'contextfs_audit') then
            create role contextfs_audit nologin nocreatedb nocreaterole noinherit;
        end if;
    exception when duplicate_object or unique_violation then
        null; -- roles belong to the whole server: another database made it in this moment
    end;
    if exists (
        select from pg_roles
        where rolname = 'contextfs_audit' and (rolsuper or rolbypassrls or rolcreaterole or rolcanlogin)
    ) then
        raise exception 'the role contextfs_audit exists with other powers than it may have: drop it or rename it';
    end if;
    grant usage on schema contextfs to contextfs_audit;
end
$$;

alter table contextfs.audit_log add column position bigint, add column hash bytea;
create unique index audit_log_chain on contextfs.audit_log (org_id, position);
create index audit_log_unsealed on contextfs.audit_log (org_id, id) where position is null;

-- The end of each organization's chain: without it, nobody would miss the last rows.
create table contextfs.audit_heads (
    org_id uuid not null primary key,
    position bigint not null,
    hash bytea not null,
    sealed_at timestamptz not null
);
alter table contextfs.audit_heads enable row level security;
alter table contextfs.audit_heads force row level security;
create policy tenant on contextfs.audit_heads to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy seals on contextfs.audit_heads to contextfs_audit using (true) with check (true);
create policy seals on contextfs.audit_log to contextfs_audit using (true) with check (true);

-- What is sealed of a row: all that was said when it was written, as one text that is always spelt the same way.
create function contextfs.audit_digest(entry contextfs.audit_log) returns bytea
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
    select sha256(convert_to(jsonb_build_array(
        entry.org_id, entry.id, to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), entry.actor_id,
        entry.actor, entry.action, entry.project_id, entry.subject, entry.request_id, entry.details
    )::text, 'UTF8'));
end;

-- Seal rows that are not yet; gives how many. One works at a time, whoever else asks has nothing to do.
create function contextfs.seal_audit(most integer) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    own uuid;
    entry contextfs.audit_log;
    head contextfs.audit_heads;
    mine integer;
    sealed integer := 0;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('contextfs.seal_audit', 0)) then
        return 0;
    end if;
    for own in select distinct a.org_id from contextfs.audit_log as a where a.position is null loop
        begin
            mine := 0;
            select h.* into head from contextfs.audit_heads as h where h.org_id = own;
            head := (own, coalesce(head.position, 0), coalesce(head.hash, ''), now());
            for entry in
                select a.* from contextfs.audit_log as a
                where a.org_id = own and a.position is null order by a.id limit most - sealed
            loop
                head.position := head.position + 1;
                head.hash := sha256(head.hash || contextfs.audit_digest(entry));
                update contextfs.audit_log set position = head.position, hash = head.hash
                where audit_log.org_id = own and audit_log.id = entry.id;
                mine := mine + 1;
            end loop;
            insert into contextfs.audit_heads values (head.*)
            on conflict (org_id) do update
            set position = excluded.position, hash = excluded.hash, sealed_at = excluded.sealed_at;
            sealed := sealed + mine;
        exception when unique_violation then
            null; -- somebody changed this log: it stays as it is, for the check to tell, and holds up no other one
        end;
        exit when sealed >= most;
    end loop;
    return sealed;
end
$$;

revoke all on function contextfs.audit_digest(contextfs.audit_log), contextfs.seal_audit(integer) from public;
grant execute on function contextfs.audit_digest(contextfs.audit_log) to contextfs_app, contextfs_audit;
grant execute on function contextfs.seal_audit(integer) to contextfs_relay;
do $$
begin
    grant create on schema contextfs to contextfs_audit;
    execute 'grant contextfs_audit to current_user';
    alter function contextfs.seal_audit(integer) owner to contextfs_audit;
    execute 'revoke contextfs_audit from current_user';
    revoke create on schema contextfs from contextfs_audit;
end
$$;

grant select, update (position, hash) on contextfs.audit_log to contextfs_audit;
grant select, insert, update on contextfs.audit_heads to contextfs_audit;
grant select on contextfs.audit_heads to contextfs_app;

-- A call writes what it did, and never where in the chain that stands.
revoke insert on contextfs.audit_log from contextfs_app;
grant insert (org_id, id, at, actor_id, actor, action, project_id, subject, request_id, details)
on contextfs.audit_log to contextfs_app;

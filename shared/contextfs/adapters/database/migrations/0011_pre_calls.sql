-- What every call does, in fewer round trips and with plans that are made once for each connection.

-- As before, in fewer steps: make the owner of a key the claims of this transaction.
create or replace function contextfs.enter(claimed_org uuid, key_id uuid, key_hash bytea, at timestamptz)
returns table (user_id uuid, role text, permissions text [], project_id uuid)
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
declare
    mine contextfs.api_keys;
begin
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true);
    select k.* into mine from contextfs.api_keys as k
    where k.org_id = claimed_org and k.id = key_id and k.hash = key_hash
    and k.revoked_at is null and (k.expires_at is null or k.expires_at > at);
    if not found then
        perform set_config('app.org_id', '', true), set_config('app.all_projects', 'off', true);
        return;
    end if;
    perform
        set_config('app.user_id', coalesce(mine.user_id, mine.id)::text, true),
        set_config('app.all_projects', case when mine.project_id is null then 'on' else 'off' end, true),
        set_config('app.project_ids', coalesce(array[mine.project_id]::text, '{}'), true);
    return query select mine.user_id, mine.role, mine.permissions, mine.project_id;
end
$$;

-- Write what a call leaves behind: events into the outbox, the audit row, the usage records; `effects` holds their
-- rows as JSON, by table.
create function contextfs.settle(effects jsonb) returns void
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
begin
    insert into contextfs.outbox (org_id, id, project_id, type, subject, time, actor, reader, data)
    select e.org_id, e.id, e.project_id, e.type, e.subject, e.time, e.actor, e.reader, e.data
    from jsonb_populate_recordset(null::contextfs.outbox, effects -> 'events') as e;
    insert into contextfs.audit_log (org_id, id, at, actor_id, actor, action, project_id, subject, request_id, details)
    select a.org_id, a.id, a.at, a.actor_id, a.actor, a.action, a.project_id, a.subject, a.request_id, a.details
    from jsonb_populate_recordset(null::contextfs.audit_log, effects -> 'audits') as a;
    insert into contextfs.usage_records (org_id, id, at, actor_id, project_id, meter, quantity, request_id)
    select u.org_id, u.id, u.at, u.actor_id, u.project_id, u.meter, u.quantity, u.request_id
    from jsonb_populate_recordset(null::contextfs.usage_records, effects -> 'usage') as u;
end
$$;

-- Store a memory with its first revision, unless the same is said in the project already, for the same readers: then
-- that memory's id is given back, and null otherwise. Who is about to add the same text waits for the end of this
-- transaction. The text is looked for first: by its order alone the planner would read a project from its beginning.
create function contextfs.add_memory(new_memory jsonb, first_revision jsonb) returns uuid
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
declare
    new contextfs.memories := jsonb_populate_record(null::contextfs.memories, new_memory);
    same uuid;
begin
    perform pg_advisory_xact_lock(hashtextextended(concat(new.project_id, new.fingerprint, new.visibility), 0));
    with saying as materialized (
        select m.id, m.created_at from contextfs.memories as m
        where m.project_id = new.project_id and m.fingerprint = new.fingerprint
        and m.visibility = new.visibility and not m.deleted
    )
    select s.id into same from saying as s order by s.created_at limit 1;
    if found then
        return same;
    end if;
    insert into contextfs.memories values (new.*);
    insert into contextfs.revisions
    select r.* from jsonb_populate_record(null::contextfs.revisions, first_revision) as r;
    return null;
end
$$;

revoke all on function contextfs.settle(jsonb), contextfs.add_memory(jsonb, jsonb) from public;
grant execute on function contextfs.settle(jsonb), contextfs.add_memory(jsonb, jsonb) to contextfs_app;

-- What a write does, in fewer and surer steps.

-- As before: store a memory with its first revision, unless the same is said in the project already, for the same readers:
-- then that memory's id is given back, and null otherwise. Whoever is about to add the same text waits for the end of this
-- transaction. Where nobody chose its type, one of any type that has the same `gist` is the same: the types of the project are
-- read by leaps over their index, and a fingerprint is made of each. (How many types there are is guessed too high, and what
-- joined them to the memories read all of these: here they are looked for by their index, and plans are made once.)
create function contextfs.add_memory(new_memory jsonb, first_revision jsonb, gist text) returns uuid
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    new contextfs.memories := jsonb_populate_record(null::contextfs.memories, new_memory);
    same uuid;
begin
    perform pg_advisory_xact_lock(hashtextextended(concat(new.project_id, new.fingerprint, new.visibility), 0));
    if gist is null then
        with said as materialized (
            select m.id, m.created_at from contextfs.memories as m
            where m.project_id = new.project_id and m.fingerprint = new.fingerprint
            and m.visibility = new.visibility and not m.deleted
        )
        select s.id into same from said as s order by s.created_at limit 1;
    else
        with recursive types as (
            (
                select m.type from contextfs.memories as m
                where m.project_id = new.project_id and not m.deleted order by m.type limit 1
            )
            union all
            select (
                select m.type from contextfs.memories as m
                where m.project_id = new.project_id and not m.deleted and m.type > t.type order by m.type limit 1
            )
            from types as t where t.type is not null
        ),
        said as materialized (
            select m.id, m.created_at from contextfs.memories as m
            where m.project_id = new.project_id and m.visibility = new.visibility and not m.deleted
            and m.fingerprint = any(array(
                select left(encode(sha256(convert_to(concat(t.type, chr(10), gist), 'UTF8')), 'hex'), 32)
                from types as t where t.type is not null
            ))
        )
        select s.id into same from said as s order by s.created_at limit 1;
    end if;
    if found then
        return same;
    end if;
    with added as (
        insert into contextfs.memories values (new.*)
    )
    insert into contextfs.revisions
    select r.* from jsonb_populate_record(null::contextfs.revisions, first_revision) as r;
    return null;
end
$$;
revoke all on function contextfs.add_memory(jsonb, jsonb, text) from public;
grant execute on function contextfs.add_memory(jsonb, jsonb, text) to contextfs_app;

-- As before: make the owner of a key the claims of this transaction. What the key opens is a part of the question: each
-- expression beside it is made ready again in each transaction.
create or replace function contextfs.admit_key(claimed_org uuid, key_id uuid, key_hash bytea, at timestamptz)
returns table (
    user_id uuid, permissions text [], role text, role_permissions text [], projects uuid []
)
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
declare
    is_noted boolean;
    claims text;
begin
    claims := set_config('app.org_id', claimed_org::text, true) || set_config('app.all_projects', 'on', true);
    select k.user_id, k.permissions, m.role, r.permissions, coalesce(u.last_used_at >= at - interval '5 minutes', false),
        case
            when k.project_id is null and (m.projects is null or r.projects is null) then coalesce(m.projects, r.projects)
            when k.project_id is null then array(
                select p.id from unnest(m.projects) as p (id) where p.id = any(r.projects)
            )
            when k.project_id = any(m.projects) is not false and k.project_id = any(r.projects) is not false
                then array[k.project_id]
            else '{}'
        end
    into user_id, permissions, role, role_permissions, is_noted, projects
    from contextfs.api_keys as k
    left join contextfs.key_uses as u on u.org_id = k.org_id and u.key_id = k.id
    left join contextfs.memberships as m
        on m.org_id = k.org_id and m.user_id = k.user_id and m.suspended_at is null
    left join contextfs.custom_roles as r on r.org_id = m.org_id and r.name = m.custom_role
    where k.org_id = claimed_org and k.id = admit_key.key_id and k.hash = key_hash
    and k.revoked_at is null and (k.expires_at is null or k.expires_at > at)
    and (k.user_id is null or m.user_id is not null);
    if not found then
        claims := set_config('app.org_id', '', true) || set_config('app.all_projects', 'off', true);
        return;
    end if;
    if not is_noted and pg_try_advisory_xact_lock(hashtextextended(admit_key.key_id::text, 1)) then
        -- A key that goes in this moment has no use to note, and who lets it go is not waited for.
        insert into contextfs.key_uses as u (org_id, key_id, last_used_at)
        select held.org_id, held.id, at
        from (
            select k.org_id, k.id from contextfs.api_keys as k
            where k.org_id = claimed_org and k.id = admit_key.key_id
            for key share skip locked
        ) as held
        on conflict on constraint key_uses_pkey
        do update set last_used_at = greatest(u.last_used_at, excluded.last_used_at);
    end if;
    claims := set_config('app.user_id', coalesce(user_id, admit_key.key_id)::text, true)
        || set_config('app.all_projects', case when projects is null then 'on' else 'off' end, true)
        || set_config('app.project_ids', coalesce(projects::text, '{}'), true);
    return next;
end
$$;

-- As before: write what a call leaves behind. The change of one thing, which is what nearly every call brings, is told here,
-- in one statement. (Who deletes the project holds it, and then wants the counter: so the project comes first here too.)
create or replace function contextfs.settle(effects jsonb) returns void
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
begin
    if effects -> 'events' <> '[]' then
        insert into contextfs.outbox (org_id, id, project_id, type, subject, time, actor, reader, data)
        select e.org_id, e.id, e.project_id, e.type, e.subject, e.time, e.actor, e.reader, e.data
        from jsonb_populate_recordset(null::contextfs.outbox, effects -> 'events') as e;
    end if;
    if effects ? 'audits' then
        insert into contextfs.audit_log (
            org_id, id, at, actor_id, actor, action, project_id, subject, request_id, details
        )
        select a.org_id, a.id, a.at, a.actor_id, a.actor, a.action, a.project_id, a.subject, a.request_id, a.details
        from jsonb_populate_recordset(null::contextfs.audit_log, effects -> 'audits') as a;
    end if;
    if effects ? 'usage' then
        insert into contextfs.usage_records (org_id, id, at, actor_id, project_id, meter, quantity, request_id)
        select u.org_id, u.id, u.at, u.actor_id, u.project_id, u.meter, u.quantity, u.request_id
        from jsonb_populate_recordset(null::contextfs.usage_records, effects -> 'usage') as u;
    end if;
    if jsonb_array_length(effects -> 'changes') = 1 then
        with change as materialized (
            select c.* from jsonb_populate_recordset(null::contextfs.feed, effects -> 'changes') as c
        ),
        project as (
            select p.org_id, p.id
            from contextfs.projects as p, change as c
            where p.org_id = c.org_id and p.id = c.project_id
            for key share of p
        ),
        counter as (
            insert into contextfs.feed_counters as f (org_id, project_id, position)
            select p.org_id, p.id, 1 from project as p
            on conflict (org_id, project_id) do update set position = f.position + 1
            returning f.position
        )
        insert into contextfs.feed (org_id, project_id, position, kind, subject, items, size, reader, origin)
        select c.org_id, c.project_id, n.position, c.kind, c.subject, c.items, c.size, c.reader, c.origin
        from change as c, counter as n;
        if not found then
            raise foreign_key_violation using message = 'there is no such project to tell of a change';
        end if;
    elsif effects ? 'changes' then
        perform contextfs.tell(effects -> 'changes');
    end if;
end
$$;

-- Messages come to sessions all the time: while no index holds when a session changed, an update adds to none of them. So
-- idle ones are found by when they came into being, the oldest first: of those that are open and old, few are not idle.
alter table contextfs.sessions set (fillfactor = 85);
create index sessions_open_oldest on contextfs.sessions (created_at, id) where status = 'open';
grant select (created_at) on contextfs.sessions to contextfs_idle;
create function contextfs.sessions_idle_since(before timestamptz, behind timestamptz, behind_id uuid, most integer)
returns table (org_id uuid, project_id uuid, id uuid, created_by uuid, created_at timestamptz, updated_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select s.org_id, s.project_id, s.id, s.created_by, s.created_at, s.updated_at
    from contextfs.sessions as s
    where s.status = 'open' and s.created_at < before and s.updated_at < before
    and (s.created_at, s.id) > (behind, behind_id)
    order by s.created_at, s.id
    limit most;
end
$$;
revoke all on function contextfs.sessions_idle_since(timestamptz, timestamptz, uuid, integer) from public;
grant execute on function contextfs.sessions_idle_since(timestamptz, timestamptz, uuid, integer) to contextfs_relay;
do $$
begin
    grant create on schema contextfs to contextfs_idle;
    execute 'grant contextfs_idle to current_user';
    alter function contextfs.sessions_idle_since(timestamptz, timestamptz, uuid, integer) owner to contextfs_idle;
    execute 'revoke contextfs_idle from current_user';
    revoke create on schema contextfs from contextfs_idle;
end
$$;

-- An entry of the audit log comes into the index of the chain when it is sealed, and not when it is written.
create unique index audit_log_sealed on contextfs.audit_log (org_id, position) where position is not null;

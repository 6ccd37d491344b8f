-- What every call runs, with fewer steps: each statement inside a function costs more than what it does to a row or two.
-- (Claims are set by assignment, which needs no statement of its own.)

-- As before: make the owner of a key the claims of this transaction; the key, its member and their role are one question.
create or replace function contextfs.admit_key(claimed_org uuid, key_id uuid, key_hash bytea, at timestamptz)
returns table (
    user_id uuid, permissions text [], role text, role_permissions text [], projects uuid []
)
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
declare
    mine record;
    claim text;
begin
    claim := set_config('app.org_id', claimed_org::text, true);
    claim := set_config('app.all_projects', 'on', true);
    select k.id, k.org_id, k.user_id, k.permissions, k.project_id, u.last_used_at, m.user_id as member, m.role,
        m.projects as granted, r.permissions as role_permissions, r.projects as of_role into mine
    from contextfs.api_keys as k
    left join contextfs.key_uses as u on u.org_id = k.org_id and u.key_id = k.id
    left join contextfs.memberships as m
        on m.org_id = k.org_id and m.user_id = k.user_id and m.suspended_at is null
    left join contextfs.custom_roles as r on r.org_id = m.org_id and r.name = m.custom_role
    where k.org_id = claimed_org and k.id = admit_key.key_id and k.hash = key_hash
    and k.revoked_at is null and (k.expires_at is null or k.expires_at > at);
    if not found then
        claim := set_config('app.org_id', '', true);
        claim := set_config('app.all_projects', 'off', true);
        return;
    end if;
    if (mine.last_used_at is null or mine.last_used_at < at - interval '5 minutes')
        and pg_try_advisory_xact_lock(hashtextextended(mine.id::text, 1))
    then
        -- A key that goes in this moment has no use to note, and who lets it go is not waited for.
        insert into contextfs.key_uses as u (org_id, key_id, last_used_at)
        select held.org_id, held.id, at
        from (
            select k.org_id, k.id from contextfs.api_keys as k
            where k.org_id = claimed_org and k.id = mine.id
            for key share skip locked
        ) as held
        on conflict on constraint key_uses_pkey
        do update set last_used_at = greatest(u.last_used_at, excluded.last_used_at);
    end if;
    if mine.user_id is not null and mine.member is null then
        claim := set_config('app.org_id', '', true);
        claim := set_config('app.all_projects', 'off', true);
        return;
    end if;
    projects := case
        when mine.granted is null or mine.of_role is null then coalesce(mine.granted, mine.of_role)
        else array(select unnest(mine.granted) intersect select unnest(mine.of_role))
    end;
    if mine.project_id is not null then
        projects := case
            when projects is null or mine.project_id = any(projects) then array[mine.project_id]
            else '{}'
        end;
    end if;
    claim := set_config('app.user_id', coalesce(mine.user_id, mine.id)::text, true);
    claim := set_config('app.all_projects', case when projects is null then 'on' else 'off' end, true);
    claim := set_config('app.project_ids', coalesce(projects::text, '{}'), true);
    user_id := mine.user_id;
    permissions := mine.permissions;
    role := mine.role;
    role_permissions := mine.role_permissions;
    return next;
end
$$;

-- As before: add changes to the feeds of their projects, each at the next position; the change of one thing, which is
-- what nearly every call brings, takes two statements.
create or replace function contextfs.tell(changes jsonb) returns void
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    own record;
    told bigint;
    one contextfs.feed;
begin
    if jsonb_array_length(changes) = 1 then
        one := jsonb_populate_record(null::contextfs.feed, changes -> 0);
        -- Who deletes the project holds it, and then wants the counter: so the project comes first here too.
        perform from contextfs.projects as p where p.org_id = one.org_id and p.id = one.project_id for key share;
        with counter as (
            insert into contextfs.feed_counters as f values (one.org_id, one.project_id, 1)
            on conflict (org_id, project_id) do update set position = f.position + 1
            returning f.position
        )
        insert into contextfs.feed (org_id, project_id, position, kind, subject, items, size, reader, origin)
        select one.org_id, one.project_id, c.position, one.kind, one.subject, one.items, one.size, one.reader,
            one.origin
        from counter as c;
        return;
    end if;
    for own in
        select c.org_id, c.project_id, count(*) as changed
        from jsonb_to_recordset(changes) as c (org_id uuid, project_id uuid)
        group by c.org_id, c.project_id
        order by c.org_id, c.project_id
    loop
        perform from contextfs.projects as p where p.org_id = own.org_id and p.id = own.project_id for key share;
        insert into contextfs.feed_counters as f values (own.org_id, own.project_id, own.changed)
        on conflict (org_id, project_id) do update set position = f.position + excluded.position
        returning position - own.changed into told;
        insert into contextfs.feed (org_id, project_id, position, kind, subject, items, size, reader, origin)
        select c.org_id, c.project_id, told + row_number() over (order by e.place), c.kind, c.subject, c.items,
            c.size, c.reader, c.origin
        from jsonb_array_elements(changes) with ordinality as e (change, place),
            jsonb_populate_record(null::contextfs.feed, e.change) as c
        where c.project_id = own.project_id;
    end loop;
end
$$;

-- As before; what a call does not leave behind, no statement looks for.
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
    if effects ? 'changes' then
        perform contextfs.tell(effects -> 'changes');
    end if;
end
$$;

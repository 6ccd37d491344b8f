-- When a key was last used, to within five minutes. It stands apart from the key, whose changes are kept as history.
create table contextfs.key_uses (
    org_id uuid not null,
    key_id uuid not null,
    last_used_at timestamptz not null,
    primary key (org_id, key_id),
    foreign key (org_id, key_id) references contextfs.api_keys on delete cascade
) with (fillfactor = 50);
alter table contextfs.key_uses enable row level security;
alter table contextfs.key_uses force row level security;
create policy tenant on contextfs.key_uses to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
grant select, insert, update, delete on contextfs.key_uses to contextfs_app;

-- As before; and once in five minutes the use is noted, by one of those who call at once: nobody waits for it.
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
begin
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true);
    select k.id, k.org_id, k.user_id, k.permissions, k.project_id, u.last_used_at into mine
    from contextfs.api_keys as k
    left join contextfs.key_uses as u on u.org_id = k.org_id and u.key_id = k.id
    where k.org_id = claimed_org and k.id = admit_key.key_id and k.hash = key_hash
    and k.revoked_at is null and (k.expires_at is null or k.expires_at > at);
    if not found then
        perform set_config('app.org_id', '', true), set_config('app.all_projects', 'off', true);
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
    if mine.user_id is not null then
        return query
        select mine.user_id, mine.permissions, m.role, m.permissions, m.projects
        from contextfs.assume_member(mine.org_id, mine.user_id, mine.project_id) as m;
        return;
    end if;
    perform
        set_config('app.user_id', mine.id::text, true),
        set_config('app.all_projects', case when mine.project_id is null then 'on' else 'off' end, true),
        set_config('app.project_ids', coalesce(array[mine.project_id]::text, '{}'), true);
    return query select
        null::uuid, mine.permissions, null::text, null::text [],
        case when mine.project_id is not null then array[mine.project_id] end;
end
$$;

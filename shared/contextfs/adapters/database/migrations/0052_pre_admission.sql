-- Who calls, and from where, in one question; and a key is admitted in fewer steps: each expression of a function is made
-- ready again in each transaction, and each that asks a table, or has a question inside, is a statement of its own.

-- Tell whether an address is in the networks of the organization in the claims, which may have none for callers of this
-- kind; without claims it is in none. (It is asked for a row of what makes the claims, and so after them.)
create function contextfs.is_within(kind text, address inet) returns boolean
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    within boolean;
begin
    select coalesce(address <<= any(a.networks), false) into within
    from contextfs.allow_lists as a
    where kind = any(a.covers);
    return coalesce(within, contextfs.claim('org_id') is not null);
end
$$;
revoke all on function contextfs.is_within(text, inet) from public;
grant execute on function contextfs.is_within(text, inet) to contextfs_app;

-- As before: make the owner of a key the claims of this transaction.
create or replace function contextfs.admit_key(claimed_org uuid, key_id uuid, key_hash bytea, at timestamptz)
returns table (
    user_id uuid, permissions text [], role text, role_permissions text [], projects uuid []
)
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
declare
    bound uuid;
    used timestamptz;
    granted uuid [];
    of_role uuid [];
    claims text;
begin
    claims := set_config('app.org_id', claimed_org::text, true) || set_config('app.all_projects', 'on', true);
    select k.user_id, k.permissions, k.project_id, u.last_used_at, m.role, r.permissions, m.projects, r.projects
    into user_id, permissions, bound, used, role, role_permissions, granted, of_role
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
    if (used is null or used < at - interval '5 minutes')
        and pg_try_advisory_xact_lock(hashtextextended(admit_key.key_id::text, 1))
    then
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
    projects := coalesce(granted, of_role);
    if granted is not null and of_role is not null then
        projects := array(select unnest(granted) intersect select unnest(of_role));
    end if;
    if bound is not null then
        projects := case when projects is null or bound = any(projects) then array[bound] else '{}' end;
    end if;
    claims := set_config('app.user_id', coalesce(user_id, admit_key.key_id)::text, true)
        || set_config('app.all_projects', case when projects is null then 'on' else 'off' end, true)
        || set_config('app.project_ids', coalesce(projects::text, '{}'), true);
    return next;
end
$$;

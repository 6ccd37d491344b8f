-- A credential is let in by the hash of any pepper that a program knows, and is hashed anew toward one pepper alone: the newest,
-- which the job `reseal` tells. So programs that begin with another one do not hash back what was hashed anew.

-- Reading a function's body, which says nothing of a tenant, would fail where even the owner sees no rows.
set local check_function_bodies = off;

-- The name of the pepper toward which is hashed: one, or none before anybody told. It says nothing of the pepper itself.
create table contextfs_secret.newest_pepper (
    only_one boolean primary key default true check (only_one),
    name text not null,
    told_at timestamptz not null default now()
);
grant usage on schema contextfs_secret to contextfs_keeper;
grant select on contextfs_secret.newest_pepper to contextfs_keeper;

create function contextfs.newest_pepper() returns text
language sql stable security definer
set search_path = pg_catalog, contextfs_secret, pg_temp
as $$
    select p.name from contextfs_secret.newest_pepper as p
$$;

-- Hash what is presented with the newest pepper, where it was hashed with another one that the program knows; and note its name
-- where that was hashed with it already, and no name was noted, as none was before 0070. Who brings such a hash has the credential
-- itself. It is asked before the caller is let in, which sets the claims that this begins with, or takes them away. One question
-- tells which row it is, whose plan is kept. Who is about to hash the same does it: nobody waits here, for either hash lets in.
create function contextfs.hash_anew(claimed_org uuid, thing uuid, names text [], hashes bytea []) returns boolean
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    newest constant text := contextfs.newest_pepper();
    fresh constant bytea := hashes[array_position(names, newest)];
    stale constant bytea [] := array_remove(hashes, fresh);
    place record;
begin
    if fresh is null then
        return false;
    end if;
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true);
    select p.name, p.kept, p.noted into place
    from (
        select 'api_keys', 'hash', ', pepper = $5' from contextfs.api_keys as k
        where k.org_id = claimed_org and k.id = thing
        and (k.hash = any(stale) or (k.hash = fresh and k.pepper is distinct from newest))
        union all
        select 'logins', case when l.hash = any(stale) then 'hash' else 'earlier_hash' end, '' from contextfs.logins as l
        where l.org_id = claimed_org and l.id = thing and (l.hash = any(stale) or l.earlier_hash = any(stale))
        union all
        select 'access_tokens', 'hash', '' from contextfs.access_tokens as t
        where t.org_id = claimed_org and t.id = thing and t.hash = any(stale)
        union all
        select 'grants', 'access_hash', '' from contextfs.grants as g
        where g.org_id = claimed_org and g.id = thing and g.access_hash = any(stale)
        union all
        select 'scim_tokens', 'hash', ', pepper = $5' from contextfs.scim_tokens as t
        where t.org_id = claimed_org and t.id = thing
        and (t.hash = any(stale) or (t.hash = fresh and t.pepper is distinct from newest))
        union all
        select 'invitations', 'hash', '' from contextfs.invitations as i
        where i.org_id = claimed_org and i.id = thing and i.hash = any(stale)
    ) as p (name, kept, noted);
    if not found then
        return false;
    end if;
    execute format(
        'update contextfs.%1$I set %2$I = $1%3$s where (org_id, id) = (
            select org_id, id from contextfs.%1$I
            where org_id = $2 and id = $3 and %2$I = any($4) for no key update skip locked
        )',
        place.name, place.kept, place.noted
    ) using fresh, claimed_org, thing, hashes, newest;
    return true;
end
$$;

-- As before, by the hashes of each pepper: make the owner of a key the claims of this transaction.
create function contextfs.admit_key(claimed_org uuid, key_id uuid, hashes bytea [], at timestamptz)
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
    where k.org_id = claimed_org and k.id = admit_key.key_id and k.hash = any(hashes)
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

-- As before: make an invitation the claims of this transaction.
create function contextfs.admit_invitation(claimed_org uuid, invitation_id uuid, hashes bytea [], at timestamptz)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
begin
    perform set_config('app.org_id', claimed_org::text, true);
    perform from contextfs.invitations as i
    where i.org_id = claimed_org and i.id = invitation_id and i.hash = any(hashes)
    and i.accepted_at is null and i.revoked_at is null and i.expires_at > at
    for update;
    if not found then
        perform set_config('app.org_id', '', true);
        return false;
    end if;
    perform set_config('app.user_id', invitation_id::text, true), set_config('app.all_projects', 'on', true);
    return true;
end
$$;

-- As before: make the person of a login the claims of this transaction.
create function contextfs.enter_login(
    claimed_org uuid, login uuid, hashes bytea [], at timestamptz, idle interval, rotates interval, grace interval
)
returns table (user_id uuid, role text, role_permissions text [], projects uuid [], standing text)
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
declare
    mine contextfs.logins;
    member record;
begin
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true);
    select l.* into mine from contextfs.logins as l
    where l.org_id = claimed_org and l.id = login and (l.hash = any(hashes) or l.earlier_hash = any(hashes))
    and l.ended_at is null and l.expires_at > at and l.used_at > at - idle
    and (l.key_id is null or exists (
        select from contextfs.api_keys as k
        where k.org_id = claimed_org and k.id = l.key_id
        and k.revoked_at is null and (k.expires_at is null or k.expires_at > at)
    ));
    if not found then
        perform set_config('app.org_id', '', true), set_config('app.all_projects', 'off', true);
        return;
    end if;
    select * into member from contextfs.assume_member(mine.org_id, mine.user_id, null);
    if not found then
        return;
    end if;
    if mine.used_at < at - interval '1 minute' then
        -- Who is about to note the same does it: nobody waits here.
        update contextfs.logins set used_at = at where (org_id, id) = (
            select l.org_id, l.id from contextfs.logins as l
            where l.org_id = claimed_org and l.id = login for no key update skip locked
        );
    end if;
    return query select mine.user_id, member.role, member.permissions, member.projects, case
        when mine.hash = any(hashes) and mine.rotated_at < at - rotates then 'due'
        when mine.hash = any(hashes) then 'current'
        when mine.rotated_at > at - grace then 'earlier'
        else 'replayed'
    end;
end
$$;

-- As before: make the organization of a directory's token the claims of this transaction.
create function contextfs.enter_scim(claimed_org uuid, token uuid, hashes bytea [], at timestamptz)
returns table (id uuid)
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
begin
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true),
        set_config('app.user_id', token::text, true), set_config('app.project_ids', '{}', true);
    return query select t.id from contextfs.scim_tokens as t
    where t.org_id = claimed_org and t.id = token and t.hash = any(hashes)
    and t.revoked_at is null and (t.expires_at is null or t.expires_at > at);
    if not found then
        perform set_config('app.org_id', '', true), set_config('app.all_projects', 'off', true),
            set_config('app.user_id', '', true);
    end if;
end
$$;

-- As before: make the person of a token, or its key, the claims of this transaction.
create function contextfs.admit_token(claimed_org uuid, token uuid, hashes bytea [], at timestamptz)
returns table (
    user_id uuid, key_id uuid, permissions text [], parent_permissions text [], role text, role_permissions text [],
    projects uuid []
)
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
declare
    mine record;
begin
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true);
    select t.org_id, t.user_id, t.key_id, t.permissions, t.project_id, k.permissions as parent_permissions into mine
    from contextfs.access_tokens as t
    left join contextfs.api_keys as k on k.org_id = t.org_id and k.id = t.key_id
    left join contextfs.logins as l on l.org_id = t.org_id and l.id = t.login_id
    where t.org_id = claimed_org and t.id = token and t.hash = any(hashes) and t.expires_at > at
    and (t.key_id is null or (k.revoked_at is null and (k.expires_at is null or k.expires_at > at)))
    and (t.login_id is null or (l.ended_at is null and l.expires_at > at and (l.key_id is null or exists (
        select from contextfs.api_keys as opened
        where opened.org_id = l.org_id and opened.id = l.key_id
        and opened.revoked_at is null and (opened.expires_at is null or opened.expires_at > at)
    ))));
    if not found then
        perform set_config('app.org_id', '', true), set_config('app.all_projects', 'off', true);
        return;
    end if;
    if mine.user_id is not null then
        return query
        select mine.user_id, mine.key_id, mine.permissions, mine.parent_permissions, m.role, m.permissions, m.projects
        from contextfs.assume_member(mine.org_id, mine.user_id, mine.project_id) as m;
        return;
    end if;
    perform
        set_config('app.user_id', mine.key_id::text, true),
        set_config('app.all_projects', case when mine.project_id is null then 'on' else 'off' end, true),
        set_config('app.project_ids', coalesce(array[mine.project_id]::text, '{}'), true);
    return query select
        null::uuid, mine.key_id, mine.permissions, mine.parent_permissions, null::text, null::text [],
        case when mine.project_id is not null then array[mine.project_id] end;
end
$$;

-- As before: make the person of a grant's access token the claims of this transaction.
create function contextfs.admit_grant(claimed_org uuid, grant_id uuid, hashes bytea [], at timestamptz)
returns table (
    user_id uuid, permissions text [], role text, role_permissions text [], projects uuid [], audience text
)
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
declare
    mine contextfs.grants;
begin
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true);
    select g.* into mine from contextfs.grants as g
    where g.org_id = claimed_org and g.id = admit_grant.grant_id and g.access_hash = any(hashes)
    and g.access_expires_at > at and g.ended_at is null and g.expires_at > at;
    if not found then
        perform set_config('app.org_id', '', true), set_config('app.all_projects', 'off', true);
        return;
    end if;
    return query
    select mine.user_id, mine.permissions, m.role, m.permissions, m.projects, mine.audience
    from contextfs.assume_member(mine.org_id, mine.user_id, null) as m;
end
$$;

revoke all on function contextfs.newest_pepper(), contextfs.hash_anew(uuid, uuid, text [], bytea []),
contextfs.admit_key(uuid, uuid, bytea [], timestamptz), contextfs.admit_invitation(uuid, uuid, bytea [], timestamptz),
contextfs.enter_login(uuid, uuid, bytea [], timestamptz, interval, interval, interval),
contextfs.enter_scim(uuid, uuid, bytea [], timestamptz), contextfs.admit_token(uuid, uuid, bytea [], timestamptz),
contextfs.admit_grant(uuid, uuid, bytea [], timestamptz) from public;
grant execute on function contextfs.newest_pepper(), contextfs.hash_anew(uuid, uuid, text [], bytea []),
contextfs.admit_key(uuid, uuid, bytea [], timestamptz), contextfs.admit_invitation(uuid, uuid, bytea [], timestamptz),
contextfs.enter_login(uuid, uuid, bytea [], timestamptz, interval, interval, interval),
contextfs.enter_scim(uuid, uuid, bytea [], timestamptz), contextfs.admit_token(uuid, uuid, bytea [], timestamptz),
contextfs.admit_grant(uuid, uuid, bytea [], timestamptz) to contextfs_app;

do $$
begin
    grant create on schema contextfs to contextfs_keeper;
    execute 'grant contextfs_keeper to current_user';
    alter function contextfs.newest_pepper owner to contextfs_keeper;
    execute 'revoke contextfs_keeper from current_user';
    revoke create on schema contextfs from contextfs_keeper;
end
$$;

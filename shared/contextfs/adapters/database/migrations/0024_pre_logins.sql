-- Logins: browsers that somebody is signed in with. A login is known by the hash of its cookie, which changes now and
-- then; the one before is good for a moment longer, for requests that were on their way.

create table contextfs.logins (
    org_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    hash bytea not null,
    earlier_hash bytea,
    rotated_at timestamptz not null,
    method text not null check (method in ('key', 'oidc', 'oauth', 'saml')),
    key_id uuid, -- where a key opened it: it ends with that key
    agent text not null default '',
    created_at timestamptz not null,
    used_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    primary key (org_id, id),
    foreign key (org_id, user_id) references contextfs.memberships on delete cascade
);
create index logins_user on contextfs.logins (org_id, user_id, created_at desc);
create index logins_age on contextfs.logins (expires_at);
alter table contextfs.logins enable row level security;
alter table contextfs.logins force row level security;
create policy tenant on contextfs.logins to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy expires on contextfs.logins to contextfs_relay using (expires_at < now() - interval '29 days');
grant select, insert, update, delete on contextfs.logins to contextfs_app;
grant select (expires_at), delete on contextfs.logins to contextfs_relay;

-- Make the person of a login the claims of this transaction; no row, and no claim, when the cookie opens nothing.
-- `standing` says what the cookie is: `current`, `due` (to be changed for a new one), `earlier` (the one before, still
-- good), or `replayed`: it was changed long ago, and somebody has a copy of it.
create function contextfs.enter_login(
    claimed_org uuid, login uuid, token_hash bytea, at timestamptz, idle interval, rotates interval, grace interval
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
    where l.org_id = claimed_org and l.id = login and token_hash in (l.hash, l.earlier_hash)
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
        when mine.hash = token_hash and mine.rotated_at < at - rotates then 'due'
        when mine.hash = token_hash then 'current'
        when mine.rotated_at > at - grace then 'earlier'
        else 'replayed'
    end;
end
$$;
revoke all on function contextfs.enter_login(uuid, uuid, bytea, timestamptz, interval, interval, interval) from public;
grant execute on function contextfs.enter_login(uuid, uuid, bytea, timestamptz, interval, interval, interval)
to contextfs_app;

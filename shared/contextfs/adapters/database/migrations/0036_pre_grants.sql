-- Grants: a person lets a program act for them (OAuth 2.1). Only hashes are kept of the code that a grant begins with, of the
-- access token that opens, and of the refresh token that makes the next two; the one before is kept too, for who brings it
-- after it was changed holds a copy.

create table contextfs.grants (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    user_id uuid not null,
    client_id text not null,
    client_name text not null,
    redirect_uri text not null,
    challenge text not null,
    permissions text [] not null,
    audience text not null,
    code_hash bytea not null,
    code_expires_at timestamptz not null,
    redeemed_at timestamptz,
    access_hash bytea,
    access_expires_at timestamptz,
    refresh_hash bytea,
    earlier_hash bytea,
    rotated_at timestamptz,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    primary key (org_id, id),
    foreign key (org_id, user_id) references contextfs.memberships on delete cascade
);
create index grants_user on contextfs.grants (org_id, user_id, created_at desc, id desc);
create index grants_age on contextfs.grants (expires_at);
alter table contextfs.grants enable row level security;
alter table contextfs.grants force row level security;
create policy tenant on contextfs.grants to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy expires on contextfs.grants to contextfs_relay using (expires_at < now() - interval '29 days');
grant select, insert, update, delete on contextfs.grants to contextfs_app;
grant select (expires_at), delete on contextfs.grants to contextfs_relay;

-- Make the person of a grant's access token the claims of this transaction; no row, and no claim, when it opens nothing.
create function contextfs.admit_grant(claimed_org uuid, grant_id uuid, token_hash bytea, at timestamptz)
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
    where g.org_id = claimed_org and g.id = admit_grant.grant_id and g.access_hash = token_hash
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
revoke all on function contextfs.admit_grant(uuid, uuid, bytea, timestamptz) from public;
grant execute on function contextfs.admit_grant(uuid, uuid, bytea, timestamptz) to contextfs_app;

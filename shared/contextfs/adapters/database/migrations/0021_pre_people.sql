-- People: members with a role and a reach, service accounts, custom roles, invitations. A key opens no more than its
-- member may at that moment: who is suspended, demoted or removed loses with all their keys.

-- A role of an organization's own: a name for permissions, in all projects (null) or in some.
create table contextfs.custom_roles (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    name text not null,
    description text,
    permissions text [] not null,
    projects uuid [],
    created_by uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (org_id, id),
    unique (org_id, name),
    constraint custom_roles_name check (name not in ('owner', 'admin', 'member', 'viewer'))
);

-- `projects` is null where every project of the organization is open to the member. `custom_role` follows from `role`,
-- so that the database knows: a role that somebody has cannot go. (The owner sees the rows that it checks only while
-- nothing is forced.)
alter table contextfs.memberships no force row level security;
alter table contextfs.memberships
drop constraint memberships_role_check,
drop constraint memberships_org_id_email_key,
alter column email drop not null,
add column kind text not null default 'person' check (kind in ('person', 'service')),
add column projects uuid [],
add column suspended_at timestamptz,
add column custom_role text generated always as (
    case when role not in ('owner', 'admin', 'member', 'viewer') then role end
) stored,
add constraint memberships_custom_role foreign key (org_id, custom_role)
references contextfs.custom_roles (org_id, name),
add constraint memberships_person check ((kind = 'person') = (email is not null)),
add constraint memberships_owner check (role <> 'owner' or (kind = 'person' and projects is null));
alter table contextfs.memberships force row level security;
alter table contextfs.memberships_history
alter column email drop not null,
add column kind text not null default 'person',
add column projects uuid [],
add column suspended_at timestamptz,
add column custom_role text;
create unique index memberships_email on contextfs.memberships (org_id, lower(email));
create index memberships_custom_role on contextfs.memberships (org_id, custom_role);
create index memberships_newest on contextfs.memberships (org_id, created_at desc, user_id desc);

-- Who invited loses their invitations with their membership.
create table contextfs.invitations (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    email text not null,
    role text not null,
    projects uuid [],
    hash bytea not null,
    invited_by uuid,
    created_by uuid not null,
    created_at timestamptz not null,
    expires_at contextfs.moment not null,
    accepted_at timestamptz,
    accepted_by uuid,
    revoked_at timestamptz,
    custom_role text generated always as (
        case when role not in ('owner', 'admin', 'member', 'viewer') then role end
    ) stored,
    primary key (org_id, id),
    constraint invitations_custom_role foreign key (org_id, custom_role)
    references contextfs.custom_roles (org_id, name) on delete cascade,
    foreign key (org_id, invited_by) references contextfs.memberships on delete cascade
);
create unique index invitations_open on contextfs.invitations (org_id, lower(email))
where accepted_at is null and revoked_at is null;
create index invitations_newest on contextfs.invitations (org_id, created_at desc, id desc);
create index invitations_inviter on contextfs.invitations (org_id, invited_by);
create index invitations_custom_role on contextfs.invitations (org_id, custom_role);

create table contextfs.custom_roles_history (period tstzrange not null, like contextfs.custom_roles);
create index on contextfs.custom_roles_history (org_id, id, period);
-- The function is its own role's: who hangs it on a table is a member of that role, for this moment.
do $$
begin
    execute 'grant contextfs_history to current_user';
    create trigger keep_history after update or delete on contextfs.custom_roles
    for each row execute function contextfs.keep_history();
    execute 'revoke contextfs_history from current_user';
end
$$;

do $$
declare
    tenant text := 'org_id = (select contextfs.claim(''org_id'')::uuid)';
    own text;
begin
    foreach own in array array['custom_roles', 'custom_roles_history', 'invitations']
    loop
        execute format('alter table contextfs.%I enable row level security', own);
        execute format('alter table contextfs.%I force row level security', own);
        execute format(
            'create policy tenant on contextfs.%I to contextfs_app using (%s) with check (%2$s)', own, tenant
        );
    end loop;
end
$$;
create policy keeps on contextfs.custom_roles_history for insert to contextfs_history with check (true);

grant select, insert, update, delete on contextfs.custom_roles, contextfs.invitations to contextfs_app;
grant select on contextfs.custom_roles_history to contextfs_app;
grant insert on contextfs.custom_roles_history to contextfs_history;

-- An organization keeps an owner who can come in, whoever asks, and when two remove each other in the same moment: the
-- organization is held, so the second one looks at what the first one left.
create function contextfs.keep_an_owner() returns trigger
language plpgsql
set search_path = pg_catalog, contextfs, pg_temp
as $$
begin
    if old.role <> 'owner' or old.suspended_at is not null then
        return null;
    end if;
    if tg_op = 'UPDATE' and new.role = 'owner' and new.suspended_at is null then
        return null;
    end if;
    perform from contextfs.organizations as o where o.org_id = old.org_id for no key update;
    if found and not exists (
        select from contextfs.memberships as m
        where m.org_id = old.org_id and m.role = 'owner' and m.suspended_at is null
    ) then
        raise exception 'an organization keeps an owner' using errcode = 'restrict_violation';
    end if;
    return null;
end
$$;
create trigger keep_an_owner after update or delete on contextfs.memberships
for each row execute function contextfs.keep_an_owner();

-- Make a member the claims of this transaction; no row, and no claim, when there is none, or they are suspended.
-- `only_project` narrows to one project. `permissions` is what a custom role allows, null for the others.
create function contextfs.assume_member(claimed_org uuid, member uuid, only_project uuid)
returns table (role text, permissions text [], projects uuid [])
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
declare
    mine record;
    reach uuid [];
begin
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true);
    select m.role, r.permissions, m.projects as granted, r.projects as of_role into mine
    from contextfs.memberships as m
    left join contextfs.custom_roles as r on r.org_id = m.org_id and r.name = m.custom_role
    where m.org_id = claimed_org and m.user_id = member and m.suspended_at is null;
    if not found then
        perform set_config('app.org_id', '', true), set_config('app.all_projects', 'off', true);
        return;
    end if;
    reach := case
        when mine.granted is null or mine.of_role is null then coalesce(mine.granted, mine.of_role)
        else array(select unnest(mine.granted) intersect select unnest(mine.of_role))
    end;
    if only_project is not null then
        reach := case when reach is null or only_project = any(reach) then array[only_project] else '{}' end;
    end if;
    perform
        set_config('app.user_id', member::text, true),
        set_config('app.all_projects', case when reach is null then 'on' else 'off' end, true),
        set_config('app.project_ids', coalesce(reach::text, '{}'), true);
    return query select mine.role, mine.permissions, reach;
end
$$;

-- Make the owner of a key the claims of this transaction: the member that it stands for, or itself. A key names its
-- organization, so it is looked for with that organization's claim and nothing wider; no row, and no claim, when there
-- is no such key, or its member may not come in.
create function contextfs.admit_key(claimed_org uuid, key_id uuid, key_hash bytea, at timestamptz)
returns table (
    user_id uuid, permissions text [], role text, role_permissions text [], projects uuid []
)
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

-- Make an invitation the claims of this transaction: it may do one thing, which is to become a member.
create function contextfs.admit_invitation(claimed_org uuid, invitation_id uuid, token_hash bytea, at timestamptz)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
begin
    perform set_config('app.org_id', claimed_org::text, true);
    perform from contextfs.invitations as i
    where i.org_id = claimed_org and i.id = invitation_id and i.hash = token_hash
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

revoke all on function contextfs.keep_an_owner(), contextfs.assume_member(uuid, uuid, uuid),
contextfs.admit_key(uuid, uuid, bytea, timestamptz), contextfs.admit_invitation(uuid, uuid, bytea, timestamptz)
from public;
grant execute on function contextfs.assume_member(uuid, uuid, uuid),
contextfs.admit_key(uuid, uuid, bytea, timestamptz), contextfs.admit_invitation(uuid, uuid, bytea, timestamptz)
to contextfs_app;

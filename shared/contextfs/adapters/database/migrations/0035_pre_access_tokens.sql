-- Access tokens: a key or a login is changed for one that may less, in one project, for an hour at the most. A token ends
-- with what it was changed for: it is looked at together with that, at each call.

create table contextfs.access_tokens (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    key_id uuid,
    login_id uuid,
    user_id uuid,
    project_id uuid,
    hash bytea not null,
    permissions text [] not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (org_id, id),
    foreign key (org_id, key_id) references contextfs.api_keys on delete cascade,
    foreign key (org_id, login_id) references contextfs.logins on delete cascade,
    foreign key (org_id, user_id) references contextfs.memberships on delete cascade,
    foreign key (org_id, project_id) references contextfs.projects on delete cascade
);
create index access_tokens_key on contextfs.access_tokens (org_id, key_id);
create index access_tokens_login on contextfs.access_tokens (org_id, login_id);
create index access_tokens_user on contextfs.access_tokens (org_id, user_id);
create index access_tokens_project on contextfs.access_tokens (org_id, project_id);
create index access_tokens_age on contextfs.access_tokens (expires_at);
alter table contextfs.access_tokens enable row level security;
alter table contextfs.access_tokens force row level security;
create policy tenant on contextfs.access_tokens to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy project on contextfs.access_tokens as restrictive to contextfs_app
using (
    (select contextfs.claim('all_projects')) = 'on' or project_id = any(
        (select contextfs.claim('project_ids')::uuid[])::uuid[])
)
with check (
    (select contextfs.claim('all_projects')) = 'on' or project_id = any(
        (select contextfs.claim('project_ids')::uuid[])::uuid[])
);
create policy expires on contextfs.access_tokens to contextfs_relay using (expires_at < now());
grant select, insert, update, delete on contextfs.access_tokens to contextfs_app;
grant select (expires_at), delete on contextfs.access_tokens to contextfs_relay;

-- Make the person of a token, or its key, the claims of this transaction; no row, and no claim, when it opens nothing.
create function contextfs.admit_token(claimed_org uuid, token uuid, token_hash bytea, at timestamptz)
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
    where t.org_id = claimed_org and t.id = token and t.hash = token_hash and t.expires_at > at
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
revoke all on function contextfs.admit_token(uuid, uuid, bytea, timestamptz) from public;
grant execute on function contextfs.admit_token(uuid, uuid, bytea, timestamptz) to contextfs_app;

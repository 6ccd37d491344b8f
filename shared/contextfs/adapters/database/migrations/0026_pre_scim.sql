-- SCIM: an organization's directory tells who its people are, and who is one no longer.

create table contextfs.scim_tokens (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    name text not null,
    hash bytea not null,
    hint text not null,
    created_by uuid not null,
    created_at timestamptz not null,
    expires_at contextfs.moment,
    revoked_at timestamptz,
    primary key (org_id, id)
);

-- Users and groups as the directory told them. `key` is what may be there once; `user_id` and `role` are the member that a
-- user is, or was until they were deactivated: they come back as the same one.
create table contextfs.scim_resources (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    type text not null,
    key text,
    external_id text,
    active boolean not null,
    email text,
    user_id uuid,
    role text,
    version bigint not null,
    resource jsonb not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (org_id, id)
);
create unique index scim_resources_key on contextfs.scim_resources (org_id, type, key);
create unique index scim_resources_user on contextfs.scim_resources (org_id, user_id);
create index scim_resources_external on contextfs.scim_resources (org_id, type, external_id);
create index scim_resources_email on contextfs.scim_resources (org_id, email);
create index scim_resources_members on contextfs.scim_resources using gin ((resource -> 'members') jsonb_path_ops);

do $$
declare
    own text;
begin
    foreach own in array array['scim_tokens', 'scim_resources'] loop
        execute format('alter table contextfs.%I enable row level security', own);
        execute format('alter table contextfs.%I force row level security', own);
        execute format(
            'create policy tenant on contextfs.%I to contextfs_app using (%s) with check (%2$s)', own,
            'org_id = (select contextfs.claim(''org_id'')::uuid)'
        );
        execute format('grant select, insert, update, delete on contextfs.%I to contextfs_app', own);
    end loop;
end
$$;

-- Make the organization of a directory's token the claims of this transaction; no row, and no claim, when there is none.
create function contextfs.enter_scim(claimed_org uuid, token uuid, token_hash bytea, at timestamptz)
returns table (id uuid)
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
begin
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true),
        set_config('app.user_id', token::text, true), set_config('app.project_ids', '{}', true);
    return query select t.id from contextfs.scim_tokens as t
    where t.org_id = claimed_org and t.id = token and t.hash = token_hash
    and t.revoked_at is null and (t.expires_at is null or t.expires_at > at);
    if not found then
        perform set_config('app.org_id', '', true), set_config('app.all_projects', 'off', true),
            set_config('app.user_id', '', true);
    end if;
end
$$;
revoke all on function contextfs.enter_scim(uuid, uuid, bytea, timestamptz) from public;
grant execute on function contextfs.enter_scim(uuid, uuid, bytea, timestamptz) to contextfs_app;

-- Single sign-on: what an organization says of its identity provider, the domains that are proven to be its own, whom the
-- provider's subjects are here, and sign-ins that were begun.

create table contextfs.sso_settings (
    org_id uuid primary key references contextfs.organizations on delete cascade,
    enabled boolean not null,
    provider text not null,
    metadata_url text,
    client_id text,
    client_secret text, -- sealed
    attribute_mapping jsonb not null,
    auto_provision boolean not null,
    default_role text not null check (default_role in ('admin', 'member', 'viewer')),
    group_roles jsonb not null,
    enforced boolean not null,
    break_glass_user_id uuid,
    updated_at timestamptz not null,
    foreign key (org_id, break_glass_user_id) references contextfs.memberships
);
create index sso_settings_break_glass on contextfs.sso_settings (org_id, break_glass_user_id);

create table contextfs.sso_domains (
    org_id uuid not null references contextfs.organizations on delete cascade,
    domain text not null,
    proof text not null,
    created_at timestamptz not null,
    verified_at timestamptz,
    primary key (org_id, domain)
);
create index sso_domains_verified on contextfs.sso_domains (domain) where verified_at is not null;

create table contextfs.identities (
    org_id uuid not null,
    issuer text not null,
    subject text not null,
    user_id uuid not null,
    created_at timestamptz not null,
    primary key (org_id, issuer, subject),
    foreign key (org_id, user_id) references contextfs.memberships on delete cascade
);
create index identities_user on contextfs.identities (org_id, user_id);

create table contextfs.signins (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    state_hash bytea not null,
    binder_hash bytea not null,
    return_to text not null,
    expires_at timestamptz not null,
    primary key (org_id, id)
);
create index signins_age on contextfs.signins (expires_at);

do $$
declare
    own text;
begin
    foreach own in array array['sso_settings', 'sso_domains', 'identities', 'signins'] loop
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
create policy expires on contextfs.signins to contextfs_relay using (expires_at < now());
grant select (expires_at), delete on contextfs.signins to contextfs_relay;

-- Who signs in tells an address, and the organization is found by its domain. That looks across tenants, so a role of its
-- own lends its eyes: it sees proven domains, and nothing else.
do $$
begin
    begin
        if not exists (select from pg_roles where rolname = 'contextfs_domains') then
            create role contextfs_domains nologin nocreatedb nocreaterole noinherit;
        end if;
    exception when duplicate_object or unique_violation then
        null; -- roles belong to the whole server: another database made it in this moment
    end;
    if exists (
        select from pg_roles
        where rolname = 'contextfs_domains' and (rolsuper or rolbypassrls or rolcreaterole or rolcanlogin)
    ) then
        raise exception 'the role contextfs_domains exists with other powers than it may have: drop it or rename it';
    end if;
    grant usage on schema contextfs to contextfs_domains;
end
$$;
create policy finds on contextfs.sso_domains for select to contextfs_domains using (verified_at is not null);
grant select on contextfs.sso_domains to contextfs_domains;

-- The organization of a proven domain; null where there is none, or where several have proven it.
create function contextfs.organization_of_domain(name text) returns uuid
language plpgsql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    found_ids uuid [];
begin
    found_ids := array(
        select d.org_id from contextfs.sso_domains as d where d.domain = name and d.verified_at is not null limit 2
    );
    return case when cardinality(found_ids) = 1 then found_ids[1] end;
end
$$;
revoke all on function contextfs.organization_of_domain(text) from public;
grant execute on function contextfs.organization_of_domain(text) to contextfs_app;
do $$
begin
    grant create on schema contextfs to contextfs_domains;
    execute 'grant contextfs_domains to current_user';
    alter function contextfs.organization_of_domain(text) owner to contextfs_domains;
    execute 'revoke contextfs_domains from current_user';
    revoke create on schema contextfs from contextfs_domains;
end
$$;

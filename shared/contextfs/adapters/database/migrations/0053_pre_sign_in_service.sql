-- The installation's own sign-in service: people sign in there whose organization has no provider of its own. Who they are
-- here is found by their subject there, or by the address that it has verified, among all organizations of the region.

alter table contextfs.logins drop constraint logins_method_check;
alter table contextfs.logins
add constraint logins_method_check check (method in ('key', 'oidc', 'oauth', 'saml', 'service'));

create index memberships_address on contextfs.memberships (lower(email));
create index identities_subject on contextfs.identities (issuer, subject);

-- That looks across tenants, so a role of its own lends its eyes: it sees who is where, by which address, and nothing else.
do $$
begin
    begin
        if not exists (select from pg_roles where rolname = 'contextfs_people') then
            create role contextfs_people nologin nocreatedb nocreaterole noinherit;
        end if;
    exception when duplicate_object or unique_violation then
        null; -- roles belong to the whole server: another database made it in this moment
    end;
    if exists (
        select from pg_roles
        where rolname = 'contextfs_people' and (rolsuper or rolbypassrls or rolcreaterole or rolcanlogin)
    ) then
        raise exception 'the role contextfs_people exists with other powers than it may have: drop it or rename it';
    end if;
    grant usage on schema contextfs to contextfs_people;
end
$$;
create policy finds on contextfs.memberships for select to contextfs_people using (true);
create policy finds on contextfs.identities for select to contextfs_people using (true);
create policy finds on contextfs.organizations for select to contextfs_people using (true);
grant select (org_id, email) on contextfs.memberships to contextfs_people;
grant select (org_id, issuer, subject) on contextfs.identities to contextfs_people;
grant select (org_id, name) on contextfs.organizations to contextfs_people;

-- The organizations of somebody whom a sign-in service knows as `person`, and whose address it has verified.
create function contextfs.organizations_of_person(provider text, person text, address text)
returns table (org_id uuid, name text)
language plpgsql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
begin
    return query
    select o.org_id, o.name
    from contextfs.organizations as o
    where o.org_id in (
        select m.org_id from contextfs.memberships as m where lower(m.email) = address
        union
        select i.org_id from contextfs.identities as i where i.issuer = provider and i.subject = person
    )
    order by o.name, o.org_id
    limit 20;
end
$$;
revoke all on function contextfs.organizations_of_person(text, text, text) from public;
grant execute on function contextfs.organizations_of_person(text, text, text) to contextfs_app;
do $$
begin
    grant create on schema contextfs to contextfs_people;
    execute 'grant contextfs_people to current_user';
    alter function contextfs.organizations_of_person(text, text, text) owner to contextfs_people;
    execute 'revoke contextfs_people from current_user';
    revoke create on schema contextfs from contextfs_people;
end
$$;

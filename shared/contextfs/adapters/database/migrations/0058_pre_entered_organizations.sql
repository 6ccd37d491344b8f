-- Whoever administers an organization can add any address. Its person learned of that, by the organization's name, when they
-- signed in elsewhere and were asked where to; and was led into it where they belonged to no other. So an organization is
-- found by who has been in it before, or has an address of a domain that it has proven: any other one has to be named.

create policy dwells on contextfs.sso_domains for select to contextfs_people using (verified_at is not null);
grant select (org_id, domain, verified_at) on contextfs.sso_domains to contextfs_people;
do $$
begin
    execute 'grant contextfs_people to current_user'; -- whose function it is
end
$$;

-- The organizations of somebody whom a sign-in service knows as `person`, and whose address it has verified.
create or replace function contextfs.organizations_of_person(provider text, person text, address text)
returns table (org_id uuid, name text)
language plpgsql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
begin
    return query
    select o.org_id, o.name
    from contextfs.organizations as o
    where o.org_id in (
        select i.org_id from contextfs.identities as i where i.issuer = provider and i.subject = person
        union
        select m.org_id
        from contextfs.memberships as m
        join contextfs.sso_domains as d on d.org_id = m.org_id
        where lower(m.email) = address and d.domain = split_part(address, '@', 2) and d.verified_at is not null
    )
    order by o.name, o.org_id
    limit 20;
end
$$;

do $$
begin
    execute 'revoke contextfs_people from current_user';
end
$$;

-- Wrong tries: how often a credential that names something of an organization was wrong, at one address. Neither what is
-- named nor the organization has to be there: what is not is counted alike, so that a lock tells nobody what is.

create unlogged table contextfs.wrong_tries (
    org_id uuid not null,
    target uuid not null, -- the key, invitation, login, source or token that was named
    address text not null,
    tries integer not null,
    last_at timestamptz not null,
    locked_until timestamptz,
    primary key (org_id, target, address)
) with (fillfactor = 50);
create index wrong_tries_age on contextfs.wrong_tries (last_at);
alter table contextfs.wrong_tries enable row level security;
alter table contextfs.wrong_tries force row level security;
create policy tenant on contextfs.wrong_tries to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy expires on contextfs.wrong_tries to contextfs_relay using (last_at < now() - interval '23 hours');
grant select, insert, update, delete on contextfs.wrong_tries to contextfs_app;
grant select (last_at), delete on contextfs.wrong_tries to contextfs_relay;

-- How often a credential was wrong at an address, and until when it is locked there. It is asked before anybody is let
-- in, with the organization's claim for this one look.
create function contextfs.look_for_lock(claimed_org uuid, named uuid, client text)
returns table (tries integer, locked_until timestamptz)
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
begin
    perform set_config('app.org_id', claimed_org::text, true);
    return query
    select w.tries, w.locked_until from contextfs.wrong_tries as w
    where w.org_id = claimed_org and w.target = named and w.address = client;
    perform set_config('app.org_id', '', true);
end
$$;
revoke all on function contextfs.look_for_lock(uuid, uuid, text) from public;
grant execute on function contextfs.look_for_lock(uuid, uuid, text) to contextfs_app;

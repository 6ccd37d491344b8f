-- Devices that ask to be let in (RFC 8628): a program shows a short code, and somebody who is signed in says whose it is.
-- Until then a device is nobody's: its row stands in the organization of all zeros, which nobody can be a member of.

create table contextfs.devices (
    org_id uuid not null,
    id uuid not null,
    hash bytea not null,
    user_code_hash bytea not null,
    name text not null,
    agent text not null,
    seconds_between integer not null,
    polled_at timestamptz,
    expires_at timestamptz not null,
    decision text check (decision in ('allowed', 'denied')),
    for_org_id uuid,
    for_user_id uuid,
    primary key (org_id, id)
);
create unique index devices_user_code on contextfs.devices (org_id, user_code_hash);
create index devices_age on contextfs.devices (expires_at);
alter table contextfs.devices enable row level security;
alter table contextfs.devices force row level security;
create policy tenant on contextfs.devices to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy expires on contextfs.devices to contextfs_relay using (expires_at < now());
grant select, insert, update, delete on contextfs.devices to contextfs_app;
grant select (expires_at), delete on contextfs.devices to contextfs_relay;

-- Somebody says of a device that it is theirs, or that it is not; its name, or null when no code of this kind waits.
-- The claims of the transaction step aside for the one row, and are what they were when this returns.
create function contextfs.decide_device(code_hash bytea, person uuid, decided text, at timestamptz) returns text
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    mine text := contextfs.claim('org_id');
    named text;
begin
    perform set_config('app.org_id', '00000000-0000-0000-0000-000000000000', true);
    update contextfs.devices as d
    set decision = decided, for_org_id = mine::uuid, for_user_id = person
    where d.user_code_hash = code_hash and d.decision is null and d.expires_at > at
    returning d.name into named;
    perform set_config('app.org_id', mine, true);
    return named;
end
$$;
revoke all on function contextfs.decide_device(bytea, uuid, text, timestamptz) from public;
grant execute on function contextfs.decide_device(bytea, uuid, text, timestamptz) to contextfs_app;

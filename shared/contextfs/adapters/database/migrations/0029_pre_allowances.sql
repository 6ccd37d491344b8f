-- Allowances: how much somebody may do in a time. A bucket is one moment: when all that was taken will have flowed back.
-- Nothing here must not be lost: the table is not logged, so a process that takes a block of units waits for no disk, and
-- after a crash of the server every bucket is full.

create unlogged table contextfs.allowances (
    org_id uuid not null, -- the nil id for an address, which belongs to nobody
    name text not null,
    taken_until timestamptz not null,
    primary key (org_id, name)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01);
create index allowances_age on contextfs.allowances (taken_until);
alter table contextfs.allowances enable row level security;
alter table contextfs.allowances force row level security;

do $$
begin
    begin
        if not exists (select from pg_roles where rolname = 'contextfs_limits') then
            create role contextfs_limits nologin nocreatedb nocreaterole noinherit;
        end if;
    exception when duplicate_object or unique_violation then
        null; -- roles belong to the whole server: another database made it in this moment
    end;
    if exists (
        select from pg_roles
        where rolname = 'contextfs_limits' and (rolsuper or rolbypassrls or rolcreaterole or rolcanlogin)
    ) then
        raise exception 'the role contextfs_limits exists with other powers than it may have: drop it or rename it';
    end if;
    grant usage on schema contextfs to contextfs_limits;
end
$$;

-- A caller is counted before anybody knows who it is, so a role of its own takes, and the API by its one function only.
create policy tenant on contextfs.allowances to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy counts on contextfs.allowances to contextfs_limits using (true) with check (true);
create policy expires on contextfs.allowances to contextfs_relay using (taken_until < now());
grant select, insert, update on contextfs.allowances to contextfs_limits;
grant select on contextfs.allowances to contextfs_app;
grant select (taken_until), delete on contextfs.allowances to contextfs_relay;

-- Take units of buckets, each by itself, as `domain/limits/rules.py` says: all of `least` or nothing, and up to `most`.
-- Rows are locked in one order, for as long as this takes: its transaction does nothing else.
create function contextfs.take_allowances(
    orgs uuid [], names text [], units integer [], seconds integer [], fewest integer [], most integer [], at timestamptz
)
returns table (granted integer [], remaining integer [], wait double precision [])
language plpgsql volatile security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    one record;
    begins timestamptz;
    each double precision;
    room integer;
    got integer;
begin
    granted := array_fill(0, array[cardinality(orgs)]);
    remaining := granted;
    wait := array_fill(0::double precision, array[cardinality(orgs)]);
    for one in
        select * from unnest(orgs, names, units, seconds, fewest, most) with ordinality
            as w (org_id, name, units, seconds, fewest, most, place)
        order by w.org_id, w.name
    loop
        insert into contextfs.allowances as a (org_id, name, taken_until) values (one.org_id, one.name, at)
        on conflict on constraint allowances_pkey do update set taken_until = greatest(a.taken_until, at)
        returning a.taken_until into begins;
        each := one.seconds::double precision / one.units;
        room := greatest(0, floor((one.seconds - extract(epoch from begins - at)) / each + 0.001));
        got := case when room >= one.fewest then least(one.most, room) else 0 end;
        if got > 0 then
            update contextfs.allowances as a set taken_until = begins + make_interval(secs => got * each)
            where a.org_id = one.org_id and a.name = one.name;
        else
            wait[one.place] := greatest(0, extract(epoch from begins - at) + one.fewest * each - one.seconds);
        end if;
        granted[one.place] := got;
        remaining[one.place] := room - got;
    end loop;
    return next;
end
$$;

revoke all on function contextfs.take_allowances(
    uuid [], text [], integer [], integer [], integer [], integer [], timestamptz
) from public;
grant execute on function contextfs.take_allowances(
    uuid [], text [], integer [], integer [], integer [], integer [], timestamptz
) to contextfs_app;
do $$
begin
    grant create on schema contextfs to contextfs_limits;
    execute 'grant contextfs_limits to current_user';
    alter function contextfs.take_allowances(
        uuid [], text [], integer [], integer [], integer [], integer [], timestamptz
    ) owner to contextfs_limits;
    execute 'revoke contextfs_limits from current_user';
    revoke create on schema contextfs from contextfs_limits;
end
$$;

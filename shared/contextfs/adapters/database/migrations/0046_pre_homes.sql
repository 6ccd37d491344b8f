-- In which region an organization lives, of those that this region was asked for; of one that lives here, what becomes of
-- its calls elsewhere. No name, no key and no content: so it may lie in every region, and refers to no row of any.

create table contextfs.homes (
    org_id uuid primary key,
    region text not null,
    elsewhere text check (elsewhere in ('forward', 'refuse')),
    updated_at timestamptz not null
);
alter table contextfs.homes enable row level security;
alter table contextfs.homes force row level security;
create policy tenant on contextfs.homes to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
grant select, insert, update, delete on contextfs.homes to contextfs_app;

-- Who carries events must know whose may leave from here: it learns where organizations live, and nothing else of them.
create policy carries on contextfs.homes for select to contextfs_relay using (true);
create policy carries on contextfs.organizations for select to contextfs_relay using (true);
grant select (org_id, region) on contextfs.homes, contextfs.organizations to contextfs_relay;

-- The networks that an organization may be called from, and which kinds of callers they hold for.

create table contextfs.allow_lists (
    org_id uuid primary key references contextfs.organizations on delete cascade,
    networks cidr [] not null check (cardinality(networks) > 0),
    covers text [] not null,
    updated_by uuid not null,
    updated_at timestamptz not null
);
alter table contextfs.allow_lists enable row level security;
alter table contextfs.allow_lists force row level security;
create policy tenant on contextfs.allow_lists to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
grant select, insert, update, delete on contextfs.allow_lists to contextfs_app;

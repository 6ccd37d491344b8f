-- Exports: files with all that somebody may see, of one project or of the organization. What is in one was seen by whoever
-- asked for it, so nobody else sees that it is there.

create table contextfs.exports (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    project_id uuid, -- none: all projects
    requested_by uuid not null,
    contents text [] not null,
    status text not null check (status in ('pending', 'ready', 'failed')),
    failure text,
    size bigint,
    sha256 text,
    revisions bigint not null default 0,
    sessions bigint not null default 0,
    messages bigint not null default 0,
    created_at timestamptz not null,
    finished_at timestamptz,
    expires_at timestamptz not null,
    primary key (org_id, id),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade
);
create index exports_project on contextfs.exports (org_id, project_id);
create index exports_newest on contextfs.exports (org_id, requested_by, created_at desc, id desc);
create index exports_age on contextfs.exports (expires_at);

alter table contextfs.exports enable row level security;
alter table contextfs.exports force row level security;
create policy tenant on contextfs.exports to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy project on contextfs.exports as restrictive to contextfs_app
using ((select contextfs.claim('all_projects')) = 'on' or project_id = any((select contextfs.claim('project_ids')::uuid[])::uuid[]))
with check ((select contextfs.claim('all_projects')) = 'on' or project_id = any((select contextfs.claim('project_ids')::uuid[])::uuid[]));
create policy reader on contextfs.exports as restrictive to contextfs_app
using (requested_by = (select contextfs.claim('user_id')::uuid))
with check (requested_by = (select contextfs.claim('user_id')::uuid));
create policy expires on contextfs.exports to contextfs_relay using (expires_at < now());
grant select, insert, update, delete on contextfs.exports to contextfs_app;
grant select (org_id, id, expires_at), delete on contextfs.exports to contextfs_relay;

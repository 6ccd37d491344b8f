-- What a tool wrote of a session, line by line and without secrets, as it was when it was sent: what a better reader can
-- read again. It is kept in chunks, is seen by those who see the session, and goes with it.

create table contextfs.session_records (
    org_id uuid not null,
    project_id uuid not null,
    session_id uuid not null,
    -- The first line of the chunk, counted from 0, and how many there are.
    line integer not null check (line >= 0),
    lines integer not null check (lines > 0),
    -- Of the text as it was sent: its length in bytes, and the hash by which a sender knows it again.
    size integer not null,
    hash bytea not null,
    -- The reader that the sender read it by, as `codex/1`.
    reader text not null,
    data bytea not null,
    stored_at timestamptz not null,
    primary key (org_id, session_id, line),
    foreign key (org_id, project_id, session_id)
    references contextfs.sessions (org_id, project_id, id) on delete cascade
);
create index session_records_session on contextfs.session_records (org_id, project_id, session_id);
alter table contextfs.session_records enable row level security;
alter table contextfs.session_records force row level security;
create policy tenant on contextfs.session_records to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy project on contextfs.session_records as restrictive to contextfs_app
using (
    (select contextfs.claim('all_projects')) = 'on'
    or project_id = any((select contextfs.claim('project_ids')::uuid [])::uuid [])
)
with check (
    (select contextfs.claim('all_projects')) = 'on'
    or project_id = any((select contextfs.claim('project_ids')::uuid [])::uuid [])
);
create policy reader on contextfs.session_records as restrictive to contextfs_app using (
    exists (
        select from contextfs.sessions as s
        where s.org_id = session_records.org_id and s.id = session_records.session_id
    )
);
grant select, insert, delete on contextfs.session_records to contextfs_app;

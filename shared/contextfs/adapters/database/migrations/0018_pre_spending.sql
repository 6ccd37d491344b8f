-- What language models were asked, and what it cost: a row is there before the model is asked, with the most that the
-- answer can cost, so that a cap holds whatever happens in between.

create table contextfs.model_calls (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    at timestamptz not null,
    project_id uuid not null,
    model text not null,
    purpose text not null,
    subject uuid not null,
    upto integer not null,
    state text not null check (state in ('reserved', 'done', 'unusable', 'failed', 'refused')),
    input_tokens integer not null default 0 check (input_tokens >= 0),
    output_tokens integer not null default 0 check (output_tokens >= 0),
    micros bigint not null default 0 check (micros >= 0),
    primary key (org_id, id),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade
);
create index model_calls_newest on contextfs.model_calls (org_id, at desc, id desc);
create index model_calls_subject on contextfs.model_calls (org_id, subject, purpose);
create index model_calls_project on contextfs.model_calls (org_id, project_id);

alter table contextfs.model_calls enable row level security;
alter table contextfs.model_calls force row level security;
create policy tenant on contextfs.model_calls to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy project on contextfs.model_calls as restrictive to contextfs_app
using (
    (select contextfs.claim('all_projects')) = 'on'
    or project_id = any((select contextfs.claim('project_ids')::uuid [])::uuid [])
)
with check (
    (select contextfs.claim('all_projects')) = 'on'
    or project_id = any((select contextfs.claim('project_ids')::uuid [])::uuid [])
);
grant select, insert, update on contextfs.model_calls to contextfs_app;

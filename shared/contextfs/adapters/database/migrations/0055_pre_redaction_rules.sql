-- What an organization takes out of all that it stores, beside secrets and what tells who somebody is: rules of its own.

create table contextfs.redaction_rules (
    org_id uuid primary key references contextfs.organizations on delete cascade,
    rules jsonb not null check (jsonb_typeof(rules) = 'array'),
    updated_by uuid not null,
    updated_at timestamptz not null
);
alter table contextfs.redaction_rules enable row level security;
alter table contextfs.redaction_rules force row level security;
create policy tenant on contextfs.redaction_rules to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
grant select, insert, update, delete on contextfs.redaction_rules to contextfs_app;

-- Sources: programs elsewhere that send conversations by webhook. What one sends is signed by its secret, which is
-- sealed: the database alone does not give it away.

create table contextfs.sources (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    project_id uuid not null,
    name text not null,
    preset text not null check (preset in ('json', 'openai', 'github', 'slack')),
    scheme text not null check (scheme in ('standard', 'github', 'slack')),
    tool text not null,
    tags text [] not null,
    mapping jsonb,
    sealed bytea not null,
    former bytea,
    former_until timestamptz,
    created_by uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (org_id, id),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade
);
create unique index sources_name on contextfs.sources (org_id, lower(name));
create index sources_project on contextfs.sources (org_id, project_id);
create index sources_newest on contextfs.sources (org_id, created_at desc, id desc);

alter table contextfs.sources enable row level security;
alter table contextfs.sources force row level security;
create policy tenant on contextfs.sources to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy project on contextfs.sources as restrictive to contextfs_app
using ((select contextfs.claim('all_projects')) = 'on' or project_id = any((select contextfs.claim('project_ids')::uuid[])::uuid[]))
with check ((select contextfs.claim('all_projects')) = 'on' or project_id = any((select contextfs.claim('project_ids')::uuid[])::uuid[]));

-- Make a source the claims of this transaction: it sees its own project, and what is its own. Whether the call is its
-- own, its signature tells, which is checked before anything else is done. No row, and no claim, when there is none.
create function contextfs.enter_source(claimed_org uuid, source_id uuid)
returns table (project_id uuid, scheme text, sealed bytea, former bytea, former_until timestamptz)
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
declare
    mine contextfs.sources;
begin
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true);
    select s.* into mine from contextfs.sources as s where s.org_id = claimed_org and s.id = source_id;
    if not found then
        perform set_config('app.org_id', '', true), set_config('app.all_projects', 'off', true);
        return;
    end if;
    perform contextfs.assume(mine.org_id, mine.id, array[mine.project_id]);
    return query select mine.project_id, mine.scheme, mine.sealed, mine.former, mine.former_until;
end
$$;

revoke all on function contextfs.enter_source(uuid, uuid) from public;
grant execute on function contextfs.enter_source(uuid, uuid) to contextfs_app;
grant select, insert, update, delete on contextfs.sources to contextfs_app;

-- The graph: what memories mention, and what they state. Both are projections that can be dropped and built again. An
-- entity is nothing but its mentions, so that nobody learns of one that only others' memories speak of.

create table contextfs.mentions (
    org_id uuid not null,
    project_id uuid not null,
    memory_id uuid not null,
    kind text not null check (
        kind in ('person', 'name', 'file', 'symbol', 'package', 'tool', 'command', 'host', 'issue', 'error')
    ),
    key text not null,
    entity text not null generated always as (kind || ':' || key) stored,
    name text not null,
    whole text,
    weight real not null,
    author_id uuid not null,
    visibility text not null check (visibility in ('private', 'project', 'organization')),
    valid_from contextfs.moment not null,
    valid_to contextfs.moment,
    expires_at contextfs.moment,
    primary key (org_id, memory_id, kind, key),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade,
    foreign key (org_id, project_id, memory_id)
    references contextfs.memories (org_id, project_id, id) on delete cascade
);
create index mentions_entity on contextfs.mentions (org_id, project_id, entity, valid_from desc)
include (visibility, author_id, valid_to, expires_at);
create index mentions_key on contextfs.mentions (org_id, key);
create index mentions_whole on contextfs.mentions (org_id, project_id, whole) where whole is not null;
create index mentions_memory on contextfs.mentions (org_id, project_id, memory_id);

create table contextfs.edges (
    org_id uuid not null,
    project_id uuid not null,
    memory_id uuid not null,
    source text not null,
    relation text not null check (
        relation in ('fixes', 'decided_for', 'uses', 'depends_on', 'replaces', 'supersedes', 'derived_from')
    ),
    target text not null,
    author_id uuid not null,
    visibility text not null check (visibility in ('private', 'project', 'organization')),
    valid_from contextfs.moment not null,
    valid_to contextfs.moment,
    expires_at contextfs.moment,
    primary key (org_id, memory_id, source, relation, target),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade,
    foreign key (org_id, project_id, memory_id)
    references contextfs.memories (org_id, project_id, id) on delete cascade
);
create index edges_source on contextfs.edges (org_id, project_id, source);
create index edges_target on contextfs.edges (org_id, project_id, target);
create index edges_memory on contextfs.edges (org_id, project_id, memory_id);

do $$
declare
    tenant text := 'org_id = (select contextfs.claim(''org_id'')::uuid)';
    project text := '(select contextfs.claim(''all_projects'')) = ''on'' or project_id = any('
        '(select contextfs.claim(''project_ids'')::uuid[])::uuid[])';
    reader text := 'visibility <> ''private'' or author_id = (select contextfs.claim(''user_id'')::uuid)';
    own text;
begin
    foreach own in array array['mentions', 'edges']
    loop
        execute format('alter table contextfs.%I enable row level security', own);
        execute format('alter table contextfs.%I force row level security', own);
        execute format(
            'create policy tenant on contextfs.%I to contextfs_app using (%s) with check (%2$s)', own, tenant
        );
        execute format(
            'create policy project on contextfs.%I as restrictive to contextfs_app using (%s) with check (%2$s)',
            own, project
        );
        execute format('create policy reader on contextfs.%I as restrictive to contextfs_app using (%s)', own, reader);
    end loop;
end
$$;

grant select, insert, update, delete on contextfs.mentions, contextfs.edges to contextfs_app;

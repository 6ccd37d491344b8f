-- What consolidation is not sure of waits in `reviews`; `consolidations` notes in which projects, and for which reader,
-- something was written that was not looked at yet.

create table contextfs.reviews (
    org_id uuid not null,
    project_id uuid not null,
    id uuid not null,
    kind text not null check (kind in ('duplicate', 'contradiction', 'stale')),
    memory_id uuid not null,
    other_id uuid,
    reason text not null,
    visibility text not null check (visibility in ('private', 'project', 'organization')),
    author_id uuid not null,
    created_at timestamptz not null,
    primary key (org_id, id),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade,
    foreign key (org_id, project_id, memory_id)
    references contextfs.memories (org_id, project_id, id) on delete cascade,
    foreign key (org_id, project_id, other_id)
    references contextfs.memories (org_id, project_id, id) on delete cascade
);
create index reviews_newest on contextfs.reviews (org_id, project_id, created_at desc, id desc);
create index reviews_memory on contextfs.reviews (org_id, project_id, memory_id);
create index reviews_other on contextfs.reviews (org_id, project_id, other_id);

create table contextfs.consolidations (
    org_id uuid not null,
    project_id uuid not null,
    reader uuid not null,
    due_at timestamptz not null,
    primary key (org_id, project_id, reader),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade
);

create index memories_retired on contextfs.memories (org_id, project_id, updated_at desc, id desc)
where metadata ? 'retired';

do $$
declare
    tenant text := 'org_id = (select contextfs.claim(''org_id'')::uuid)';
    project text := '(select contextfs.claim(''all_projects'')) = ''on'' or project_id = any('
        '(select contextfs.claim(''project_ids'')::uuid[])::uuid[])';
    own text;
begin
    foreach own in array array['reviews', 'consolidations']
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
    end loop;
end
$$;
create policy reader on contextfs.reviews as restrictive to contextfs_app using (
    visibility <> 'private' or author_id = (select contextfs.claim('user_id')::uuid)
);
-- The relay turns what is due into events, and reads nothing else of it.
create policy carries on contextfs.consolidations to contextfs_relay using (true) with check (true);

grant select, insert, update, delete on contextfs.reviews, contextfs.consolidations to contextfs_app;
grant select, update, delete on contextfs.consolidations to contextfs_relay;

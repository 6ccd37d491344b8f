-- What was handed to conversations: each pack with its choices, for whoever asked for it, and on which days a memory was
-- handed over at all. Neither holds a text of a memory. `recalls` has no reference to memories, so that a pack never
-- waits for somebody who changes one.

create table contextfs.packs (
    org_id uuid not null,
    project_id uuid not null,
    id uuid not null,
    short text not null,
    reader uuid not null,
    created_at timestamptz not null,
    record jsonb not null,
    primary key (org_id, id),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade
);
create index packs_newest on contextfs.packs (org_id, project_id, created_at desc, id desc);
create index packs_short on contextfs.packs (org_id, short);
create index packs_old on contextfs.packs (created_at);

create table contextfs.recalls (
    org_id uuid not null,
    project_id uuid not null,
    memory_id uuid not null,
    day date not null,
    primary key (org_id, project_id, memory_id, day),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade
);
create index recalls_old on contextfs.recalls (day);

do $$
declare
    tenant text := 'org_id = (select contextfs.claim(''org_id'')::uuid)';
    project text := '(select contextfs.claim(''all_projects'')) = ''on'' or project_id = any('
        '(select contextfs.claim(''project_ids'')::uuid[])::uuid[])';
    own text;
begin
    foreach own in array array['packs', 'recalls']
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
create policy reader on contextfs.packs as restrictive to contextfs_app using (
    reader = (select contextfs.claim('user_id')::uuid)
);
-- The clock forgets what is old, and reads nothing of it but its age.
create policy expires on contextfs.packs to contextfs_relay using (true);
create policy expires on contextfs.recalls to contextfs_relay using (true);

grant select, insert on contextfs.packs, contextfs.recalls to contextfs_app;
grant select (created_at), delete on contextfs.packs to contextfs_relay;
grant select (day), delete on contextfs.recalls to contextfs_relay;

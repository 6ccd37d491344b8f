-- Row-level security, forced on every table. The spelling of `tenant` is the one that a prover can decide, and it is
-- evaluated once a statement, not once a row. Claims that are not set compare as null: nothing is seen.

do $$
declare
    tenant text := 'org_id = (select current_setting(''app.org_id'', true)::uuid)';
    project text := '(select current_setting(''app.all_projects'', true)) = ''on'' or %1$s = any('
        '(select current_setting(''app.project_ids'', true)::uuid[])::uuid[])';
    reader text := 'visibility <> ''private'' or %1$s = (select current_setting(''app.user_id'', true)::uuid)';
    own record;
begin
    for own in
        select c.relname as name,
            exists (
                select from pg_attribute a
                where a.attrelid = c.oid and a.attname = 'project_id' and not a.attisdropped
            ) as in_project
        from pg_class c
        where c.relnamespace = 'contextfs'::regnamespace and c.relkind = 'r' and c.relname <> 'migrations'
    loop
        execute format('alter table contextfs.%I enable row level security', own.name);
        execute format('alter table contextfs.%I force row level security', own.name);
        execute format(
            'create policy tenant on contextfs.%I to contextfs_app using (%s) with check (%2$s)', own.name, tenant
        );
        if own.in_project then
            execute format(
                'create policy project on contextfs.%I as restrictive to contextfs_app using (%s) with check (%2$s)',
                own.name,
                case when own.name in ('outbox', 'audit_log', 'usage_records') then 'project_id is null or ' else '' end
                || format(project, 'project_id')
            );
        end if;
    end loop;
    execute format(
        'create policy project on contextfs.projects as restrictive to contextfs_app using (%s)', format(project, 'id')
    );
    execute format(
        'create policy reader on contextfs.memories as restrictive to contextfs_app using (%s)',
        format(reader, 'author_id')
    );
    execute format(
        'create policy reader on contextfs.sessions as restrictive to contextfs_app using (%s)',
        format(reader, 'created_by')
    );
    execute format(
        'create policy reader on contextfs.passages as restrictive to contextfs_app using (%s)',
        format(reader, 'author_id')
    );
end
$$;

-- What belongs to a session or a memory is seen by those who see it.
create policy reader on contextfs.messages as restrictive for select to contextfs_app using (
    exists (select from contextfs.sessions as s where s.org_id = messages.org_id and s.id = messages.session_id)
);
create policy reader on contextfs.revisions as restrictive for select to contextfs_app using (
    exists (select from contextfs.memories as m where m.org_id = revisions.org_id and m.id = revisions.memory_id)
);

-- The platform's own roles, each seeing across tenants only what its one duty needs.
create policy finds_passages on contextfs.passages for select to contextfs_search using (true);
create policy carries on contextfs.outbox to contextfs_relay using (true) with check (true);
create policy carries on contextfs.deliveries to contextfs_relay using (true) with check (true);
create policy carries on contextfs.dead_letters to contextfs_relay using (true) with check (true);
create policy expires on contextfs.consumed_events to contextfs_relay
using (consumed_at < now() - interval '29 days');
create policy expires on contextfs.idempotency_keys to contextfs_relay
using (created_at < now() - interval '23 hours');

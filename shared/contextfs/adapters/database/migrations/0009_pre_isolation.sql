-- Row-level security, forced on every table. The spelling of `tenant` is the one that a prover can decide, and it is
-- evaluated once a statement, not once a row. Claims that are not set compare as null: nothing is seen. Claims that are
-- no ids raise an error: nothing is seen either.

do $$
declare
    tenant text := 'org_id = (select contextfs.claim(''org_id'')::uuid)';
    project text := '(select contextfs.claim(''all_projects'')) = ''on'' or %1$s = any('
        '(select contextfs.claim(''project_ids'')::uuid[])::uuid[])';
    reader text := 'visibility <> ''private'' or %1$s = (select contextfs.claim(''user_id'')::uuid)';
    own record;
    kept text;
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
        if own.name like '%_history' then
            execute format(
                'create policy keeps on contextfs.%I for insert to contextfs_history with check (true)', own.name
            );
        end if;
        if own.in_project then
            execute format(
                'create policy project on contextfs.%I as restrictive to contextfs_app using (%s) with check (%2$s)',
                own.name,
                case when own.name in ('outbox', 'audit_log', 'usage_records') then 'project_id is null or ' else '' end
                || format(project, 'project_id')
            );
        end if;
    end loop;
    foreach kept in array array['projects', 'projects_history']
    loop
        execute format(
            'create policy project on contextfs.%I as restrictive to contextfs_app using (%s)', kept,
            format(project, 'id')
        );
    end loop;
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
    execute format(
        'create policy reader on contextfs.sessions_history as restrictive to contextfs_app using (%s)',
        format(reader, 'created_by')
    );
end
$$;

-- What belongs to a session or a memory is seen, and changed, by those who see it. A memory and its first revision are
-- written by one statement, in which the one does not see the other yet: so a revision is checked when it is read.
create policy reader on contextfs.messages as restrictive to contextfs_app using (
    exists (select from contextfs.sessions as s where s.org_id = messages.org_id and s.id = messages.session_id)
);
create policy reader on contextfs.revisions as restrictive for select to contextfs_app using (
    exists (select from contextfs.memories as m where m.org_id = revisions.org_id and m.id = revisions.memory_id)
);

-- The platform's own roles, each seeing across tenants only what its one duty needs. (Above, `keeps`: the trigger may
-- write the history of any row, and read none.)
create policy finds_passages on contextfs.passages for select to contextfs_search using (true);
create policy carries on contextfs.outbox to contextfs_relay using (true) with check (true);
create policy carries on contextfs.deliveries to contextfs_relay using (true) with check (true);
create policy carries on contextfs.dead_letters to contextfs_relay using (true) with check (true);
create policy expires on contextfs.consumed_events to contextfs_relay
using (consumed_at < now() - interval '29 days');
create policy expires on contextfs.idempotency_keys to contextfs_relay
using (created_at < now() - interval '23 hours');

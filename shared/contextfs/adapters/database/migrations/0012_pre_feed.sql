-- The feed of a project: what changed, in the order of the commits, for machines that follow.

-- A machine's claim of when a revision was made may be corrected downwards: of two claims the earlier one counts.
grant update (author, clock) on contextfs.revisions to contextfs_app;

-- Where each project's feed stands. Its row is taken as the last thing of a transaction and held until the commit, so
-- positions appear in their order, and who reads up to one has missed none before it.
create table contextfs.feed_counters (
    org_id uuid not null,
    project_id uuid not null,
    position bigint not null,
    primary key (org_id, project_id),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade
);

create table contextfs.feed (
    org_id uuid not null,
    project_id uuid not null,
    position bigint not null,
    kind text not null check (kind in ('memory', 'session', 'withdrawn_memory', 'withdrawn_session')),
    subject uuid not null,
    items text [] not null default '{}',
    size integer not null default 0,
    reader uuid,
    origin uuid,
    primary key (org_id, project_id, position),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade
);

-- What was stored before there was a feed stands at its beginning. (The owner sees rows only while nothing is forced.)
alter table contextfs.memories no force row level security;
alter table contextfs.revisions no force row level security;
alter table contextfs.sessions no force row level security;
alter table contextfs.messages no force row level security;
with items as (
    select r.org_id, r.memory_id as subject, r.id as item, r.stored_at as at, length(r.fields::text) as size
    from contextfs.revisions as r
    union all
    select t.org_id, t.session_id, t.id::text, t.created_at, length(t.content) + length(t.tool_calls::text)
    from contextfs.messages as t
),
placed as (
    select i.*, sum(i.size) over earlier / 1000000 as weight, row_number() over earlier / 1000 as number
    from items as i
    window earlier as (partition by i.org_id, i.subject order by i.at, i.item)
),
parts as (
    select p.org_id, p.subject, min(p.at) as at, array_agg(p.item order by p.at, p.item) as items, sum(p.size) as size
    from placed as p
    group by p.org_id, p.subject, p.weight, p.number
),
subjects as (
    select m.org_id, m.project_id, m.created_at, 'memory' as kind, m.id as subject,
        case m.visibility when 'private' then m.author_id end as reader
    from contextfs.memories as m
    union all
    select s.org_id, s.project_id, s.created_at, 'session', s.id, case s.visibility when 'private' then s.created_by end
    from contextfs.sessions as s
)
insert into contextfs.feed (org_id, project_id, position, kind, subject, items, size, reader)
select
    s.org_id, s.project_id,
    row_number() over (partition by s.org_id, s.project_id order by s.created_at, s.subject, p.at, p.items),
    s.kind, s.subject, coalesce(p.items, '{}'), coalesce(p.size, 0), s.reader
from subjects as s
left join parts as p on p.org_id = s.org_id and p.subject = s.subject;
insert into contextfs.feed_counters
select f.org_id, f.project_id, max(f.position) from contextfs.feed as f group by f.org_id, f.project_id;
alter table contextfs.memories force row level security;
alter table contextfs.revisions force row level security;
alter table contextfs.sessions force row level security;
alter table contextfs.messages force row level security;

do $$
declare
    tenant text := 'org_id = (select contextfs.claim(''org_id'')::uuid)';
    project text := '(select contextfs.claim(''all_projects'')) = ''on'' or project_id = any('
        '(select contextfs.claim(''project_ids'')::uuid[])::uuid[])';
    own text;
begin
    foreach own in array array['feed_counters', 'feed']
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
create policy reader on contextfs.feed as restrictive for select to contextfs_app using (
    reader is null or reader = (select contextfs.claim('user_id')::uuid)
);

grant select, insert, update on contextfs.feed_counters to contextfs_app;
grant select, insert on contextfs.feed to contextfs_app;

-- Add changes to the feeds of their projects, each at the next position.
create function contextfs.tell(changes jsonb) returns void
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    own record;
    told bigint;
begin
    for own in
        select c.org_id, c.project_id, count(*) as changed
        from jsonb_to_recordset(changes) as c (org_id uuid, project_id uuid)
        group by c.org_id, c.project_id
        order by c.org_id, c.project_id
    loop
        -- Who deletes the project holds it, and then wants the counter: so the project comes first here too.
        perform from contextfs.projects as p where p.org_id = own.org_id and p.id = own.project_id for key share;
        insert into contextfs.feed_counters as f values (own.org_id, own.project_id, own.changed)
        on conflict (org_id, project_id) do update set position = f.position + excluded.position
        returning position - own.changed into told;
        insert into contextfs.feed (org_id, project_id, position, kind, subject, items, size, reader, origin)
        select c.org_id, c.project_id, told + row_number() over (order by e.place), c.kind, c.subject, c.items,
            c.size, c.reader, c.origin
        from jsonb_array_elements(changes) with ordinality as e (change, place),
            jsonb_populate_record(null::contextfs.feed, e.change) as c
        where c.project_id = own.project_id;
    end loop;
end
$$;

-- As before, and then what others have to learn: as the last thing, for it holds the counter of the project.
create or replace function contextfs.settle(effects jsonb) returns void
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
begin
    insert into contextfs.outbox (org_id, id, project_id, type, subject, time, actor, reader, data)
    select e.org_id, e.id, e.project_id, e.type, e.subject, e.time, e.actor, e.reader, e.data
    from jsonb_populate_recordset(null::contextfs.outbox, effects -> 'events') as e;
    insert into contextfs.audit_log (org_id, id, at, actor_id, actor, action, project_id, subject, request_id, details)
    select a.org_id, a.id, a.at, a.actor_id, a.actor, a.action, a.project_id, a.subject, a.request_id, a.details
    from jsonb_populate_recordset(null::contextfs.audit_log, effects -> 'audits') as a;
    insert into contextfs.usage_records (org_id, id, at, actor_id, project_id, meter, quantity, request_id)
    select u.org_id, u.id, u.at, u.actor_id, u.project_id, u.meter, u.quantity, u.request_id
    from jsonb_populate_recordset(null::contextfs.usage_records, effects -> 'usage') as u;
    if effects ? 'changes' then
        perform contextfs.tell(effects -> 'changes');
    end if;
end
$$;

revoke all on function contextfs.tell(jsonb) from public;
grant execute on function contextfs.tell(jsonb) to contextfs_app;

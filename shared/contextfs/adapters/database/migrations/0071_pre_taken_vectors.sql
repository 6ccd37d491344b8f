-- Who makes vectors works outside of any transaction, so that no lock tells others what is being worked on: a batch is
-- taken for a while instead, by the event that asks for it. Batches have a table of their own: it is small and forgets
-- quickly, where a mark in `vectors` would be a new version of each row; and to change `vectors` is to wait for every worker.

-- Reading a function's body, which says nothing of a tenant, would fail where even the owner sees no rows.
set local check_function_bodies = off;

create table contextfs.vector_batches (
    org_id uuid not null,
    generation_id uuid not null,
    event_id uuid not null,
    passages uuid [] not null,
    taken_at timestamptz not null,
    taken_until timestamptz not null,
    primary key (org_id, generation_id, event_id),
    foreign key (org_id, generation_id) references contextfs.generations (org_id, id) on delete cascade
) with (autovacuum_vacuum_scale_factor = 0.01);
comment on table contextfs.vector_batches is
'Passages whose vectors somebody makes now: ids alone, which all of the organization see, so that nobody else makes them.';
alter table contextfs.vector_batches enable row level security;
alter table contextfs.vector_batches force row level security;
create policy tenant on contextfs.vector_batches to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy finds_batches on contextfs.vector_batches for select to contextfs_search using (true);
grant select, insert, delete on contextfs.vector_batches to contextfs_app;
grant select on contextfs.vector_batches to contextfs_search;

-- What keeps a generation from being whole, beside what the reader of this transaction may see: until when others have
-- taken something of it, and one person whose private passages wait and are free. A moment and an id alone.
create function contextfs.left_of_generation(generation uuid, at timestamptz)
returns table (taken_until timestamptz, waits_for uuid)
language sql stable security definer
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
    select
        (
            select max(b.taken_until) from contextfs.vector_batches as b
            where b.org_id = contextfs.claim('org_id')::uuid and b.generation_id = $1 and b.taken_until > $2
        ),
        (
            select p.author_id
            from contextfs.vectors as v
            inner join contextfs.passages as p on p.org_id = v.org_id and p.id = v.passage_id
            where v.org_id = contextfs.claim('org_id')::uuid and v.generation_id = $1 and v.embedding is null
            and p.visibility = 'private' and p.author_id <> contextfs.claim('user_id')::uuid
            and v.passage_id not in (
                select unnest(b.passages) from contextfs.vector_batches as b
                where b.org_id = contextfs.claim('org_id')::uuid and b.generation_id = $1 and b.taken_until > $2
            )
            limit 1
        )
$$;
revoke all on function contextfs.left_of_generation from public;
grant execute on function contextfs.left_of_generation to contextfs_app;

-- Only its owner may replace a function, and a new owner must be able to create in the schema, for this moment.
grant contextfs_search to current_user;
grant create on schema contextfs to contextfs_search;
alter function contextfs.left_of_generation owner to contextfs_search;
revoke contextfs_search from current_user;
revoke create on schema contextfs from contextfs_search;

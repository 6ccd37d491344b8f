-- name: told
-- Some memories as the graph reads them, held so that nobody changes them meanwhile.
select id, project_id, type, title, content, bodies, conflicted, tags, metadata, anchors, provenance, author_id,
    visibility, valid_from, valid_to, expires_at, created_at
from memories
where id = any(%(ids)s::uuid []) and not deleted
order by id
for share

-- name: project_told
-- The memories of a project behind an id, as the graph reads them, held so that nobody changes them meanwhile.
select id, project_id, type, title, content, bodies, conflicted, tags, metadata, anchors, provenance, author_id,
    visibility, valid_from, valid_to, expires_at, created_at
from memories
where project_id = %(project_id)s and not deleted and (%(after)s::uuid is null or id > %(after)s)
order by id
limit %(limit)s
for share

-- name: forget_mentions
-- Some memories mention nothing.
delete from mentions where memory_id = any(%(ids)s::uuid [])

-- name: forget_edges
-- Some memories state nothing.
delete from edges where memory_id = any(%(ids)s::uuid [])

-- name: add_mentions
-- Store what memories mention; what is there already is brought up to date.
insert into mentions (
    org_id, project_id, memory_id, kind, key, name, whole, weight, author_id, visibility, valid_from, valid_to,
    expires_at
)
select n.org_id, n.project_id, n.memory_id, n.kind, n.key, n.name, n.whole, n.weight, n.author_id, n.visibility,
    n.valid_from, n.valid_to, n.expires_at
from jsonb_populate_recordset(null::contextfs.mentions, %(rows)s::jsonb) as n
on conflict (org_id, memory_id, kind, key) do update set
    name = excluded.name, whole = excluded.whole, weight = excluded.weight, author_id = excluded.author_id,
    visibility = excluded.visibility, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
    expires_at = excluded.expires_at

-- name: add_edges
-- Store what memories state; what is there already is brought up to date.
insert into edges (
    org_id, project_id, memory_id, source, relation, target, author_id, visibility, valid_from, valid_to, expires_at
)
select n.org_id, n.project_id, n.memory_id, n.source, n.relation, n.target, n.author_id, n.visibility, n.valid_from,
    n.valid_to, n.expires_at
from jsonb_populate_recordset(null::contextfs.edges, %(rows)s::jsonb) as n
on conflict (org_id, memory_id, source, relation, target) do update set
    author_id = excluded.author_id, visibility = excluded.visibility, valid_from = excluded.valid_from,
    valid_to = excluded.valid_to, expires_at = excluded.expires_at

-- name: around
-- All that is linked with some entities and memories, two memories deep: mentions and stated edges, seen with the
-- claims of this transaction, valid at a time: `back` in the past, before which what came later is not known. An
-- entity that more than `hub` memories mention (in the second depth a quarter) is passed by, unless it was named: then
-- its newest are taken. Of the others at most `entities` at each depth, the rarest first; it goes on from the
-- `further` memories that the rarest of them lead to.
with valid as not materialized (
    select * from mentions
    where (%(projects)s::uuid [] is null or project_id = any(%(projects)s::uuid []))
        and (not %(back)s or valid_from <= %(at)s) and (valid_to is null or valid_to > %(at)s)
        and (expires_at is null or expires_at > %(at)s)
),
named as (
    select distinct project_id, entity from valid
    where key = any(%(keys)s::text []) or entity = any(%(keys)s::text [])
),
begun as (
    select project_id, entity from named
    union
    select project_id, entity from valid where memory_id = any(%(memories)s::uuid [])
),
-- A name and those that it is a part of are one thing, or several: who reads needs to see all of them.
akin as (
    select project_id, entity from begun
    union
    select v.project_id, v.kind || ':' || v.whole
    from begun as b inner join valid as v on v.project_id = b.project_id and v.entity = b.entity
    where v.whole is not null
    union
    select v.project_id, v.entity
    from begun as b
    inner join valid as v
        on v.project_id = b.project_id and v.whole = substr(b.entity, strpos(b.entity, ':') + 1)
        and v.kind = split_part(b.entity, ':', 1)
),
first_counted as materialized (
    select a.project_id, a.entity, c.total, n.entity is not null as is_named
    from akin as a
    left join named as n on n.project_id = a.project_id and n.entity = a.entity
    cross join lateral (
        select count(*) as total from (
            select from valid as v where v.project_id = a.project_id and v.entity = a.entity limit %(hub)s + 1
        ) as counted
    ) as c
    where c.total <= %(hub)s or n.entity is not null
    order by n.entity is null, c.total, a.project_id, a.entity
    limit %(entities)s
),
first as materialized (
    select v.*, f.total
    from first_counted as f
    cross join lateral (
        select m.* from valid as m
        where m.project_id = f.project_id and m.entity = f.entity
        order by m.valid_from desc, m.memory_id
        limit %(hub)s
    ) as v
),
second_counted as materialized (
    select a.project_id, a.entity, c.total
    from (
        select distinct v.project_id, v.entity
        from (
            select f.project_id, f.memory_id from first as f
            where not f.memory_id = any(%(memories)s::uuid [])
            group by f.project_id, f.memory_id
            order by min(f.total), f.project_id, f.memory_id
            limit %(further)s
        ) as m
        inner join valid as v on v.project_id = m.project_id and v.memory_id = m.memory_id
        where not exists (select from akin as k where k.project_id = v.project_id and k.entity = v.entity)
    ) as a
    cross join lateral (
        select count(*) as total from (
            select from valid as v where v.project_id = a.project_id and v.entity = a.entity limit %(hub)s / 4 + 1
        ) as counted
    ) as c
    where c.total <= %(hub)s / 4
    order by c.total, a.project_id, a.entity
    limit %(entities)s
),
second as (
    select v.*, s.total
    from second_counted as s
    inner join valid as v on v.project_id = s.project_id and v.entity = s.entity
),
nodes as (
    select project_id, entity as node from akin
    union
    select project_id, entity from second
    union
    select project_id, 'memory:' || memory_id from first
    union
    select project_id, 'memory:' || id from memories where id = any(%(memories)s::uuid [])
),
edged as (
    select e.* from nodes as n inner join edges as e on e.project_id = n.project_id and e.source = n.node
    union
    select e.* from nodes as n inner join edges as e on e.project_id = n.project_id and e.target = n.node
)
select project_id, memory_id, 'memory:' || memory_id as source, 'mentions' as relation, entity as target, name, weight,
    whole, total
from first
union
select project_id, memory_id, 'memory:' || memory_id, 'mentions', entity, name, weight, whole, total from second
union
select project_id, memory_id, source, relation, target, '', 1, null, 1 from edged
where (%(projects)s::uuid [] is null or project_id = any(%(projects)s::uuid []))
    and (not %(back)s or valid_from <= %(at)s) and (expires_at is null or expires_at > %(at)s)
    and (valid_to is null or valid_to > %(at)s or relation = 'supersedes')
order by project_id, memory_id, source, relation, target

-- name: busiest
-- The entities of a project that most memories mention, by kind, with how many they are.
select entity, count(*) as total
from mentions
where project_id = %(project_id)s and whole is null
    and (not %(back)s or valid_from <= %(at)s) and (valid_to is null or valid_to > %(at)s)
    and (expires_at is null or expires_at > %(at)s)
group by entity
order by count(*) desc, entity
limit %(limit)s

-- name: titles
-- What some memories are called.
select id, coalesce(nullif(title, ''), left(content, 120)) as name
from memories
where id = any(%(ids)s::uuid []) and not deleted

-- name: forget_mentions
-- A memory mentions nothing.
delete from mentions where memory_id = :memory_id

-- name: forget_edges
-- A memory states nothing.
delete from edges where memory_id = :memory_id

-- name: add_mention
-- A memory mentions an entity.
insert into mentions (memory_id, kind, key, entity, name, whole, weight, valid_from, valid_to, expires)
values (:memory_id, :kind, :key, :entity, :name, :whole, :weight, :valid_from, :valid_to, :expires)

-- name: add_edge
-- A memory states an edge.
insert into edges (memory_id, source, relation, target, valid_from, valid_to, expires)
values (:memory_id, :source, :relation, :target, :valid_from, :valid_to, :expires)

-- name: around
-- All that is linked with some entities and memories, two memories deep: mentions and stated edges, valid at a time:
-- `back` in the past, before which what came later is not known. An entity that more than `hub` memories mention (in
-- the second depth a quarter) is passed by, unless it was named: then its newest are taken. Of the others at most
-- `entities` at each depth, the rarest first; it goes on from the `further` memories that the rarest lead to. The same
-- as on a server; `cross join` keeps the order.
with valid as not materialized (
    select * from mentions
    where (not :back or valid_from <= :at) and (valid_to is null or valid_to > :at) and (expires is null or expires > :at)
),
named as materialized (
    select distinct entity from valid
    where key in (select value from json_each(:keys)) or entity in (select value from json_each(:keys))
),
begun as materialized (
    select entity from named
    union
    select v.entity from json_each(:memories) as m cross join valid as v on v.memory_id = m.value
),
-- A name and those that it is a part of are one thing, or several: who reads needs to see all of them.
akin as materialized (
    select entity from begun
    union
    select v.kind || ':' || v.whole from begun as b cross join valid as v on v.entity = b.entity where v.whole is not null
    union
    select v.entity
    from begun as b
    cross join valid as v
        on v.whole = substr(b.entity, instr(b.entity, ':') + 1)
        and v.kind = substr(b.entity, 1, instr(b.entity, ':') - 1)
),
first_counted as materialized (
    select * from (
        select a.entity, a.entity in (select entity from named) as is_named, (
            select count(*) from (select 1 from valid as v where v.entity = a.entity limit :hub + 1)
        ) as total
        from akin as a
    )
    where total <= :hub or is_named
    order by not is_named, total, entity
    limit :entities
),
first as materialized (
    select * from (
        select v.*, f.total,
            row_number() over (partition by v.entity order by v.valid_from desc, v.memory_id) as number
        from first_counted as f cross join valid as v on v.entity = f.entity
    )
    where number <= :hub
),
second_counted as materialized (
    select * from (
        select a.entity, (
            select count(*) from (select 1 from valid as v where v.entity = a.entity limit :hub / 4 + 1)
        ) as total
        from (
            select distinct v.entity
            from (
                select memory_id from first
                where memory_id not in (select value from json_each(:memories))
                group by memory_id
                order by min(total), memory_id
                limit :further
            ) as m
            cross join valid as v on v.memory_id = m.memory_id
            where v.entity not in (select entity from akin)
        ) as a
    )
    where total <= :hub / 4
    order by total, entity
    limit :entities
),
second as materialized (
    select v.*, s.total from second_counted as s cross join valid as v on v.entity = s.entity
),
nodes as materialized (
    select entity as node from akin
    union
    select entity from second
    union
    select 'memory:' || memory_id from first
    union
    select 'memory:' || value from json_each(:memories)
),
edged as (
    select e.* from nodes as n cross join edges as e on e.source = n.node
    union
    select e.* from nodes as n cross join edges as e on e.target = n.node
)
select memory_id, 'memory:' || memory_id as source, 'mentions' as relation, entity as target, name, weight, whole, total
from first
union
select memory_id, 'memory:' || memory_id, 'mentions', entity, name, weight, whole, total from second
union
select memory_id, source, relation, target, '', 1.0, null, 1 from edged
where (not :back or valid_from <= :at) and (expires is null or expires > :at)
    and (valid_to is null or valid_to > :at or relation = 'supersedes')
order by memory_id, source, relation, target

-- name: busiest
-- The entities that most memories mention.
select entity
from mentions
where whole is null
    and (not :back or valid_from <= :at) and (valid_to is null or valid_to > :at) and (expires is null or expires > :at)
group by entity
order by count(*) desc, entity
limit :limit

-- name: titles
-- What some memories are called.
select id, coalesce(nullif(title, ''), substr(content, 1, 120)) as name
from memories
where id in (select value from json_each(:ids)) and not deleted

-- name: passages
-- The passages of some memories within some bounds.
select p.id
from json_each(:memories) as wanted
cross join passages as p on p.source_id = wanted.value
where (p.expires is null or p.expires > :now)
    and (:sources is null or p.source in (select value from json_each(:sources)))
    and (:types is null or p.type in (select value from json_each(:types)))
    and (:tools is null or p.tool in (select value from json_each(:tools)))
    and (:authors is null or lower(p.author) in (select value from json_each(:authors)))
    and (:branch is null or p.branch = :branch)
    and (:since is null or p.occurred >= :since)
    and (:until is null or p.occurred < :until)
    and (:visibilities is null or p.visibility in (select value from json_each(:visibilities))
        or p.session_id in (select value from json_each(:sessions)))
    and (:sensitivities is null or p.sensitivity in (select value from json_each(:sensitivities)))
    and (:tags is null or not exists (
        select 1 from json_each(:tags) as wanted_tag
        where wanted_tag.value not in (select value from json_each(p.tags))
    ))

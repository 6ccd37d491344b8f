-- name: present
-- Every memory that is not deleted.
select id, fields, author, created, updated from memories where not deleted

-- name: parted
-- Memories that were retired for another one, and that somebody took back: the pairs are kept apart.
-- What was given back by itself, as the other one was left behind, may be retired for it again.
select distinct r.memory_id, json_extract(r.fields, '$.metadata.retired.for') as other_id
from revisions as r
join memories as m on m.id = r.memory_id
where r.fields like '%"retired"%'
    and json_extract(r.fields, '$.metadata.retired.for') is not null
    and json_extract(m.fields, '$.metadata.retired') is null
    and json_extract(r.fields, '$.valid_from') is json_extract(m.fields, '$.valid_from')
    and exists (
        select 1 from revisions as s
        where
            s.memory_id = r.memory_id and s.clock > r.clock and s.author <> :learner
            and json_extract(s.fields, '$.metadata.retired') is null
    )

-- name: retired
-- Memories that are retired, the latest first.
select id, fields, created from memories
where fields like '%"retired"%' and json_extract(fields, '$.metadata.retired') is not null
order by updated desc, id

-- name: all_retired_for
-- Memories that are retired for another one, each with that one.
select id, json_extract(fields, '$.metadata.retired.for') as other_id from memories
where fields like '%"retired"%' and json_extract(fields, '$.metadata.retired.for') is not null

-- name: retired_for
-- Memories that are retired for one.
select id, fields from memories
where fields like '%"retired"%' and json_extract(fields, '$.metadata.retired.for') = :other_id

-- name: latest
-- The stamp of the latest change of any memory.
select max(updated) as stamp from memories

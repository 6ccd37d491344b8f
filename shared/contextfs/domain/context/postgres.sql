-- name: keep
-- Keep the record of a pack, and note which memories were handed over on this day.
with kept as (
    insert into packs (org_id, project_id, id, short, reader, created_at, record)
    values (%(org_id)s, %(project_id)s, %(id)s, %(short)s, %(reader)s, %(now)s, %(record)s::jsonb)
)
insert into recalls (org_id, project_id, memory_id, day)
select %(org_id)s, %(project_id)s, h.id, (%(now)s::timestamptz at time zone 'utc')::date
from unnest(%(handed)s::uuid []) as h (id)
order by h.id
on conflict do nothing

-- name: find
-- The records of one's own packs that have a name; of `last`, the newest.
select record
from packs
where (%(project_id)s::uuid is null or project_id = %(project_id)s)
    and (%(id)s::uuid is null or id = %(id)s) and (%(short)s::text is null or short = %(short)s)
order by created_at desc, id desc
limit 1

-- name: lines
-- How some memories and messages begin today.
select id, left(coalesce(title || ': ', '') || content, 200) as line
from memories
where id = any(%(ids)s::uuid []) and not deleted
union all
select id, left(content, 200) as line
from messages
where id = any(%(ids)s::uuid [])

-- name: recalled
-- When memories of a project were handed over last.
select memory_id, max(day) as day from recalls where project_id = %(project_id)s group by memory_id

-- name: use
-- Since when it is noted what a project hands over, and on how many days it was asked since a day.
select min(day) as since, count(distinct day) filter (where day >= %(from_day)s) as days
from recalls
where project_id = %(project_id)s

-- name: forget
-- Forget old packs.
delete from packs where created_at < %(before)s

-- name: forget_recalls
-- Forget what was handed over long ago.
delete from recalls where day < %(before)s

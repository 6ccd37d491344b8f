-- name: wait
-- Let proposals wait for a person; one that waits already stays as it is.
insert into reviews (org_id, project_id, id, kind, memory_id, other_id, reason, visibility, author_id, created_at)
select
    n.org_id, n.project_id, n.id, n.kind, n.memory_id, n.other_id, n.reason, n.visibility, n.author_id, n.created_at
from jsonb_populate_recordset(null::contextfs.reviews, %(rows)s::jsonb) as n
order by n.id
on conflict do nothing

-- name: withdraw
-- Withdraw what waits in a project, as far as it can be seen, and is not asked any more.
delete from reviews where project_id = %(project_id)s and not id = any(%(asked)s::uuid [])

-- name: page
-- What waits, newest first.
select id, project_id, kind, memory_id, other_id, reason, created_at
from reviews
where (%(project_id)s::uuid is null or project_id = %(project_id)s)
    and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(after)s))
order by created_at desc, id desc
limit %(limit)s

-- name: take
-- Take one that waits out of the queue.
delete from reviews where id = %(id)s
returning id, project_id, kind, memory_id, other_id, reason, created_at

-- name: note
-- Note that something was written in a project, for a reader.
insert into consolidations (org_id, project_id, reader, due_at)
values (%(org_id)s, %(project_id)s, %(reader)s, %(due_at)s)
on conflict do nothing

-- name: due
-- Take what is due, the first first. Materialized: found once, and so never more than the limit.
with taken as materialized (
    select d.org_id, d.project_id, d.reader from consolidations as d
    where d.due_at <= %(now)s
    order by d.due_at
    limit %(limit)s
    for update skip locked
)
delete from consolidations as c
using taken
where c.org_id = taken.org_id and c.project_id = taken.project_id and c.reader = taken.reader
returning c.org_id, c.project_id, c.reader, c.due_at

-- name: insert
-- Create a project.
insert into projects (org_id, id, name, description, metadata, personal, created_by, created_at, updated_at)
values (
    %(org_id)s, %(id)s, %(name)s, %(description)s, %(metadata)s::jsonb, %(personal)s::text [],
    %(created_by)s, %(now)s, %(now)s
)
returning id, name, description, metadata, personal, created_at, updated_at

-- name: get
-- One project.
select id, name, description, metadata, personal, created_at, updated_at
from projects
where id = %(id)s

-- name: names
-- The names of projects.
select id, name from projects where id = any(%(ids)s::uuid [])

-- name: lock
-- One project, held until the transaction ends.
select id, name, description, metadata, personal, created_at, updated_at
from projects
where id = %(id)s
for update

-- name: page
-- Projects, newest first.
select id, name, description, metadata, personal, created_at, updated_at
from projects
where (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(after)s))
    and (%(name)s::text is null or lower(name) = lower(%(name)s))
order by created_at desc, id desc
limit %(limit)s

-- name: update
-- Change a project. (A version is the moment of the last change: it never comes twice, whatever the clocks say.)
update projects
set name = %(name)s, description = %(description)s, metadata = %(metadata)s::jsonb, personal = %(personal)s::text [],
    updated_at = greatest(%(now)s::timestamptz, updated_at + interval '1 microsecond')
where id = %(id)s
returning id, name, description, metadata, personal, created_at, updated_at

-- name: delete
-- Delete a project with all that is in it.
delete from projects
where id = %(id)s

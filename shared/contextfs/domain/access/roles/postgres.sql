-- name: insert
-- Create a custom role; its name is unique in the organization.
insert into custom_roles (
    org_id, id, name, description, permissions, projects, created_by, created_at, updated_at
)
values (
    %(org_id)s, %(id)s, %(name)s, %(description)s, %(permissions)s::text [], %(projects)s::uuid [], %(created_by)s,
    %(now)s, %(now)s
)
returning id, name, description, permissions, projects, created_at, updated_at

-- name: get
-- One custom role.
select id, name, description, permissions, projects, created_at, updated_at
from custom_roles
where id = %(id)s

-- name: lock
-- One custom role, held until the transaction ends: nobody can be given it meanwhile.
select id, name, description, permissions, projects, created_at, updated_at
from custom_roles
where id = %(id)s
for update

-- name: named
-- What the custom role of a name allows, held so that it does not change until the transaction ends.
select permissions
from custom_roles
where name = %(name)s
for share

-- name: page
-- Custom roles, newest first.
select id, name, description, permissions, projects, created_at, updated_at
from custom_roles
where (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(after)s))
    and (%(name)s::text is null or name = %(name)s)
order by created_at desc, id desc
limit %(limit)s

-- name: update
-- Change a custom role. (A version is the moment of the last change: it never comes twice, whatever the clocks say.)
update custom_roles
set description = %(description)s, permissions = %(permissions)s::text [], projects = %(projects)s::uuid [],
    updated_at = greatest(%(now)s::timestamptz, updated_at + interval '1 microsecond')
where id = %(id)s
returning id, name, description, permissions, projects, created_at, updated_at

-- name: holders
-- How many members have a custom role.
select count(*) as holders
from memberships
where custom_role = %(name)s

-- name: delete
-- Delete a custom role.
delete from custom_roles
where id = %(id)s

-- name: projects_seen
-- How many of these projects the caller sees.
select count(*) as seen
from projects
where id = any(%(projects)s::uuid [])

-- name: insert
-- Add a member; a unique index refuses a second one of the same address.
insert into memberships (org_id, user_id, kind, email, name, role, projects, created_at, updated_at)
values (
    %(org_id)s, %(id)s, %(kind)s, %(email)s, %(name)s, %(role)s, %(projects)s::uuid [], %(now)s, %(now)s
)
returning user_id as id, kind, email, name, role, projects, suspended_at, created_at, updated_at

-- name: get
-- One member.
select user_id as id, kind, email, name, role, projects, suspended_at, created_at, updated_at
from memberships
where user_id = %(id)s

-- name: lock
-- One member, held until the transaction ends.
select user_id as id, kind, email, name, role, projects, suspended_at, created_at, updated_at
from memberships
where user_id = %(id)s
for update

-- name: page
-- Members, newest first.
select user_id as id, kind, email, name, role, projects, suspended_at, created_at, updated_at
from memberships
where (%(at)s::timestamptz is null or (created_at, user_id) < (%(at)s, %(after)s))
    and (%(email)s::text is null or lower(email) = lower(%(email)s))
    and (%(role)s::text is null or role = %(role)s)
order by created_at desc, user_id desc
limit %(limit)s

-- name: update
-- Change a member. (A version is the moment of the last change: it never comes twice, whatever the clocks say.)
update memberships
set name = %(name)s, role = %(role)s, projects = %(projects)s::uuid [], suspended_at = %(suspended_at)s,
    updated_at = greatest(%(now)s::timestamptz, updated_at + interval '1 microsecond')
where user_id = %(id)s
returning user_id as id, kind, email, name, role, projects, suspended_at, created_at, updated_at

-- name: remove
-- End a membership, and with it every key and invitation of that member.
delete from memberships
where user_id = %(id)s

-- name: enter_login
-- Make the person of a login the claims of this transaction.
select user_id, role, role_permissions, projects, standing, contextfs.is_within(%(kind)s, %(address)s::inet) as is_within
from contextfs.enter_login(
    %(org_id)s, %(login_id)s, %(hashes)s::bytea [], %(now)s, %(idle)s::interval, %(rotates)s::interval, %(grace)s::interval
)

-- name: insert_login
-- A browser is signed in.
insert into logins (org_id, id, user_id, hash, rotated_at, method, key_id, agent, created_at, used_at, expires_at)
values (
    %(org_id)s, %(id)s, %(user_id)s, %(hash)s, %(now)s, %(method)s, %(key_id)s, %(agent)s,
    %(now)s, %(now)s, %(expires_at)s
)

-- name: role_of
-- The role of a person in this organization.
select role from memberships where user_id = %(user_id)s

-- name: names_of
-- How a person of this organization, and it itself, are called.
select o.name as organization, m.email
from organizations as o
left join memberships as m on m.org_id = o.org_id and m.user_id = %(user_id)s

-- name: rotate_login
-- Change the cookie for a new one, unless somebody did already.
update logins set hash = %(new_hash)s, earlier_hash = hash, rotated_at = %(now)s
where id = %(id)s and hash = any(%(hashes)s::bytea []) and ended_at is null

-- name: login_page
-- The open logins of a person, newest first.
select id, user_id, method, agent, created_at, used_at, expires_at, ended_at
from logins
where user_id = %(user_id)s and ended_at is null and expires_at > %(now)s and used_at > %(now)s - %(idle)s::interval
and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(after)s))
order by created_at desc, id desc
limit %(limit)s

-- name: end_login
-- End a login of a person.
update logins set ended_at = coalesce(ended_at, %(now)s)
where id = %(id)s and user_id = %(user_id)s
returning id

-- name: end_logins
-- End all logins of a person, or of everybody.
update logins set ended_at = %(now)s
where ended_at is null and (%(user_id)s::uuid is null or user_id = %(user_id)s) and id is distinct from %(except)s

-- name: expire_logins
-- Forget logins that ended of themselves long ago.
delete from logins
where expires_at < %(before)s

-- name: end_logins_past_provider
-- End all logins that the organization's provider did not open, but for one person's.
update logins set ended_at = %(now)s
where ended_at is null and method in ('key', 'service') and user_id is distinct from %(but_of)s

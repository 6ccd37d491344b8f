-- name: admit_key
-- Find a key and make its owner the claims of this transaction.
select user_id, permissions, role, role_permissions, projects, contextfs.is_within(%(kind)s, %(address)s::inet) as is_within
from contextfs.admit_key(%(org_id)s, %(id)s, %(hashes)s::bytea [], %(now)s)

-- name: hash_anew
-- Hash what is presented with the newest pepper, where it was hashed with another one.
select contextfs.hash_anew(%(org_id)s, %(id)s, %(names)s::text [], %(hashes)s::bytea [])

-- name: admit_invitation
-- Find an invitation and make it the claims of this transaction.
select admitted, contextfs.is_within(%(kind)s, %(address)s::inet) as is_within
from contextfs.admit_invitation(%(org_id)s, %(id)s, %(hashes)s::bytea [], %(now)s) as admitted

-- name: assume
-- Make one organization, with all its projects, the claims of this transaction.
select contextfs.assume(%(org_id)s, %(reader)s, null)

-- name: sign_claims
-- The claims of this transaction, signed for another connection.
select contextfs.sign_claims(%(backend)s, %(seconds)s) as signed

-- name: insert_organization
-- Create an organization; no row when it exists.
insert into organizations (org_id, name, plan, region, created_at, updated_at)
values (%(org_id)s, %(name)s, %(plan)s, %(region)s, %(now)s, %(now)s)
on conflict do nothing
returning org_id

-- name: delete_letters
-- Forget the events that nobody could take.
delete from dead_letters where org_id = %(org_id)s

-- name: delete_deliveries
-- Forget the events that are on their way.
delete from deliveries where org_id = %(org_id)s

-- name: delete_replies
-- Forget the replies that were kept for calls that come again.
delete from idempotency_keys where org_id = %(org_id)s

-- name: delete_home
-- Forget where an organization lives.
delete from homes where org_id = %(org_id)s

-- name: delete_organization
-- Delete an organization; all that refers to it goes with it.
delete from organizations where org_id = %(org_id)s

-- name: insert_key
-- Store a new key.
insert into api_keys (
    org_id, id, project_id, user_id, name, hash, pepper, hint, role, permissions, created_by, created_at, updated_at,
    expires_at
)
values (
    %(org_id)s, %(id)s, %(project_id)s, %(user_id)s, %(name)s, %(hash)s, %(pepper)s, %(hint)s, %(role)s,
    %(permissions)s::text [], %(created_by)s, %(now)s, %(now)s, %(expires_at)s
)
returning id, name, hint, role, permissions, project_id, user_id, created_at, expires_at, revoked_at,
    null::timestamptz as last_used_at

-- name: get_key
-- One key, with when it was last used.
select
    k.id, k.name, k.hint, k.role, k.permissions, k.project_id, k.user_id, k.created_at, k.expires_at, k.revoked_at,
    u.last_used_at
from api_keys as k
left join key_uses as u on u.org_id = k.org_id and u.key_id = k.id
where k.id = %(id)s

-- name: key_page
-- Keys, newest first, with when each was last used.
select
    k.id, k.name, k.hint, k.role, k.permissions, k.project_id, k.user_id, k.created_at, k.expires_at, k.revoked_at,
    u.last_used_at
from api_keys as k
left join key_uses as u on u.org_id = k.org_id and u.key_id = k.id
where (%(at)s::timestamptz is null or (k.created_at, k.id) < (%(at)s, %(after)s))
    and (%(user_id)s::uuid is null or k.user_id = %(user_id)s)
order by k.created_at desc, k.id desc
limit %(limit)s

-- name: revoke_key
-- End a key.
update api_keys
set revoked_at = coalesce(revoked_at, %(now)s), updated_at = %(now)s
where id = %(id)s

-- name: open_key
-- A key as its holder presents it, unless it has ended.
select id from api_keys
where id = %(id)s and hash = any(%(hashes)s::bytea []) and revoked_at is null and (expires_at is null or expires_at > %(now)s)

-- name: limit_key
-- Let a key end at a time, unless it ends before; no row when it ended already.
update api_keys
set expires_at = least(expires_at, %(ends)s), updated_at = %(now)s
where id = %(id)s and revoked_at is null and (expires_at is null or expires_at > %(now)s)
returning id

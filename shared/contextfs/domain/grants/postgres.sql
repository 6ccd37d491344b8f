-- name: admit_grant
-- Find a grant by its access token and make its person the claims of this transaction.
select
    user_id, permissions, role, role_permissions, projects, audience,
    contextfs.is_within(%(kind)s, %(address)s::inet) as is_within
from contextfs.admit_grant(%(org_id)s, %(id)s, %(hashes)s::bytea [], %(now)s)

-- name: insert_grant
-- A person lets a program in; it has a code, and no tokens yet.
insert into grants (
    org_id, id, user_id, client_id, client_name, redirect_uri, challenge, permissions, audience, code_hash,
    code_expires_at, created_at, expires_at
)
values (
    %(org_id)s, %(id)s, %(user_id)s, %(client_id)s, %(client_name)s, %(redirect_uri)s, %(challenge)s,
    %(permissions)s::text [], %(audience)s, %(code_hash)s, %(code_expires_at)s, %(now)s, %(expires_at)s
)

-- name: lock_code
-- The grant of a code; who asks for it too waits.
select id, user_id, client_id, redirect_uri, challenge, permissions, audience, code_expires_at, redeemed_at, ended_at
from grants
where id = %(id)s and code_hash = any(%(hashes)s::bytea [])
for update

-- name: lock_refresh
-- The grant of a refresh token, be it the last one or the one before.
select
    id, user_id, client_id, permissions, audience, expires_at, rotated_at, ended_at,
    refresh_hash = any(%(hashes)s::bytea []) as is_current
from grants
where id = %(id)s and (refresh_hash = any(%(hashes)s::bytea []) or earlier_hash = any(%(hashes)s::bytea []))
for update

-- name: give_tokens
-- It has new tokens; the refresh token that was is the earlier one.
update grants set
    access_hash = %(access_hash)s, access_expires_at = %(access_expires_at)s,
    earlier_hash = case when %(keeps_earlier)s then earlier_hash else refresh_hash end,
    refresh_hash = %(refresh_hash)s, rotated_at = %(now)s, redeemed_at = coalesce(redeemed_at, %(now)s)
where id = %(id)s

-- name: end_grant
-- End a grant: its tokens open nothing any more.
update grants set ended_at = coalesce(ended_at, %(now)s)
where id = %(id)s and (%(user_id)s::uuid is null or user_id = %(user_id)s)
returning id

-- name: presented_grant
-- The open grant of a token that somebody presents.
select id from grants
where id = %(id)s and ended_at is null
    and (access_hash = any(%(hashes)s::bytea []) or refresh_hash = any(%(hashes)s::bytea []))

-- name: grant_page
-- The open grants of a person that were used, newest first.
select id, client_id, client_name, permissions, audience as resource, created_at, rotated_at as used_at, expires_at
from grants
where user_id = %(user_id)s and ended_at is null and expires_at > %(now)s
    and (redeemed_at is not null or code_expires_at > %(now)s)
    and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(after)s))
order by created_at desc, id desc
limit %(limit)s

-- name: expire_grants
-- Forget grants that ended long ago.
delete from grants
where expires_at < %(before)s

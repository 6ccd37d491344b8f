-- name: admit_token
-- Find a token and make its person, or its key, the claims of this transaction.
select
    user_id, key_id, permissions, parent_permissions, role, role_permissions, projects,
    contextfs.is_within(%(kind)s, %(address)s::inet) as is_within
from contextfs.admit_token(%(org_id)s, %(id)s, %(hashes)s::bytea [], %(now)s)

-- name: insert_access_token
-- Store a new token.
insert into access_tokens (
    org_id, id, key_id, login_id, user_id, project_id, hash, permissions, created_at, expires_at
)
values (
    %(org_id)s, %(id)s, %(key_id)s, %(login_id)s, %(user_id)s, %(project_id)s, %(hash)s, %(permissions)s::text [],
    %(now)s, %(expires_at)s
)

-- name: expire_tokens
-- Forget tokens that ended.
delete from access_tokens
where expires_at < %(now)s

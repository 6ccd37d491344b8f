-- name: make
-- Make a login of one organization.
select contextfs_secret.make_bi_login(%(login)s::name, %(org_id)s, %(project_ids)s::uuid [], %(verifier)s, %(connections)s)

-- name: rotate
-- Give a login another password.
select contextfs_secret.rotate_bi_login(%(login)s::name, %(verifier)s) as is_there

-- name: drop
-- End a login.
select contextfs_secret.drop_bi_login(%(login)s::name) as is_there

-- name: shut
-- Shut to all logins what disturbs others; what is still open, nobody but a superuser can shut.
select contextfs_secret.shut_to_logins() as open

-- name: list
-- All logins, or those of one organization, oldest first.
select login::text as login, org_id, project_ids, made_at
from contextfs_secret.bi_logins
where %(org_id)s::uuid is null or org_id = %(org_id)s
order by made_at, login

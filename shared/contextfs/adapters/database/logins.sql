-- name: make
-- Make a login of one organization.
select contextfs_secret.make_bi_login(%(login)s::name, %(org_id)s, %(project_ids)s::uuid [], %(verifier)s, %(connections)s)

-- name: rotate
-- Give a login another password.
select contextfs_secret.rotate_bi_login(%(login)s::name, %(verifier)s) as is_there

-- name: end
-- End a login.
select contextfs_secret.end_bi_login(%(login)s::name) as is_there

-- name: disconnect
-- Disconnect who is connected with a login.
select contextfs_secret.disconnect_bi_login(%(login)s::name) as is_done

-- name: remove
-- Remove the role of a login that has ended.
select contextfs_secret.remove_bi_role(%(login)s::name) as is_done

-- name: shut
-- Shut to all logins what disturbs others; what is still open, nobody but a superuser can shut.
select contextfs_secret.shut_to_logins() as open

-- name: list
-- All logins, those whose organization is gone behind the others; or those of one organization, oldest first.
select coalesce(l.login, r.name)::text as login, l.org_id, l.project_ids, l.made_at
from contextfs_secret.bi_logins as l
full join contextfs_secret.bi_roles() as r (name) on r.name = l.login
where %(org_id)s::uuid is null or l.org_id = %(org_id)s
order by l.made_at, 1

-- name: enter_scim
-- Make the organization of a directory's token the claims of this transaction.
select id, contextfs.is_within(%(kind)s, %(address)s::inet) as is_within
from contextfs.enter_scim(%(org_id)s, %(token_id)s, %(hashes)s::bytea [], %(now)s)

-- name: insert_token
-- Store a new token.
insert into scim_tokens (org_id, id, name, hash, pepper, hint, vouched, made_by, created_by, created_at, expires_at)
values (
    %(org_id)s, %(id)s, %(name)s, %(hash)s, %(pepper)s, %(hint)s, %(vouched)s::text [], %(made_by)s, %(created_by)s,
    %(now)s, %(expires_at)s
)
returning id, name, hint, created_at, expires_at, revoked_at

-- name: tokens
-- The tokens of this organization, newest first.
select id, name, hint, created_at, expires_at, revoked_at
from scim_tokens
order by created_at desc, id desc
limit 200

-- name: revoke_token
-- End a token.
update scim_tokens set revoked_at = coalesce(revoked_at, %(now)s)
where id = %(id)s
returning id, name, hint, created_at, expires_at, revoked_at

-- name: vouched
-- What the one might who made a token, null vouches for all; and the role and the reach that they have now.
select t.vouched, t.made_by, m.role, m.projects is null and r.projects is null as is_whole
from scim_tokens as t
left join memberships as m on m.org_id = t.org_id and m.user_id = t.made_by and m.suspended_at is null
left join custom_roles as r on r.org_id = m.org_id and r.name = m.custom_role
where t.id = %(id)s

-- name: get_entry
-- One user or group.
select id, type, resource, version, created_at, updated_at, user_id, role
from scim_resources
where id = %(id)s and type = %(type)s

-- name: lock_entry
-- One user or group, which nobody else changes until this call has ended.
select id, type, resource, version, created_at, updated_at, user_id, role
from scim_resources
where id = %(id)s and type = %(type)s
for update

-- name: entries
-- Users and groups, all of them or those that a directory looks for by what they are known by.
select id, type, resource, version, created_at, updated_at, user_id, role
from scim_resources
where type = any(%(types)s::text [])
    and (%(key)s::text is null or key = %(key)s)
    and (%(external_id)s::text is null or external_id = %(external_id)s)

-- name: insert_entry
-- Store a user or group; no row when its name is taken.
insert into scim_resources (
    org_id, id, type, key, external_id, active, email, version, resource, created_at, updated_at
)
values (
    %(org_id)s, %(id)s, %(type)s, %(key)s, %(external_id)s, %(active)s, %(email)s, 1, %(resource)s::jsonb, %(now)s,
    %(now)s
)
on conflict do nothing
returning id, type, resource, version, created_at, updated_at, user_id, role

-- name: key_owner
-- Who has a name.
select id from scim_resources
where type = %(type)s and key = %(key)s and id <> %(id)s

-- name: update_entry
-- Change a user or group.
update scim_resources
set key = %(key)s, external_id = %(external_id)s, active = %(active)s, email = %(email)s, version = version + 1,
    resource = %(resource)s::jsonb, updated_at = %(now)s
where id = %(id)s
returning id, type, resource, version, created_at, updated_at, user_id, role

-- name: delete_entry
-- Forget a user or group.
delete from scim_resources
where id = %(id)s

-- name: savepoint
-- What follows can be taken back by itself.
savepoint scim_operation

-- name: take_back
-- Take back what was done since.
rollback to savepoint scim_operation

-- name: is_member_of
-- The names of the groups that a user is in.
select resource ->> 'displayName' as name
from scim_resources
where type = 'Group' and resource -> 'members' @> jsonb_build_array(jsonb_build_object('value', %(id)s::text))

-- name: attach
-- A directory's user is this member.
update scim_resources set user_id = %(user_id)s, role = %(role)s
where id = %(id)s

-- name: taken_by
-- Which other user of the directory a member is.
select id from scim_resources
where user_id = %(user_id)s and id <> %(id)s

-- name: is_withdrawn
-- Whether the directory says that who has an address is none of us.
select exists (select from scim_resources where email = %(email)s and type = 'User' and not active) as withdrawn

-- name: put_member
-- A directory's user becomes a member, or comes back as the one they were.
insert into memberships (org_id, user_id, email, name, role, created_at, updated_at)
values (%(org_id)s, %(user_id)s, %(email)s, %(name)s, %(role)s, %(now)s, %(now)s)
on conflict do nothing

-- name: rename_member
-- A member's address and name follow the directory.
update memberships set email = %(email)s, name = coalesce(%(name)s, name), updated_at = %(now)s
where user_id = %(user_id)s and (email, name) is distinct from (%(email)s, coalesce(%(name)s, name))

-- name: address_owner
-- Whose an address is.
select user_id, role from memberships
where lower(email) = %(email)s

-- name: lock_owners
-- The owners, whose number nobody else changes until this call has ended.
select user_id from memberships
where role = 'owner'
for update

-- name: remove_member
-- A person is no member any more: their keys and logins go with the membership.
delete from memberships
where user_id = %(user_id)s
returning role

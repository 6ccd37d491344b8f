-- name: insert
-- Store an invitation: only the hash of its token.
insert into invitations (
    org_id, id, email, role, projects, hash, invited_by, created_by, created_at, expires_at
)
values (
    %(org_id)s, %(id)s, %(email)s, %(role)s, %(projects)s::uuid [], %(hash)s, %(invited_by)s, %(created_by)s, %(now)s,
    %(expires_at)s
)
returning id, email, role, projects, created_at, expires_at, accepted_at, accepted_by, revoked_at

-- name: get
-- One invitation.
select id, email, role, projects, created_at, expires_at, accepted_at, accepted_by, revoked_at
from invitations
where id = %(id)s

-- name: page
-- Invitations, newest first.
select id, email, role, projects, created_at, expires_at, accepted_at, accepted_by, revoked_at
from invitations
where (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(after)s))
    and (not %(open)s or (accepted_at is null and revoked_at is null and expires_at > %(now)s))
order by created_at desc, id desc
limit %(limit)s

-- name: accept
-- Use an invitation up.
update invitations
set accepted_at = %(now)s, accepted_by = %(user_id)s
where id = %(id)s

-- name: inviter
-- Who made an invitation, as they are now.
select m.role
from invitations as i
join memberships as m on m.org_id = i.org_id and m.user_id = i.invited_by
where i.id = %(id)s

-- name: inviter_reach
-- Whether who made an invitation reaches all projects now, by their membership and their role.
select m.projects is null and r.projects is null as is_whole
from invitations as i
join memberships as m on m.org_id = i.org_id and m.user_id = i.invited_by
left join custom_roles as r on r.org_id = m.org_id and r.name = m.custom_role
where i.id = %(id)s

-- name: revoke
-- End an invitation that was not used.
update invitations
set revoked_at = coalesce(revoked_at, %(now)s)
where id = %(id)s and accepted_at is null
returning id, email, role, projects, created_at, expires_at, accepted_at, accepted_by, revoked_at

-- name: revoke_for
-- End the invitations of an address that were not used.
update invitations
set revoked_at = %(now)s
where lower(email) = lower(%(email)s) and accepted_at is null and revoked_at is null

-- name: revoke_by
-- End the invitations that a member made and nobody used.
update invitations
set revoked_at = %(now)s
where invited_by = %(user_id)s and accepted_at is null and revoked_at is null

-- name: organization_of_domain
-- The organization that has proven a domain.
select contextfs.organization_of_domain(%(domain)s) as org_id

-- name: organizations_of_person
-- The organizations of who is known by a subject, or has an address of a domain that they have proven.
select org_id, name from contextfs.organizations_of_person(%(issuer)s, %(subject)s, %(email)s)

-- name: get_settings
-- How this organization signs in.
select
    enabled, provider, metadata_url, client_id, client_secret, attribute_mapping, auto_provision, default_role,
    group_roles, enforced, break_glass_user_id, metadata_xml, idp_initiated, saml_certificate, saml_key, vouched, vouched_by,
    updated_at
from sso_settings

-- name: put_settings
-- Set how this organization signs in, unless somebody else did since `before`: then no row comes. (A version is the moment of
-- the last change: it never comes twice, whatever the clocks say.)
insert into sso_settings as s (
    org_id, enabled, provider, metadata_url, client_id, client_secret, attribute_mapping, auto_provision, default_role,
    group_roles, enforced, break_glass_user_id, metadata_xml, idp_initiated, saml_certificate, saml_key, vouched, vouched_by,
    updated_at
)
values (
    %(org_id)s, %(enabled)s, %(provider)s, %(metadata_url)s, %(client_id)s, %(client_secret)s,
    %(attribute_mapping)s::jsonb, %(auto_provision)s, %(default_role)s, %(group_roles)s::jsonb, %(enforced)s,
    %(break_glass_user_id)s, %(metadata_xml)s, %(idp_initiated)s, %(saml_certificate)s, %(saml_key)s,
    %(vouched)s::text [], %(vouched_by)s, %(updated_at)s
)
on conflict (org_id) do update
set enabled = excluded.enabled, provider = excluded.provider, metadata_url = excluded.metadata_url,
    client_id = excluded.client_id, client_secret = excluded.client_secret,
    attribute_mapping = excluded.attribute_mapping, auto_provision = excluded.auto_provision,
    default_role = excluded.default_role, group_roles = excluded.group_roles, enforced = excluded.enforced,
    break_glass_user_id = excluded.break_glass_user_id, metadata_xml = excluded.metadata_xml,
    idp_initiated = excluded.idp_initiated, saml_certificate = excluded.saml_certificate, saml_key = excluded.saml_key,
    vouched = excluded.vouched, vouched_by = excluded.vouched_by,
    updated_at = greatest(excluded.updated_at, s.updated_at + interval '1 microsecond')
where s.updated_at = %(before)s
returning updated_at

-- name: domains
-- The domains of this organization.
select domain, proof, created_at, verified_at
from sso_domains
order by domain

-- name: get_domain
-- A domain of this organization.
select domain, proof, created_at, verified_at
from sso_domains
where domain = %(domain)s

-- name: claim_domain
-- Say that a domain is one's own; saying it twice keeps the first proof.
insert into sso_domains (org_id, domain, proof, created_at)
values (%(org_id)s, %(domain)s, %(proof)s, %(now)s)
on conflict do nothing

-- name: verify_domain
-- A domain is proven, or is not any more.
update sso_domains set verified_at = %(verified_at)s
where domain = %(domain)s

-- name: release_domain
-- A domain is given up.
delete from sso_domains
where domain = %(domain)s

-- name: begin_signin
-- A browser was sent to the provider.
insert into signins (org_id, id, state_hash, binder_hash, return_to, expires_at)
values (%(org_id)s, %(id)s, %(state_hash)s, %(binder_hash)s, %(return_to)s, %(expires_at)s)

-- name: take_signin
-- It comes back, once.
delete from signins
where id = %(id)s and state_hash = %(state_hash)s
returning binder_hash, return_to, expires_at

-- name: member_of_subject
-- Who a provider's subject is here.
select m.user_id, m.email, m.role, m.suspended_at is not null as suspended
from identities as i
join memberships as m on m.org_id = i.org_id and m.user_id = i.user_id
where i.issuer = %(issuer)s and i.subject = %(subject)s

-- name: member_of_email
-- Who has an address.
select m.user_id, m.email, m.role, m.suspended_at is not null as suspended
from memberships as m
where lower(m.email) = %(email)s

-- name: member
-- A member.
select m.user_id, m.email, m.role, m.suspended_at is not null as suspended
from memberships as m
where m.user_id = %(user_id)s

-- name: voucher
-- The role and the reach that who vouched for the provider has now.
select m.role, m.projects is null and r.projects is null as is_whole
from memberships as m
left join custom_roles as r on r.org_id = m.org_id and r.name = m.custom_role
where m.user_id = %(user_id)s and m.suspended_at is null

-- name: link_subject
-- A provider's subject is somebody here.
insert into identities (org_id, issuer, subject, user_id, created_at)
values (%(org_id)s, %(issuer)s, %(subject)s, %(user_id)s, %(now)s)
on conflict do nothing

-- name: set_role
-- A member's role follows their groups; an owner's never does.
update memberships set role = %(role)s, updated_at = %(now)s
where user_id = %(user_id)s and role not in ('owner', %(role)s)

-- name: expire_signins
-- Forget sign-ins that nobody came back from.
delete from signins
where expires_at < %(now)s

-- name: take_message
-- A provider's message is used, once.
insert into saml_messages (org_id, issuer, id, expires_at)
values (%(org_id)s, %(issuer)s, %(id)s, %(expires_at)s)
on conflict do nothing

-- name: expire_messages
-- Forget messages that are too old to be believed again.
delete from saml_messages
where expires_at < %(now)s

-- name: keep_session
-- A login belongs to a session of the provider.
insert into saml_sessions (org_id, login_id, issuer, name_id, name, session_index)
values (%(org_id)s, %(login_id)s, %(issuer)s, %(name_id)s, %(name)s::jsonb, %(session_index)s)

-- name: session_of_login
-- The provider's session that a login belongs to.
select name, session_index
from saml_sessions
where login_id = %(login_id)s

-- name: end_sessions
-- The provider ended sessions of a person: all, or those that it names.
update logins as l set ended_at = %(now)s
from saml_sessions as s
where s.org_id = l.org_id and s.login_id = l.id and l.ended_at is null
and s.issuer = %(issuer)s and s.name_id = %(name_id)s
and (cardinality(%(indexes)s::text []) = 0 or s.session_index = any(%(indexes)s))

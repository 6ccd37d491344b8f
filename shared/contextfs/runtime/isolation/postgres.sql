-- name: owned
-- What the victim has, as a hash for each kind; what is made of it by events, and what is kept about calls, is not in it.
select kind, md5(string_agg(content, '' order by content)) as hash
from (
    select 'project' as kind, t::text as content from projects as t where t.id = %(project_id)s
    union all
    select 'session', t::text from sessions as t where t.project_id = %(project_id)s
    union all
    select 'message', t::text from messages as t where t.project_id = %(project_id)s
    union all
    select 'memory', t::text from memories as t where t.project_id = %(project_id)s
    union all
    select 'revision', t::text from revisions as t where t.project_id = %(project_id)s
    union all
    select 'API key', t::text from api_keys as t where t.project_id = %(project_id)s
    union all
    select 'source', t::text from sources as t where t.project_id = %(project_id)s
    union all
    select 'member', t::text from memberships as t where t.user_id = any(%(ids)s::uuid [])
    union all
    select 'role', t::text from custom_roles as t where t.id = any(%(ids)s::uuid [])
    union all
    select 'invitation', t::text from invitations as t where t.id = any(%(ids)s::uuid [])
    union all
    select 'dead letter', t::text from dead_letters as t where t.id = any(%(ids)s::uuid [])
    union all
    select 'login', t::text from logins as t where t.id = any(%(ids)s::uuid [])
    union all
    select 'grant', t::text from grants as t where t.id = any(%(ids)s::uuid [])
    union all
    select 'directory token', t::text from scim_tokens as t where t.id = any(%(ids)s::uuid [])
    union all
    select 'domain', t::text from sso_domains as t where t.domain = %(domain)s
    union all
    select 'sign-on', t::text from sso_settings as t
    union all
    select 'SAML login', t::text from saml_sessions as t
    union all
    select 'SAML message', t::text from saml_messages as t
    union all
    select 'pack', t::text from packs as t where t.id = any(%(ids)s::uuid [])
    union all
    select distinct 'recall', t.memory_id::text from recalls as t where t.project_id = %(project_id)s
    union all
    select 'export', t::text from exports as t where t.id = any(%(ids)s::uuid [])
    union all
    select 'allow-list', t::text from allow_lists as t
    union all
    select 'home', t::text from homes as t
    union all
    select 'audit retention', t::text from audit_retention as t
    union all
    select 'audit stream', concat_ws(' ', t.url, t.format, t.sealed, t.updated_at) from audit_streams as t
    union all
    select 'generation of vectors', concat_ws(' ', t.id, t.model, t.state) from generations as t
    union all
    select 'vector', concat_ws(' ', v.generation_id, v.passage_id)
    from vectors as v
    inner join passages as p on p.org_id = v.org_id and p.id = v.passage_id
    where p.source_id = any(%(ids)s::uuid [])
) as things
group by kind

-- name: page
-- Entries of the audit log, newest first.
select
    a.id, a.at, a.actor, a.actor_id, a.action, a.project_id, a.subject, a.request_id, a.details, a.position,
    encode(a.hash, 'hex') as hash
from audit_log as a
where (%(at)s::timestamptz is null or (a.at, a.id) < (%(at)s, %(after)s))
    and (%(since)s::timestamptz is null or a.at >= %(since)s)
    and (%(until)s::timestamptz is null or a.at < %(until)s)
    and (%(actor)s::uuid is null or a.actor_id = %(actor)s)
    and (
        %(user)s::uuid is null or a.actor_id = %(user)s
        or a.actor_id in (select k.id from api_keys as k where k.user_id = %(user)s)
    )
    and (%(action)s::text is null or a.action = %(action)s)
    and (%(kind)s::text is null or starts_with(a.action, %(kind)s))
    and (%(subject)s::uuid is null or a.subject = %(subject)s)
    and (%(project_id)s::uuid is null or a.project_id = %(project_id)s)
order by a.at desc, a.id desc
limit %(limit)s

-- name: links
-- Sealed entries in the order of the chain, each with the digest of what it says now: as contextfs.audit_digest spells it, and
-- not by that function, which who owns the database may replace.
select
    a.position, a.hash,
    pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(
        a.org_id, a.id, pg_catalog.to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.actor_id,
        a.actor, a.action, a.project_id, a.subject, a.request_id, a.details
    )::text, 'UTF8')) as digest
from audit_log as a
where a.position > %(after)s and a.position <= %(until)s
order by a.position
limit %(limit)s

-- name: end
-- The head of the chain, and how many entries are not sealed yet.
select
    h.position, h.hash,
    (select count(*) from audit_log as a where a.org_id = contextfs.claim('org_id')::uuid and a.position is null) as unsealed
from (select 1) as always
left join audit_heads as h on h.org_id = contextfs.claim('org_id')::uuid

-- name: seal
-- Seal entries that are not yet.
select contextfs.seal_audit(%(most)s) as sealed

-- name: get_retention
-- How long the organization keeps its log.
select keep_days from audit_retention

-- name: put_retention
-- Say how long the organization keeps its log.
insert into audit_retention (org_id, keep_days, updated_by, updated_at)
values (%(org_id)s, %(keep_days)s, %(by)s, %(now)s)
on conflict (org_id) do update
set keep_days = excluded.keep_days, updated_by = excluded.updated_by, updated_at = excluded.updated_at

-- name: clear_retention
-- Let the organization keep its log for ever.
delete from audit_retention where org_id = %(org_id)s

-- name: checkpoint
-- Where the organization's log was cut last.
select position, hash, signature from audit_checkpoints order by position desc limit 1

-- name: to_cut
-- Up to where logs may be cut.
select org_id, position, hash from contextfs.audit_to_cut(%(now)s)

-- name: look_at_log
-- Say that a log is looked at, to be cut.
select contextfs.look_at_log(%(org_id)s, %(at)s)

-- name: cut
-- Cut a log.
select contextfs.cut_audit(%(org_id)s, %(position)s, %(signature)s, %(now)s, %(id)s) as cut

-- name: due
-- Whose file is to be looked at.
select org_id from contextfs.audit_due(%(at)s, %(most)s) as org_id

-- name: look
-- Say that an organization's file is looked at.
select contextfs.look_at_anchor(%(org_id)s, %(at)s) as is_ours

-- name: hold
-- Be the only one who moves an organization's file, until the transaction ends.
select pg_try_advisory_xact_lock(hashtextextended('contextfs.anchor ' || %(org_id)s::uuid, 0)) as is_ours

-- name: ending
-- Where a chain ends, and where it was cut last.
select position, hash, cut_position, cut_hash, signature from contextfs.audit_end(%(org_id)s)

-- name: links_of
-- Sealed entries of an organization in the order of the chain, each with the digest of what it says now.
select position, hash, digest from contextfs.audit_links(%(org_id)s, %(after)s, %(until)s, %(limit)s)

-- name: note
-- Say up to where a chain is noted.
select contextfs.note_anchor(%(org_id)s, %(position)s)

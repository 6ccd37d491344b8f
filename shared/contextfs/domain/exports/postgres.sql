-- name: insert
-- Ask for an export.
insert into exports (org_id, id, project_id, requested_by, contents, status, created_at, expires_at)
values (
    %(org_id)s, %(id)s, %(project_id)s, %(requested_by)s, %(contents)s::text [], 'pending', %(now)s, %(expires_at)s
)
returning id, project_id, contents, status, failure, size, sha256, revisions, sessions, messages, entries,
    created_at, finished_at, expires_at

-- name: pending
-- An export of the same that was asked for after a time, and is not written yet.
select id
from exports
where project_id is not distinct from %(project_id)s and contents = %(contents)s::text [] and status = 'pending'
    and created_at > %(since)s
limit 1

-- name: get
-- One export.
select id, project_id, contents, status, failure, size, sha256, revisions, sessions, messages, entries, created_at,
    finished_at, expires_at
from exports
where id = %(id)s and expires_at > %(now)s

-- name: hold
-- One export that is to be written, held until the transaction ends.
select id, project_id, contents, status, failure, size, sha256, revisions, sessions, messages, entries, created_at,
    finished_at, expires_at
from exports
where id = %(id)s and status = 'pending' and expires_at > %(now)s
for update

-- name: page
-- Exports, newest first.
select id, project_id, contents, status, failure, size, sha256, revisions, sessions, messages, entries, created_at,
    finished_at, expires_at
from exports
where expires_at > %(now)s and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(after)s))
order by created_at desc, id desc
limit %(limit)s

-- name: finish
-- Say that an export is there.
update exports
set status = 'ready', size = %(size)s, sha256 = %(sha256)s, revisions = %(revisions)s, sessions = %(sessions)s,
    messages = %(messages)s, entries = %(entries)s, finished_at = %(now)s
where id = %(id)s

-- name: fail
-- Say why an export is not there.
update exports
set status = 'failed', failure = %(failure)s, finished_at = %(now)s
where id = %(id)s

-- name: delete
-- Forget an export.
delete from exports
where id = %(id)s and expires_at > %(now)s
returning id

-- name: over
-- Exports whose time is over.
select org_id, id
from exports
where expires_at < %(now)s
order by expires_at

-- name: forget
-- Forget exports of any organizations.
delete from exports
where (org_id, id) in (select * from unnest(%(orgs)s::uuid [], %(ids)s::uuid []))

-- name: organization
-- Whose export it is.
select name
from organizations

-- name: projects
-- One project, or all.
select id, name
from projects
where %(project_id)s::uuid is null or id = %(project_id)s
order by id

-- name: revisions
-- All revisions of some memories of a project, deleted or not: those after a memory, in the order of their ids.
select r.memory_id, r.id, r.parents, r.fields, r.author, r.clock
from (
    select id from memories
    where project_id = %(project_id)s and (%(after)s::uuid is null or id > %(after)s)
    order by id
    limit %(limit)s
) as m
inner join revisions as r on r.memory_id = m.id
order by r.memory_id, r.clock, r.id

-- name: sessions
-- Some sessions of a project: those after one, in the order of their ids.
select
    id, external_id, tool, title, status, user_id, model, git_remote, git_branch, git_commit, cwd, input_tokens,
    output_tokens, visibility, sensitivity, tags, annotations, metadata, started_at, ended_at, created_at, updated_at
from sessions
where project_id = %(project_id)s and (%(after)s::uuid is null or id > %(after)s)
order by id
limit %(limit)s

-- name: messages
-- Some messages of a session: those after one, in their order.
select id, session_id, external_id, role, kind, content, tool_calls, model, tokens, metadata, created_at
from messages
where session_id = %(session_id)s
    and (%(at)s::timestamptz is null or (created_at, id) > (%(at)s, %(after)s))
order by created_at, id
limit %(limit)s

-- name: entries
-- Some entries of the audit log: those after one, the oldest first.
select
    a.id, a.at, a.actor, a.actor_id, a.action, a.project_id, a.subject, a.request_id, a.details, a.position,
    encode(a.hash, 'hex') as hash
from audit_log as a
where %(at)s::timestamptz is null or (a.at, a.id) > (%(at)s, %(after)s)
order by a.at, a.id
limit %(limit)s

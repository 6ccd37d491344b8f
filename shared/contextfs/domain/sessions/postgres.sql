-- name: insert
-- Create a session; no row when its external id, or its id, is stored already.
insert into sessions (
    org_id, project_id, id, external_id, tool, title, status, user_id, model, git_remote, git_branch, git_commit, cwd,
    input_tokens, output_tokens, visibility, sensitivity, tags, annotations, metadata, started_at, created_by,
    created_at, updated_at
)
values (
    %(org_id)s, %(project_id)s, %(id)s, %(external_id)s, %(tool)s, %(title)s, 'open', %(user_id)s, %(model)s,
    %(remote)s, %(branch)s, %(commit)s, %(cwd)s, %(input_tokens)s, %(output_tokens)s, %(visibility)s, %(sensitivity)s,
    %(tags)s::text [], %(annotations)s::jsonb, %(metadata)s::jsonb, %(started_at)s, %(created_by)s, %(now)s, %(now)s
)
on conflict do nothing
returning
    id, project_id, external_id, tool, title, status, user_id, model, git_remote, git_branch, git_commit, cwd,
    message_count, input_tokens, output_tokens, visibility, sensitivity, tags, annotations, metadata, started_at,
    ended_at, created_at, updated_at

-- name: get
-- One session.
select
    id, project_id, external_id, tool, title, status, user_id, model, git_remote, git_branch, git_commit, cwd,
    message_count, input_tokens, output_tokens, visibility, sensitivity, tags, annotations, metadata, started_at,
    ended_at, created_at, updated_at
from sessions
where id = %(id)s

-- name: get_external
-- One session by the id that its tool gave it.
select
    id, project_id, external_id, tool, title, status, user_id, model, git_remote, git_branch, git_commit, cwd,
    message_count, input_tokens, output_tokens, visibility, sensitivity, tags, annotations, metadata, started_at,
    ended_at, created_at, updated_at
from sessions
where project_id = %(project_id)s and tool = %(tool)s and external_id = %(external_id)s

-- name: lock
-- One session, held until the transaction ends, with what its project and its organization want taken out of it. A
-- statement behind this one finds in `app.unchosen` whether that is nothing.
select
    id, project_id, external_id, tool, title, status, user_id, model, git_remote, git_branch, git_commit, cwd,
    message_count, input_tokens, output_tokens, visibility, sensitivity, tags, annotations, metadata, started_at,
    ended_at, created_at, updated_at,
    personal, rules,
    set_config('app.unchosen', (personal is null and coalesce(rules, '[]') = '[]')::text, true) as unchosen
from sessions
cross join lateral (
    select
        (select p.personal from projects as p where p.org_id = sessions.org_id and p.id = sessions.project_id)
            as personal,
        (select r.rules from redaction_rules as r where r.org_id = sessions.org_id) as rules
    offset 0
) as chosen
where id = %(id)s
for update of sessions

-- name: page
-- Sessions, newest first.
select
    id, project_id, external_id, tool, title, status, user_id, model, git_remote, git_branch, git_commit, cwd,
    message_count, input_tokens, output_tokens, visibility, sensitivity, tags, annotations, metadata, started_at,
    ended_at, created_at, updated_at
from sessions
where (%(project_id)s::uuid is null or project_id = %(project_id)s)
    and (%(tool)s::text is null or tool = %(tool)s)
    and (%(status)s::text is null or status = %(status)s)
    and (%(branch)s::text is null or git_branch = %(branch)s)
    and (%(tag)s::text is null or %(tag)s = any(tags))
    and (%(since)s::timestamptz is null or started_at >= %(since)s)
    and (%(at)s::timestamptz is null or (started_at, id) < (%(at)s, %(after)s))
order by started_at desc, id desc
limit %(limit)s

-- name: update
-- Change a session. (A version is the moment of the last change: it never comes twice, whatever the clocks say.)
update sessions
set title = %(title)s, model = %(model)s, visibility = %(visibility)s, sensitivity = %(sensitivity)s,
    tags = %(tags)s::text [], annotations = %(annotations)s::jsonb, metadata = %(metadata)s::jsonb,
    input_tokens = %(input_tokens)s, output_tokens = %(output_tokens)s,
    updated_at = greatest(%(now)s::timestamptz, updated_at + interval '1 microsecond')
where id = %(id)s
returning
    id, project_id, external_id, tool, title, status, user_id, model, git_remote, git_branch, git_commit, cwd,
    message_count, input_tokens, output_tokens, visibility, sensitivity, tags, annotations, metadata, started_at,
    ended_at, created_at, updated_at

-- name: complete
-- Close a session.
update sessions
set status = 'completed', ended_at = %(ended_at)s,
    updated_at = greatest(%(now)s::timestamptz, updated_at + interval '1 microsecond')
where id = %(id)s
returning
    id, project_id, external_id, tool, title, status, user_id, model, git_remote, git_branch, git_commit, cwd,
    message_count, input_tokens, output_tokens, visibility, sensitivity, tags, annotations, metadata, started_at,
    ended_at, created_at, updated_at

-- name: delete
-- Delete a session with its messages.
delete from sessions
where id = %(id)s

-- name: append
-- Store messages that are not stored yet, and count them; a session that grows is open again, and takes a title if it
-- has none. No row when all of them were stored.
with added as (
    insert into messages (
        org_id, project_id, session_id, id, external_id, role, kind, content, tool_calls, model, tokens, metadata,
        created_at, stored_at
    )
    select
        %(org_id)s, %(project_id)s, %(session_id)s, m.id, m.external_id, m.role, m.kind, m.content, m.tool_calls,
        m.model, m.tokens, m.metadata, m.created_at, %(now)s
    from jsonb_to_recordset(%(messages)s::jsonb) as m (
        id uuid, external_id text, role text, kind text, content text, tool_calls jsonb, model text, tokens integer,
        metadata jsonb, created_at timestamptz
    )
    on conflict do nothing
    returning id
),

counted as (
    select count(id)::integer as messages, array_agg(id) as ids
    from added
)

update sessions
set message_count = message_count + counted.messages, status = 'open', ended_at = null,
    title = coalesce(title, %(title)s),
    updated_at = greatest(%(now)s::timestamptz, updated_at + interval '1 microsecond')
from counted
where id = %(session_id)s and counted.messages > 0
returning
    id, project_id, external_id, tool, title, status, user_id, model, git_remote, git_branch, git_commit, cwd,
    message_count, input_tokens, output_tokens, visibility, sensitivity, tags, annotations, metadata, started_at,
    ended_at, created_at, updated_at, counted.ids as added

-- name: revise
-- Bring messages to how they are read now, and keep what they said before.
with said as (
    select m.id, m.role, m.kind, m.content, m.tool_calls, m.model, m.tokens, m.metadata, m.created_at
    from jsonb_to_recordset(%(messages)s::jsonb) as m (
        id uuid, role text, kind text, content text, tool_calls jsonb, model text, tokens integer, metadata jsonb,
        created_at timestamptz
    )
),

kept as (
    insert into message_versions (
        org_id, project_id, session_id, message_id, since, until, external_id, role, kind, content, tool_calls, model,
        tokens, metadata, created_at, stored_at
    )
    select
        m.org_id, m.project_id, m.session_id, m.id, coalesce(m.revised_at, m.stored_at),
        greatest(%(now)s::timestamptz, coalesce(m.revised_at, m.stored_at) + interval '1 microsecond'), m.external_id,
        m.role, m.kind, m.content, m.tool_calls, m.model, m.tokens, m.metadata, m.created_at, m.stored_at
    from messages as m
    inner join said on m.id = said.id
    where m.session_id = %(session_id)s
    returning message_id
)

update messages as m
set role = said.role, kind = said.kind, content = said.content, tool_calls = said.tool_calls, model = said.model,
    tokens = said.tokens, metadata = said.metadata, created_at = said.created_at,
    revised_at = greatest(%(now)s::timestamptz, coalesce(m.revised_at, m.stored_at) + interval '1 microsecond')
from said
where m.session_id = %(session_id)s and m.id = said.id

-- name: ever_left_behind
-- Whether a message of a session is left behind, or was before.
select
    exists (select from messages where session_id = %(session_id)s and metadata ? 'left_behind')
    or exists (select from message_versions where session_id = %(session_id)s and metadata ? 'left_behind') as is_so

-- name: left_behind
-- Which of these messages were left behind, in these sessions.
select session_id, id
from messages
where session_id = any(%(sessions)s::uuid []) and id = any(%(ids)s::uuid []) and metadata ? 'left_behind'

-- name: append_new
-- Store messages that cannot be stored yet in a session that is held, and count them. Unless it is known what was to be
-- taken out of them, none where anything was chosen.
with grown as (
    update sessions
    set message_count = message_count + %(coming)s, status = 'open', ended_at = null,
        title = coalesce(title, %(title)s),
        updated_at = greatest(%(now)s::timestamptz, updated_at + interval '1 microsecond')
    where id = %(session_id)s and (%(is_known)s or current_setting('app.unchosen', true) = 'true')
    returning org_id, project_id
)

insert into messages (
    org_id, project_id, session_id, id, external_id, role, kind, content, tool_calls, model, tokens, metadata,
    created_at, stored_at
)
select
    g.org_id, g.project_id, %(session_id)s, m.id, m.external_id, m.role, m.kind, m.content, m.tool_calls, m.model,
    m.tokens, m.metadata, m.created_at, %(now)s
from grown as g, jsonb_to_recordset(%(messages)s::jsonb) as m (
    id uuid, external_id text, role text, kind text, content text, tool_calls jsonb, model text, tokens integer,
    metadata jsonb, created_at timestamptz
)

-- name: messages
-- The messages of a session in their order.
select id, session_id, external_id, role, kind, content, tool_calls, model, tokens, metadata, created_at
from messages
where session_id = %(session_id)s
    and (%(at)s::timestamptz is null or (created_at, id) > (%(at)s, %(after)s))
order by created_at, id
limit %(limit)s

-- name: last_message_at
-- When the last message of a session was written.
select max(created_at) as at
from messages
where session_id = %(session_id)s

-- name: author
-- Whose a session is: theirs alone is a private one to see.
select created_by
from sessions
where id = %(id)s

-- name: idle
-- Sessions of all organizations that are open, and that nothing came to since a time: the oldest first.
select org_id, project_id, id, created_by, created_at, updated_at
from sessions_idle_since(%(before)s, %(at)s, %(after)s, %(limit)s)

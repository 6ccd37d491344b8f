-- name: page
-- What changed after a position, and where the feed stands in the same moment; one row without a change if none did.
select head.position as head, page.position, page.kind, page.subject, page.items, page.size
from (
    select coalesce(max(c.position), 0) as position
    from feed_counters as c
    where c.project_id = %(project_id)s
) as head
left join (
    select f.position, f.kind, f.subject, f.items, f.size
    from feed as f
    where f.project_id = %(project_id)s and f.position > %(cursor)s
        and (%(origin)s::uuid is null or f.origin is distinct from %(origin)s)
    order by f.position
    limit %(limit)s
) as page on true
order by page.position

-- name: status
-- Where the feed stands, and how much of the project can be seen.
select
    (select coalesce(max(c.position), 0) from feed_counters as c where c.project_id = %(project_id)s) as position,
    (select count(*) from memories as m where m.project_id = %(project_id)s and not m.deleted) as memories,
    (select count(*) from sessions as s where s.project_id = %(project_id)s and %(sessions)s) as sessions

-- name: revisions
-- Revisions by their memories and ids, in the order in which they are asked for.
select r.memory_id, r.id, r.parents, r.fields, r.author, r.clock
from unnest(%(memories)s::uuid [], %(ids)s::text []) with ordinality as wanted (memory_id, id, place)
inner join revisions as r on r.memory_id = wanted.memory_id and r.id = wanted.id
order by wanted.place

-- name: sessions
-- Sessions by their ids.
select
    id, project_id, external_id, tool, title, status, user_id, model, git_remote, git_branch, git_commit, cwd,
    message_count, input_tokens, output_tokens, visibility, sensitivity, tags, annotations, metadata, started_at,
    ended_at, created_at, updated_at
from sessions
where id = any(%(ids)s::uuid [])

-- name: messages
-- Messages by their sessions and ids.
select m.id, m.session_id, m.external_id, m.role, m.kind, m.content, m.tool_calls, m.model, m.tokens, m.metadata,
    m.created_at
from unnest(%(sessions)s::uuid [], %(ids)s::uuid []) as wanted (session_id, id)
inner join messages as m on m.session_id = wanted.session_id and m.id = wanted.id
order by m.session_id, m.created_at, m.id

-- name: visible
-- Those memories and sessions that can be seen.
select m.id from memories as m where m.id = any(%(memories)s::uuid [])
union all
select s.id from sessions as s where s.id = any(%(sessions)s::uuid [])

-- name: add
-- Begin a session, unless its id, or its tool's id for it, is there already.
insert or ignore into sessions (
    id, tool, external_id, title, status, user_id, model, remote, branch, commit_id, cwd, input_tokens, output_tokens,
    sensitivity, tags, annotations, metadata, started_at, ended_at, created_at, updated_at, chosen, own, told
)
values (
    :id, :tool, :external_id, :title, :status, :user_id, :model, :remote, :branch, :commit_id, :cwd, :input_tokens,
    :output_tokens, :sensitivity, :tags, :annotations, :metadata, :started_at, :ended_at, :created_at, :updated_at,
    :chosen, :own, :told
)

-- name: session
-- One session.
select * from sessions where id = :id

-- name: external
-- One session, by its tool's id for it.
select * from sessions where tool = :tool and external_id = :external_id

-- name: starting
-- Sessions whose id starts or ends with some digits.
select id from sessions where replace(id, '-', '') like :starts or replace(id, '-', '') like :ends limit 3

-- name: page
-- Sessions, newest first.
select * from sessions
where (:tool is null or tool = :tool)
    and (:status is null or status = :status)
    and (:branch is null or branch = :branch)
    and (:tag is null or :tag in (select value from json_each(sessions.tags)))
    and (:since is null or started_at >= :since)
order by started_at desc, id desc
limit :limit

-- name: counts
-- How many sessions and messages there are.
select count(*) as sessions, coalesce(sum(message_count), 0) as messages from sessions

-- name: add_message
-- Store a message, unless its id, or its tool's id for it, is there already.
insert or ignore into messages (
    id, session_id, external_id, role, kind, content, tool_calls, model, tokens, metadata, created_at, sent
)
values (
    :id, :session_id, :external_id, :role, :kind, :content, :tool_calls, :model, :tokens, :metadata, :created_at, :sent
)

-- name: known
-- Which messages of a session are there, by their tool's ids for them.
select external_id from messages where session_id = :session_id and external_id is not null

-- name: messages
-- The messages of a session in their order, from a place on.
select * from messages
where session_id = :session_id and (created_at, id) > (:at, :after)
order by created_at, id
limit :limit

-- name: last_message_at
-- When the last message of a session was written.
select max(created_at) as at from messages where session_id = :session_id

-- name: grown
-- Count messages that were added; a session that grows here is open again, and takes a title if it has none.
update sessions
set message_count = message_count + :added, status = 'open', ended_at = null, own = 1,
    title = coalesce(title, :title), updated_at = max(:now, updated_at), version = version + 1
where id = :id

-- name: spent
-- Bring the token counts of a session up to date.
update sessions
set input_tokens = max(input_tokens, :input_tokens), output_tokens = max(output_tokens, :output_tokens),
    updated_at = max(:now, updated_at), version = version + 1
where id = :id and (input_tokens < :input_tokens or output_tokens < :output_tokens)

-- name: complete
-- Close a session.
update sessions
set status = 'completed', ended_at = :ended_at, updated_at = max(:now, updated_at), version = version + 1
where id = :id and status = 'open'

-- name: learned
-- Remember from how many of its messages was learned.
update sessions set learned = :learned where id = :id

-- name: choose
-- Say who may see a session.
update sessions set chosen = :chosen, updated_at = max(:now, updated_at), version = version + 1
where id = :id and chosen is not :chosen

-- name: touch
-- Note that search has to look at a session again.
insert or ignore into dirty_sessions (session_id) values (:id)

-- name: learned_from
-- Memories that name a session as their source: the private ones, or the others.
select m.id from memories as m
where not m.deleted and m.private = :private
    and exists (
        select 1 from json_each(m.fields, '$.provenance') as proof
        where json_extract(proof.value, '$.session_id') = :session_id
    )
order by m.id

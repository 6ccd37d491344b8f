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

-- name: named_by_tool
-- The sessions of a tool, and what it calls them.
select id, external_id from sessions where tool = :tool order by id

-- name: copies
-- The conversations of a tool that may be copies of others, by what it calls them.
select id, external_id, version, told from sessions
where tool = :tool and external_id like '%checkpoint-%'
order by id

-- name: starting
-- Sessions whose id starts or ends with some digits.
select id from sessions where replace(id, '-', '') like :starts or replace(id, '-', '') like :ends
order by id limit :limit

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
set status = 'completed', ended_at = :ended_at, updated_at = max(:now, updated_at), version = version + 1, own = 1
where id = :id and status = 'open'

-- name: learned
-- Remember from how many of its messages was learned.
update sessions set learned = :learned where id = :id

-- name: choose
-- Say who may see a session.
update sessions set chosen = :chosen, updated_at = max(:now, updated_at), version = version + 1, own = 1
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

-- name: follow
-- Bring a session of somebody else's to what its server says of it.
update sessions
set title = :title, status = :status, model = :model, input_tokens = :input_tokens, output_tokens = :output_tokens,
    sensitivity = :sensitivity, tags = :tags, annotations = :annotations, metadata = :metadata, ended_at = :ended_at,
    updated_at = :updated_at, chosen = :chosen, version = version + 1, told = :chosen || ' ' || (version + 1)
where id = :id

-- name: arrived
-- Count messages that came from elsewhere.
update sessions set message_count = message_count + :added where id = :id

-- name: part
-- Keep a session that its server has no more for ourselves.
update sessions set chosen = 'private', told = null, version = version + 1 where id = :id

-- name: part_messages
-- The server of a session has nothing of it any more.
update messages set sent = 0 where session_id = :id

-- name: forget
-- Take a session out of this store.
delete from sessions where id = :id

-- name: forget_messages
-- Take the messages of a session out of this store.
delete from messages where session_id = :id

-- name: own
-- What decides which of our own sessions are due.
select id, tool, branch, cwd, tags, chosen, version, told from sessions where own order by id

-- name: unsent
-- Messages of a session that the server has not been sent, in their order.
select * from messages where session_id = :session_id and sent = 0 order by created_at, id

-- name: mark_sent
-- Remember that the server has a message.
update messages set sent = 1 where id = :id

-- name: tell
-- Remember what the server knows of a session.
update sessions set told = :told where id = :id

-- name: refuse
-- Remember why the server does not take a session.
insert into refused_sessions (session_id, reason) values (:id, :reason)
on conflict do update set reason = excluded.reason

-- name: accept
-- The server has taken a session.
delete from refused_sessions where session_id = :id

-- name: refused
-- What the server would not take.
select session_id, reason from refused_sessions order by session_id

-- name: forget_server
-- Another server has nothing of our own sessions yet.
update sessions set told = null where told is not null

-- name: forget_sent
-- Another server has none of our messages yet.
update messages set sent = 0 where sent

-- name: forget_refused
-- Another server may take what one refused.
delete from refused_sessions

-- name: every
-- Every session, in the order of their ids.
select * from sessions order by id

-- name: add_message_of
-- Store a message of a session that is there, unless the message is there already.
insert or ignore into messages (
    id, session_id, external_id, role, kind, content, tool_calls, model, tokens, metadata, created_at, sent
)
select
    :id, :session_id, :external_id, :role, :kind, :content, :tool_calls, :model, :tokens, :metadata, :created_at, :sent
from sessions
where id = :session_id

-- name: named
-- The messages of a session that their tool has a name for.
select * from messages where session_id = :session_id and external_id is not null

-- name: of_session
-- All messages of a session.
select * from messages where session_id = :session_id

-- name: ever_left_behind
-- Whether a message of a session is left behind, or was before.
select 1 as is_so from messages as m
where m.session_id = :session_id
    and (
        json_type(m.metadata, '$.left_behind') is not null
        or exists (
            select 1 from message_versions as v
            where v.message_id = m.id and json_type(v.metadata, '$.left_behind') is not null
        )
    )
limit 1

-- name: has_left_behind
-- Whether a message of a session was left behind.
select 1 as is_so from messages
where session_id = :session_id and json_type(metadata, '$.left_behind') is not null
limit 1

-- name: left_behind
-- Which of these messages were left behind, each named by its session and itself.
select distinct m.session_id, m.id
from json_each(:messages) as one
inner join messages as m on m.id = json_extract(one.value, '$[1]') and m.session_id = json_extract(one.value, '$[0]')
where json_type(m.metadata, '$.left_behind') is not null

-- name: proven_by
-- Memories, deleted ones included, that name a session as a source.
select m.id from memories as m
where exists (
    select 1 from json_each(m.fields, '$.provenance') as proof
    where json_extract(proof.value, '$.session_id') = :session_id
)
order by m.id

-- name: keep_version
-- Keep a message as it is, before it is read in another way.
insert into message_versions (
    message_id, version, role, kind, content, tool_calls, model, tokens, metadata, created_at, replaced_at
)
select
    id, (select count(*) + 1 from message_versions where message_id = id), role, kind, content, tool_calls, model,
    tokens, metadata, created_at, :replaced_at
from messages where id = :id

-- name: retitle
-- Name a session anew.
update sessions set title = :title, updated_at = max(:now, updated_at), version = version + 1
where id = :id and title is not :title

-- name: revise
-- Bring a message to how it is read now.
update messages
set role = :role, kind = :kind, content = :content, tool_calls = :tool_calls, model = :model, tokens = :tokens,
    metadata = :metadata, created_at = :created_at
where id = :id

-- name: has_passages
-- Whether search has passages.
select 1 as is_so from sqlite_master where type = 'table' and name = 'passages'

-- name: forget_passages
-- Take away the passages of a message: search makes them anew.
delete from passages where source_id = :id

-- name: forget_versions
-- Take what the messages of a session said before out of this store.
delete from message_versions where message_id in (select id from messages where session_id = :id)

-- name: threads
-- Every thread: a name for a tip, and the thread that it was forked from.
select id, name, tip_message_hash, forked_from, datetime_utc from threads order by id

-- name: chain
-- The messages from a tip up to its root, each with its parts, the root first.
with recursive path (hash, parent_hash, role, depth) as (
    select hash, parent_hash, role, 0 from messages where hash = :tip
    union all
    select m.hash, m.parent_hash, m.role, path.depth + 1
    from messages m join path on m.hash = path.parent_hash
    where path.depth < 20000
)
select path.hash, path.role, parts.type, parts.text, parts.payload
from path left join parts on parts.message_hash = path.hash
order by path.depth desc, parts.position

-- name: turns
-- The calls of a model in one thread: what it was asked, what it answered, and what that cost.
select parent_message_hash, tip_message_hash, model, resolved_model, input_tokens, output_tokens, token_details,
    datetime_utc
from turns where thread_id = :id order by id

-- name: conversations
-- The conversations of versions before threads.
select id, name from conversations order by id

-- name: responses
-- The calls of one such conversation, with all their columns: they differ from version to version.
select * from responses where conversation_id = :id order by datetime_utc, id

-- name: loose
-- The calls that belong to no conversation.
select * from responses where conversation_id is null order by datetime_utc, id

-- name: tool_calls
-- The tools that one call asked for.
select name, arguments, tool_call_id from tool_calls where response_id = :id order by id

-- name: tool_results
-- The results that one call was given.
select name, output, tool_call_id from tool_results where response_id = :id order by id

-- name: kept_threads
-- The rows of threads that are kept.
select * from threads

-- name: kept_messages
-- The rows of messages that are kept.
select * from messages

-- name: kept_parts
-- The rows of parts that are kept.
select * from parts

-- name: kept_turns
-- The rows of turns that are kept.
select * from turns

-- name: kept_conversations
-- The rows of conversations that are kept.
select * from conversations

-- name: kept_responses
-- The rows of responses that are kept.
select * from responses

-- name: kept_tool_calls
-- The rows of tool_calls that are kept.
select * from tool_calls

-- name: kept_tool_results
-- The rows of tool_results that are kept.
select * from tool_results

-- name: sessions
-- Every session, with all its columns: they differ from version to version.
select * from session order by id

-- name: messages
-- The messages of one session, in order.
select id, time_created, data from message where session_id = :id order by time_created, id

-- name: parts
-- The parts of all messages of one session, in order.
select id, message_id, data from part where session_id = :id order by id

-- name: kept_sessions
-- The rows of sessions that are kept.
select * from session

-- name: kept_messages
-- The rows of messages that are kept.
select * from message

-- name: kept_parts
-- The rows of parts that are kept.
select * from part

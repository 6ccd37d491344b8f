-- name: sessions
-- Every session, with all its columns: they differ from version to version.
select * from session order by id

-- name: messages
-- The messages of one session, in order.
select id, time_created, data from message where session_id = :id order by time_created, id

-- name: parts
-- The parts of all messages of one session, in order.
select id, message_id, data from part where session_id = :id order by id

-- name: memories
-- Every memory that is there.
select id, type, title, content, fields, created from memories where not deleted order by id

-- name: messages
-- What was said, as search looks through it.
select id, session_id, role, kind, content, created_at
from messages
where kind in ('prompt', 'reply', 'summary') and content <> ''
order by created_at, id

-- name: outline
-- The chunks of a session's record, in order, without what they hold.
select line, lines, size, encode(hash, 'hex') as hash, reader, stored_at, problem
from session_records
where session_id = %(session_id)s
order by line

-- name: drop_from
-- Take away what a record says from a line on.
delete from session_records
where session_id = %(session_id)s and line >= %(line)s

-- name: insert
-- Keep a chunk.
insert into session_records (
    org_id, project_id, session_id, line, lines, size, hash, reader, data, stored_at
)
values (
    %(org_id)s, %(project_id)s, %(session_id)s, %(line)s, %(lines)s, %(size)s, %(hash)s, %(reader)s, %(data)s, %(now)s
)

-- name: mark
-- Note which reader the messages of a session are read by, or why it could not read its record.
update session_records set reader = %(reader)s, problem = %(problem)s
where session_id = %(session_id)s

-- name: outdated
-- Records of all organizations that one of these readers read, and none that is not known, behind one of them.
select org_id, project_id, session_id, created_by, reader, stored_at
from records_read_by(%(old)s::text [], %(known)s::text [], %(behind)s, %(behind_id)s, %(limit)s)

-- name: rewrite
-- Keep a chunk in another way.
update session_records set data = %(data)s
where session_id = %(session_id)s and line = %(line)s

-- name: holding
-- The chunk that a line stands in, and the end of the record.
select
    line, data,
    (select max(r.line + r.lines) from session_records as r where r.session_id = %(session_id)s) as ends
from session_records
where session_id = %(session_id)s and line <= %(line)s and line + lines > %(line)s

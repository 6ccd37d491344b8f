-- name: messages
-- Some messages behind a place.
select rowid as place, id, session_id, content, tool_calls, metadata from messages
where rowid > :after order by rowid limit :limit

-- name: versions
-- Some of what messages said before, behind a place.
select message_id || ' ' || printf('%09d', version) as place, message_id as id, version, content, tool_calls, metadata
from message_versions
where message_id || ' ' || printf('%09d', version) > :after
order by 1 limit :limit

-- name: sessions
-- Some sessions behind a place.
select id as place, id, title, annotations, metadata from sessions where id > :after order by id limit :limit

-- name: revisions
-- Some revisions behind a place.
select memory_id || ' ' || id as place, memory_id, id, fields from revisions
where memory_id || ' ' || id > :after
order by 1 limit :limit

-- name: redact_message
-- Take secrets out of a message.
update messages set content = :content, tool_calls = :tool_calls, metadata = :metadata where id = :id

-- name: redact_version
-- Take secrets out of what a message said before.
update message_versions set content = :content, tool_calls = :tool_calls, metadata = :metadata
where message_id = :id and version = :version

-- name: redact_session
-- Take secrets out of what is said of a session.
update sessions set title = :title, annotations = :annotations, metadata = :metadata, version = version + 1 where id = :id

-- name: heads
-- The revisions that a memory shows.
select heads, deleted from memories where id = :id

-- name: pieces
-- Some pieces that were not looked through with these rules, each with a file that it stands in.
select p.hash, p.data, f.id as file, f.path, f.name
from pieces as p join files as f on f.id = (select file from parts where piece = p.hash limit 1)
where p.rules <> :rules and p.hash > :after
order by p.hash limit :limit

-- name: looked
-- A piece was looked through with these rules.
update pieces set rules = :rules where hash = :hash

-- name: place_piece
-- Put a piece in the place of another one.
update parts set piece = :piece where piece = :hash

-- name: drop_piece
-- Take a piece out.
delete from pieces where hash = :hash

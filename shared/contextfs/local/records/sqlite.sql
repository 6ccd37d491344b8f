-- name: file
-- One file that is kept.
select id, tool, path, name, is_rows, size, secrets, read_by, kept_at from files
where tool = :tool and path = :path and draft = 0

-- name: files
-- The files of a tool, or of all, in the order in which they were kept.
select id, tool, path, name, is_rows, size, secrets, read_by, kept_at from files
where draft = 0 and (:tool is null or tool = :tool)
order by kept_at, id

-- name: unread
-- Files that were kept and not read: whoever did was cut off.
select id, tool, path, name, is_rows, size, secrets, read_by, kept_at from files
where draft = 0 and read_by is null
order by kept_at, id

-- name: begin
-- Begin to keep a file; others may be at it, or were killed at it.
insert into files (tool, path, name, is_rows, size, secrets, kept_at, draft)
values (
    :tool, :path, :name, :is_rows, 0, 0, :kept_at,
    (select coalesce(max(f.draft), 0) + 1 from files as f where f.tool = :tool and f.path = :path)
)
returning id

-- name: finish
-- What was a draft is the file now.
update files set draft = 0, size = :size, secrets = :secrets where id = :file

-- name: met
-- Note that a file is as it was.
update files set kept_at = :kept_at where id = :file

-- name: is_read
-- Note by which reader a file was read.
update files set read_by = :read_by where id = :file

-- name: add_piece
-- Keep a piece, unless it is there.
insert or ignore into pieces (hash, size, data, rules) values (:hash, :size, :data, :rules)

-- name: add_part
-- Put a piece in its place.
insert into parts (file, part, place, piece) values (:file, :part, :place, :piece)

-- name: parts
-- The pieces of a file, in order.
select part, piece from parts where file = :file order by part, place

-- name: is_same
-- Whether two files have the same pieces in the same places.
select not exists (
    select part, place, piece from parts where file = :file
    except select part, place, piece from parts where file = :other
) and not exists (
    select part, place, piece from parts where file = :other
    except select part, place, piece from parts where file = :file
) as is_so

-- name: clear_parts
-- Take a file's pieces from it.
delete from parts where file = :file

-- name: forget
-- Take a file out.
delete from files where id = :file

-- name: drafts
-- Drafts of those who were cut off long ago.
select id from files where draft <> 0 and kept_at < :before

-- name: sweep
-- Take out the pieces that stand in no file.
delete from pieces where not exists (select 1 from parts where piece = hash)

-- name: piece
-- One piece.
select data from pieces where hash = :hash

-- name: size
-- How many files there are, how much the tools wrote, and how much is kept of it.
select (select count(*) from files where draft = 0) as files,
    (select coalesce(sum(size), 0) from files where draft = 0) as written, coalesce(sum(length(data)), 0) as kept
from pieces

-- name: oldest
-- The file that was kept the longest ago, and read.
select id, tool, path, name, is_rows, size, secrets, read_by, kept_at from files
where draft = 0 and read_by is not null
order by kept_at, id
limit 1

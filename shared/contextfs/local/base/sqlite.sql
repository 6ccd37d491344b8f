-- name: mark
-- A remembered value.
select value from marks where name = :name

-- name: set_mark
-- Remember a value.
insert into marks (name, value) values (:name, :value)
on conflict (name) do update set value = excluded.value

-- name: revisions
-- All revisions of a memory.
select id, parents, fields, author, clock from revisions where memory_id = :memory_id

-- name: add_revision
-- Add a revision; what is there stays, but for a smaller clock and for having been sent.
insert into revisions (memory_id, id, parents, fields, author, clock, sent, from_absence)
values (:memory_id, :id, :parents, :fields, :author, :clock, :sent, :from_absence)
on conflict (memory_id, id) do update
set sent = max(sent, excluded.sent),
    author = case when (excluded.clock, excluded.author) < (clock, author) then excluded.author else author end,
    clock = min(clock, excluded.clock)

-- name: is_sent
-- Whether a server was sent any revision of a memory.
select 1 as is_so from revisions where memory_id = :memory_id and sent = 1 limit 1

-- name: from_absence
-- Whether all of some revisions are deletions that were concluded from a missing file.
select min(from_absence) as all_of_them from revisions
where memory_id = :memory_id and id in (select value from json_each(:ids))

-- name: show
-- Bring a memory's row to its view.
insert or replace into memories (
    id, type, title, content, tags, fields, heads, version, author, session_id, pinned, private, conflicted, deleted,
    fingerprint, short, path, created, updated
)
values (
    :id, :type, :title, :content, :tags, :fields, :heads, :version, :author, :session_id, :pinned, :private,
    :conflicted, :deleted, :fingerprint, :short, :path, :created, :updated
)

-- name: memory
-- One memory, deleted or not.
select * from memories where id = :id

-- name: belonging
-- The memories of whose files the names end with a short id.
select id, path, fields from memories where short = :short

-- name: memories
-- Some memories, deleted or not.
select * from memories where id in (select value from json_each(:ids))

-- name: standing
-- How some memories stand, deleted or not, without their texts.
select id, heads, deleted, private, short, path from memories where id in (select value from json_each(:ids))

-- name: same
-- A memory that says the same to the same readers.
select id from memories
where fingerprint in (select value from json_each(:fingerprints)) and private = :private and not deleted
order by created limit 1

-- name: folders
-- The folders that memories lie in, one for each type: read by leaps over the index of paths ("0" follows "/").
with recursive folders (folder) as (
    select (select substr(path, 1, instr(path, '/') - 1) from memories order by path collate nocase limit 1)
    union all
    select (
        select substr(m.path, 1, instr(m.path, '/') - 1) from memories as m
        where m.path > f.folder || '0' collate nocase order by m.path collate nocase limit 1
    )
    from folders as f where f.folder is not null
)
select folder from folders where folder != ''

-- name: of_shorts
-- Memories that have one of some short ids.
select short, id from memories where short in (select value from json_each(:shorts))

-- name: starting
-- Memories whose id starts or ends with some digits.
select id from memories where replace(id, '-', '') like :starts or replace(id, '-', '') like :ends
order by id limit :limit

-- name: page
-- Memories, newest first.
select * from memories
where not deleted
    and (:type is null or type = :type)
    and (:conflicted is null or conflicted = :conflicted)
    and (:pinned is null or pinned = :pinned)
    and (:author is null or author = :author)
    and (:since is null or updated >= :since)
    and (:superseded or (
        (json_extract(fields, '$.valid_to') is null or json_extract(fields, '$.valid_to') > :now)
        and (json_extract(fields, '$.expires_at') is null or json_extract(fields, '$.expires_at') > :now)
    ))
    and (:tags is null or not exists (
        select 1 from json_each(:tags) as wanted
        where wanted.value not in (select value from json_each(memories.tags))
    ))
order by updated desc, id desc
limit :limit

-- name: known
-- Memories, deleted since or not, that had a revision at a time, with whether one came after it.
select m.*, exists (
    select 1 from revisions as r where r.memory_id = m.id and substr(r.clock, 1, 24) > :then
) as changed
from memories as m
where exists (select 1 from revisions as r where r.memory_id = m.id and substr(r.clock, 1, 24) <= :then)
order by m.id

-- name: counts
-- How many memories there are, and how many are in conflict.
select count(*) as memories, coalesce(sum(conflicted), 0) as conflicted from memories where not deleted

-- name: behind
-- Files that show an older state than the store knows, or a memory that was deleted since.
select f.path from files as f join memories as m indexed by memories_state on m.id = f.memory_id
where f.tree = :tree and f.problem is null
    and (m.deleted or f.base <> m.heads and (select json_group_array(value) from (select value from json_each(f.base) order by value)) <> json(m.heads))
order by f.path

-- name: count_unsent
-- How many revisions the server has not been sent.
select (select count(*) from revisions where not sent) - (
    select count(*) from memories as m indexed by memories_private
    cross join revisions as r on r.memory_id = m.id and not r.sent where m.private
) as unsent

-- name: forget_memory
-- Take a memory out of this store.
delete from memories where id = :id

-- name: forget_revisions
-- Take a memory's revisions out of this store.
delete from revisions where memory_id = :id

-- name: stats
-- What the file system told of the files of a tree; no size where a file may have changed again in the same tick.
select path, case when mtime <= looked - :soon then size end as size, mtime from files where tree = :tree

-- name: file
-- What one file looked like.
select path, memory_id, size, mtime, looked, hash, base, problem, found from files where tree = :tree and path = :path

-- name: files_of
-- The files of a memory in a tree.
select path, memory_id, size, mtime, looked, hash, base, problem, found from files
where memory_id = :memory_id and +tree = :tree

-- name: files_of_some
-- The files of some memories in a tree.
select path, memory_id, size, mtime, looked, hash, base, problem, found from files
where memory_id in (select value from json_each(:ids)) and +tree = :tree

-- name: holders
-- Whose files have some paths.
select path, memory_id from files where tree = :tree and path in (select value from json_each(:paths))

-- name: set_file
-- Remember what a file looks like.
insert or replace into files (tree, path, memory_id, size, mtime, looked, hash, base, problem, found)
values (:tree, :path, :memory_id, :size, :mtime, :looked, :hash, :base, :problem, :found)

-- name: forget_file
-- Forget a file.
delete from files where tree = :tree and path = :path

-- name: problems
-- Files that cannot be taken in.
select path, problem from files where tree = :tree and problem is not null order by path

-- name: intend
-- Note that a memory's file has to be brought into step.
insert into intents (tree, memory_id, owner) values (:tree, :memory_id, :owner)
on conflict (tree, memory_id) do update set owner = excluded.owner

-- name: intents
-- What has to be brought into step.
select memory_id, owner from intents where tree = :tree order by memory_id

-- name: intended
-- Clear notes.
delete from intents where tree = :tree and memory_id in (select value from json_each(:ids))

-- name: touch
-- Note that search has to look at a memory again.
insert or ignore into dirty (memory_id) values (:memory_id)

-- name: every
-- Every memory, deleted or not, in the order of their ids.
select id, private from memories order by id

-- name: lock
-- Memories of a project, held until the transaction ends; always in one order, so that two who hold many never wait
-- for each other.
select id, author_id
from memories
where project_id = %(project_id)s and id = any(%(ids)s::uuid [])
order by id
for update

-- name: revisions
-- All revisions of memories.
select memory_id, id, parents, fields, author, clock
from revisions
where memory_id = any(%(ids)s::uuid [])

-- name: sessions
-- Sessions of a project, as far as they can be seen.
select id
from sessions
where project_id = %(project_id)s and id = any(%(ids)s::uuid [])

-- name: insert
-- Store memories; those whose ids are taken are left out.
insert into memories
select m.* from jsonb_populate_recordset(null::contextfs.memories, %(rows)s::jsonb) as m
order by m.id
on conflict do nothing
returning id

-- name: add_revisions
-- Add revisions; one that is known may get the earlier of two claims of who made it when. Gives what is new of it.
insert into revisions as r
select n.* from jsonb_populate_recordset(null::contextfs.revisions, %(rows)s::jsonb) as n
order by n.memory_id, n.id
on conflict (org_id, memory_id, id) do update
set author = excluded.author, clock = excluded.clock
where (excluded.clock collate "C", excluded.author collate "C") < (r.clock collate "C", r.author collate "C")
returning memory_id, id

-- name: show
-- Bring the rows of memories to the views of their revisions.
update memories as m
set type = n.type, title = n.title, content = n.content, tags = n.tags, metadata = n.metadata,
    visibility = n.visibility, sensitivity = n.sensitivity, confidence = n.confidence, pinned = n.pinned,
    valid_from = n.valid_from, valid_to = n.valid_to, expires_at = n.expires_at, provenance = n.provenance,
    anchors = n.anchors, deleted = n.deleted, conflicted = n.conflicted, bodies = n.bodies, heads = n.heads,
    version = n.version, fingerprint = n.fingerprint, updated_at = n.updated_at
from jsonb_populate_recordset(null::contextfs.memories, %(rows)s::jsonb) as n
where m.id = n.id

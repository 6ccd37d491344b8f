-- name: insert
-- Create a memory with its first revision; no row when its id is taken.
with memory as (
    insert into memories (
        org_id, project_id, id, type, title, content, tags, metadata, visibility, sensitivity, confidence, pinned,
        valid_from, valid_to, expires_at, provenance, anchors, author_id, author_kind, session_id, deleted, conflicted,
        bodies, heads, version, fingerprint, created_at, updated_at
    )
    values (
        %(org_id)s, %(project_id)s, %(id)s, %(type)s, %(title)s, %(content)s, %(tags)s::text [], %(metadata)s::jsonb,
        %(visibility)s, %(sensitivity)s, %(confidence)s, %(pinned)s, %(valid_from)s, %(valid_to)s, %(expires_at)s,
        %(provenance)s::jsonb, %(anchors)s::jsonb, %(author_id)s, %(author_kind)s, %(session_id)s, false, false, '{}',
        %(heads)s::text [], %(version)s, %(fingerprint)s, %(now)s, %(now)s
    )
    on conflict (org_id, id) do nothing
    returning org_id, project_id, id
),

revision as (
    insert into revisions (org_id, project_id, memory_id, id, parents, fields, author, clock, stored_at)
    select org_id, project_id, id, %(revision)s, '{}', %(fields)s::jsonb, %(author)s, %(clock)s, %(now)s
    from memory
)

select id
from memory

-- name: add_revision
-- Add a revision; nothing happens when it is there.
insert into revisions (org_id, project_id, memory_id, id, parents, fields, author, clock, stored_at)
values (
    %(org_id)s, %(project_id)s, %(memory_id)s, %(id)s, %(parents)s::text [], %(fields)s::jsonb, %(author)s, %(clock)s,
    %(now)s
)
on conflict do nothing

-- name: show
-- Bring a memory's row to the view of its revisions.
update memories
set type = %(type)s, title = %(title)s, content = %(content)s, tags = %(tags)s::text [],
    metadata = %(metadata)s::jsonb, visibility = %(visibility)s, sensitivity = %(sensitivity)s,
    confidence = %(confidence)s, pinned = %(pinned)s, valid_from = %(valid_from)s, valid_to = %(valid_to)s,
    expires_at = %(expires_at)s, provenance = %(provenance)s::jsonb, anchors = %(anchors)s::jsonb,
    deleted = %(deleted)s, conflicted = %(conflicted)s, bodies = %(bodies)s::text [], heads = %(heads)s::text [],
    version = %(version)s, fingerprint = %(fingerprint)s, updated_at = %(now)s
where id = %(id)s

-- name: get
-- One memory.
select
    id, project_id, type, title, content, tags, metadata, visibility, sensitivity, confidence, pinned, valid_from,
    valid_to, expires_at, provenance, anchors, author_id, author_kind, session_id, conflicted, bodies, version,
    created_at, updated_at
from memories
where id = %(id)s and not deleted

-- name: lock
-- One memory, deleted or not, held until the transaction ends.
select id, project_id, author_id, author_kind, session_id, created_at
from memories
where id = %(id)s
for update

-- name: one_by_one
-- Wait for one's turn to add a text, until the transaction ends.
select pg_advisory_xact_lock(
    hashtextextended(concat(%(project_id)s::text, %(fingerprint)s::text, %(visibility)s::text), 0)
)

-- name: find_same
-- The memory that says the same.
select
    id, project_id, type, title, content, tags, metadata, visibility, sensitivity, confidence, pinned, valid_from,
    valid_to, expires_at, provenance, anchors, author_id, author_kind, session_id, conflicted, bodies, version,
    created_at, updated_at
from memories
where project_id = %(project_id)s and fingerprint = %(fingerprint)s and not deleted
    and visibility = %(visibility)s
order by created_at
limit 1

-- name: revisions
-- All revisions of a memory, newest first by their clocks: each comes before those that it was made from.
select id, parents, fields, author, clock, stored_at
from revisions
where memory_id = %(memory_id)s
order by clock desc, stored_at desc, id

-- name: page
-- Memories, newest first.
select
    id, project_id, type, title, content, tags, metadata, visibility, sensitivity, confidence, pinned, valid_from,
    valid_to, expires_at, provenance, anchors, author_id, author_kind, session_id, conflicted, bodies, version,
    created_at, updated_at
from memories
where not deleted
    and (%(project_id)s::uuid is null or project_id = %(project_id)s)
    and (%(type)s::text is null or type = %(type)s)
    and (%(tags)s::text [] is null or tags @> %(tags)s::text [])
    and (%(author)s::uuid is null or author_id = %(author)s)
    and (%(session_id)s::uuid is null or session_id = %(session_id)s)
    and (%(since)s::timestamptz is null or created_at >= %(since)s)
    and (%(until)s::timestamptz is null or created_at < %(until)s)
    and (%(conflicted)s::boolean is null or conflicted = %(conflicted)s)
    and (%(metadata)s::jsonb is null or metadata @> %(metadata)s::jsonb)
    and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(after)s))
order by created_at desc, id desc
limit %(limit)s

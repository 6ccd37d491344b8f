-- name: same
-- The memory of a project that says the same, or nothing. With a `gist` nobody chose its type, and one of any type is the
-- same. A statement behind this one finds it as it was read here.
select
    set_config(
        'app.same',
        coalesce(contextfs.same_memory(%(project_id)s, %(fingerprint)s, %(visibility)s, %(gist)s)::text, 'none'),
        true
    ) as same

-- name: add
-- Store a memory with its first revision; nothing, where one says the same. Unless it is known what was to be taken out of
-- it, nothing either where anything was chosen.
with added as (
    insert into memories (
        org_id, project_id, id, type, title, content, tags, metadata, visibility, sensitivity, confidence, pinned,
        valid_from, valid_to, expires_at, provenance, anchors, author_id, author_kind, session_id, deleted, conflicted,
        bodies, heads, version, fingerprint, created_at, updated_at
    )
    select
        m.org_id, m.project_id, m.id, m.type, m.title, m.content, m.tags, m.metadata, m.visibility, m.sensitivity,
        m.confidence, m.pinned, m.valid_from, m.valid_to, m.expires_at, m.provenance, m.anchors, m.author_id,
        m.author_kind, m.session_id, m.deleted, m.conflicted, m.bodies, m.heads, m.version, m.fingerprint, m.created_at,
        m.updated_at
    from jsonb_populate_record(null::memories, %(memory)s::jsonb) as m
    where
        current_setting('app.same', true) = 'none'
        and (%(is_known)s or current_setting('app.unchosen', true) = 'true')
)
insert into revisions (org_id, project_id, memory_id, id, parents, fields, author, clock, stored_at)
select r.org_id, r.project_id, r.memory_id, r.id, r.parents, r.fields, r.author, r.clock, r.stored_at
from jsonb_populate_record(null::revisions, %(revision)s::jsonb) as r
where
    current_setting('app.same', true) = 'none'
    and (%(is_known)s or current_setting('app.unchosen', true) = 'true')

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

-- name: revisions
-- All revisions of a memory, newest first by their clocks: each comes before those that it was made from.
select id, parents, fields, author, clock, stored_at
from revisions
where memory_id = %(memory_id)s
order by clock desc, stored_at desc, id

-- name: proven_by
-- Memories that name a session among what they come from, and were not taught by it, deleted ones included. (An index holds
-- those of a project that come from more than who taught them.)
select id
from memories
where project_id = %(project_id)s
    and jsonb_array_length(provenance) > case when session_id is null then 0 else 1 end
    and provenance @> jsonb_build_array(jsonb_build_object('session_id', %(session_id)s::uuid))

-- name: learned_from
-- Memories that a session taught, or proved, deleted ones included: each has its index.
select id
from memories
where project_id = %(project_id)s and session_id = %(session_id)s
union
select id
from memories
where project_id = %(project_id)s
    and jsonb_array_length(provenance) > case when session_id is null then 0 else 1 end
    and provenance @> jsonb_build_array(jsonb_build_object('session_id', %(session_id)s::uuid))

-- name: page
-- Memories, newest first.
select
    id, project_id, type, title, content, tags, metadata, visibility, sensitivity, confidence, pinned, valid_from,
    valid_to, expires_at, provenance, anchors, author_id, author_kind, session_id, conflicted, bodies, version,
    created_at, updated_at
from memories
where not deleted
    and (%(superseded)s or ((valid_to is null or valid_to > %(now)s) and (expires_at is null or expires_at > %(now)s)))
    and (%(project_id)s::uuid is null or project_id = %(project_id)s)
    and (%(type)s::text is null or type = %(type)s)
    and (%(tags)s::text [] is null or tags @> %(tags)s::text [])
    and (%(author)s::uuid is null or author_id = %(author)s)
    and (%(session_id)s::uuid is null or session_id = %(session_id)s)
    and (%(since)s::timestamptz is null or created_at >= %(since)s)
    and (%(until)s::timestamptz is null or created_at < %(until)s)
    and (%(conflicted)s::boolean is null or conflicted = %(conflicted)s)
    and (%(visibility)s::text [] is null or visibility = any(%(visibility)s::text []))
    and (%(sensitivity)s::text [] is null or sensitivity = any(%(sensitivity)s::text []))
    and (%(metadata)s::jsonb is null or metadata @> %(metadata)s::jsonb)
    and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(after)s))
order by created_at desc, id desc
limit %(limit)s

-- name: known
-- Memories, deleted since or not, that had a revision at a time, newest first, with whether one came after it.
select
    m.id, m.project_id, m.type, m.title, m.content, m.tags, m.metadata, m.visibility, m.sensitivity, m.confidence,
    m.pinned, m.valid_from, m.valid_to, m.expires_at, m.provenance, m.anchors, m.author_id, m.author_kind, m.session_id,
    m.conflicted, m.bodies, m.version, m.created_at, m.updated_at, m.deleted,
    exists (
        select from revisions as r
        where r.org_id = m.org_id and r.memory_id = m.id and left(r.clock, 24) collate "C" > %(then)s
    ) as changed
from memories as m
where (%(id)s::uuid is null or m.id = %(id)s)
    and (%(projects)s::uuid [] is null or m.project_id = any(%(projects)s::uuid []))
    and (%(author)s::uuid is null or m.author_id = %(author)s)
    and (%(session_id)s::uuid is null or m.session_id = %(session_id)s)
    and exists (
        select from revisions as r
        where r.org_id = m.org_id and r.memory_id = m.id and left(r.clock, 24) collate "C" <= %(then)s
    )
    and (%(at)s::timestamptz is null or (m.created_at, m.id) < (%(at)s, %(after)s))
order by m.created_at desc, m.id desc
limit %(limit)s

-- name: present
-- Every memory of a project that is not deleted, with whether somebody else than its learner wrote its last state.
select
    m.id, m.type, m.title, m.content, m.tags, m.metadata, m.visibility, m.sensitivity, m.confidence, m.pinned,
    m.valid_from, m.valid_to, m.expires_at, m.provenance, m.anchors, m.deleted, m.bodies, m.author_id, m.author_kind,
    m.created_at, m.updated_at,
    exists (
        select from revisions as r
        where r.org_id = m.org_id and r.memory_id = m.id and r.id = any(m.heads) and r.author <> %(learner)s
    ) as edited
from memories as m
where m.project_id = %(project_id)s and not m.deleted

-- name: parted
-- Memories that were retired for another one, and that somebody took back: the pairs are kept apart.
-- What its learner gave back, as the other one was left behind, may be retired for it again.
select distinct r.memory_id, r.fields -> 'metadata' -> 'retired' ->> 'for' as other_id
from revisions as r
inner join memories as m on m.org_id = r.org_id and m.id = r.memory_id
where r.project_id = %(project_id)s and r.fields -> 'metadata' -> 'retired' ->> 'for' is not null
    and not m.metadata ? 'retired'
    and (r.fields ->> 'valid_from')::timestamptz is not distinct from m.valid_from
    and exists (
        select from revisions as s
        where s.org_id = r.org_id and s.memory_id = r.memory_id and s.clock > r.clock and s.author <> %(learner)s
            and s.fields -> 'metadata' -> 'retired' is null
    )

-- name: retired_for
-- Memories of a project that are retired for one of some.
select id from memories
where project_id = %(project_id)s and metadata ? 'retired'
    and metadata -> 'retired' ->> 'for' = any(%(others)s::text [])

-- name: retired
-- Memories that are retired, the latest first. One that somebody edited meanwhile holds, though the mark stands in it.
select id, project_id, metadata, updated_at
from memories
where metadata ? 'retired' and (%(project_id)s::uuid is null or project_id = %(project_id)s)
    and case when metadata -> 'retired' ->> 'as' = 'contradiction' then valid_to is not null else deleted end
    and (%(at)s::timestamptz is null or (updated_at, id) < (%(at)s, %(after)s))
order by updated_at desc, id desc
limit %(limit)s

-- name: brief
-- Memories, deleted or not, as a reviewer sees them.
select
    id, type, title, content, author_kind, visibility, sensitivity, valid_from, valid_to
from memories
where id = any(%(ids)s::uuid [])

-- Whether a memory was in conflict then is not known, which is no constant any more: the planner made a value of it that a
-- query compared with a column, and reckoned by how common that is in rows of others.

create or replace view contextfs_then.memories with (security_invoker = true) as
select
    r.memory_id as id, r.project_id, r.fields ->> 'type' as type, r.fields ->> 'title' as title,
    r.fields ->> 'content' as content,
    array(select jsonb_array_elements_text(coalesce(r.fields -> 'tags', '[]'))) as tags,
    coalesce(r.fields -> 'metadata', '{}') as metadata, coalesce(r.fields ->> 'visibility', 'project') as visibility,
    r.fields ->> 'sensitivity' as sensitivity, (r.fields ->> 'confidence')::double precision as confidence,
    coalesce((r.fields ->> 'pinned')::boolean, false) as pinned, (r.fields ->> 'valid_from')::timestamptz as valid_from,
    (r.fields ->> 'valid_to')::timestamptz as valid_to, (r.fields ->> 'expires_at')::timestamptz as expires_at,
    coalesce(r.fields -> 'provenance', '[]') as provenance, coalesce(r.fields -> 'anchors', '[]') as anchors,
    r.author_id, r.author_kind, r.session_id, nullif(r.stored_at > r.stored_at, false) as conflicted,
    left(r.id, 16) as version, r.created_at, r.stored_at as updated_at
from (
    select distinct on (own.memory_id)
        own.*, m.author_id, m.author_kind, m.session_id, m.created_at
    from contextfs.revisions as own
    join contextfs.memories as m on m.org_id = own.org_id and m.id = own.memory_id
    where own.stored_at <= contextfs_then.moment()
    order by own.memory_id, own.clock desc, own.id desc
) as r
where not coalesce((r.fields ->> 'deleted')::boolean, false);

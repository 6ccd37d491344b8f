-- name: enter
-- Find a source and make it the claims of this transaction.
select project_id, scheme, sealed, former, former_until, contextfs.is_within(%(kind)s, %(address)s::inet) as is_within
from contextfs.enter_source(%(org_id)s, %(source_id)s)

-- name: insert
-- Create a source.
insert into sources (
    org_id, id, project_id, name, preset, scheme, tool, tags, mapping, sealed, created_by, created_at, updated_at
)
values (
    %(org_id)s, %(id)s, %(project_id)s, %(name)s, %(preset)s, %(scheme)s, %(tool)s, %(tags)s::text [],
    %(mapping)s::jsonb, %(sealed)s, %(created_by)s, %(now)s, %(now)s
)
returning org_id, id, project_id, name, preset, scheme, tool, tags, mapping, former_until, created_at, updated_at

-- name: get
-- One source.
select org_id, id, project_id, name, preset, scheme, tool, tags, mapping, former_until, created_at, updated_at
from sources
where id = %(id)s

-- name: page
-- Sources, newest first.
select org_id, id, project_id, name, preset, scheme, tool, tags, mapping, former_until, created_at, updated_at
from sources
where (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(after)s))
order by created_at desc, id desc
limit %(limit)s

-- name: rotate
-- Give a source a new secret; the one that it had stays good until a time.
update sources
set former = sealed, former_until = %(former_until)s, sealed = %(sealed)s, updated_at = %(now)s
where id = %(id)s
returning org_id, id, project_id, name, preset, scheme, tool, tags, mapping, former_until, created_at, updated_at

-- name: delete
-- Delete a source; what it sent stays.
delete from sources
where id = %(id)s

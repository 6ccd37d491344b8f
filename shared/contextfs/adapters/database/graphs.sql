-- name: session
-- A build takes as long as it takes, but waits for nobody's lock.
set statement_timeout = 0;
set lock_timeout = '10s';
set client_min_messages = warning

-- name: memory
-- What a build may take.
select set_config('maintenance_work_mem', %s, false)

-- name: alone
-- Whether nobody else is at it.
select pg_try_advisory_lock(%s)

-- name: let_go
-- Let the next one be at it. Postgres would too, but a moment after the connection is closed.
select pg_advisory_unlock_all()

-- name: large
-- The generations that are large, of all tenants, and whether their graph is noted.
select id, dimensions, graphed_at is not null from contextfs.large_generations(%s)

-- name: there
-- The graphs that are there, and whether they are whole.
select c.relname, i.indisvalid
from pg_class as c
inner join pg_index as i on c.oid = i.indexrelid
where i.indrelid = 'contextfs.vectors'::regclass and starts_with(c.relname, %s)

-- name: make
-- A graph over one generation.
create index concurrently {name} on contextfs.vectors
using hnsw ((embedding::halfvec({dimensions})) halfvec_cosine_ops) where generation_id = {generation}

-- name: drop
-- A graph that nobody asks any more, or that was not finished.
drop index concurrently if exists contextfs.{name}

-- name: note
-- From now on a generation has a graph.
select contextfs.note_graph(%s, clock_timestamp())

-- name: withdraw
-- A generation has no graph any more.
select contextfs.note_graph(%s, null)

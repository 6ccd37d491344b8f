-- name: session
-- Counting takes as long as it takes.
set statement_timeout = 0

-- name: alone
-- Whether nobody else is at it.
select pg_try_advisory_lock(%s)

-- name: let_go
-- Let the next one be at it. Postgres would too, but a moment after the connection is closed.
select pg_advisory_unlock_all()

-- name: stale
-- The parts of organizations whose words have to be counted.
select org_id, project_id, reader from contextfs.stale_lexicons(%s, %s)

-- name: claim
-- From now on this transaction is an organization's.
select contextfs.assume(%s, null, null)

-- name: count
-- Count the words of a part.
select contextfs.count_words(%s, %s, %s, %s)

-- name: analyze
-- Tell the planner how many there are.
analyze contextfs.lexicons, contextfs.lexicon_words

-- name: reserve_key
-- Take an idempotency key; no row when it is taken. A twin that is still running is waited for.
insert into idempotency_keys (org_id, actor_id, key, request_hash, created_at)
values (%(org_id)s, %(actor_id)s, %(key)s, %(request_hash)s, %(now)s)
on conflict do nothing
returning key

-- name: earlier_reply
-- The reply that was given under an idempotency key.
select request_hash, status, headers, body
from idempotency_keys
where org_id = %(org_id)s and actor_id = %(actor_id)s and key = %(key)s

-- name: keep_reply
-- Keep a reply under its idempotency key.
update idempotency_keys
set status = %(status)s, headers = %(headers)s::jsonb, body = %(body)s
where org_id = %(org_id)s and actor_id = %(actor_id)s and key = %(key)s

-- name: settle
-- Write what a call leaves behind: events, the audit row, the meter.
select contextfs.settle(%(effects)s::jsonb)

-- name: consume
-- Take an event for a consumer; no row when it was taken before.
insert into consumed_events (org_id, consumer, event_id, consumed_at)
values (%(org_id)s, %(consumer)s, %(event_id)s, %(now)s)
on conflict do nothing
returning event_id

-- name: one_by_one
-- Wait for one's turn in a queue until the transaction ends.
select pg_advisory_xact_lock(hashtextextended(%(queue)s, 0))

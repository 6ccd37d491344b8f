-- name: consume
-- Take an event for a consumer; no row when it was taken before.
insert into consumed_events (org_id, consumer, event_id, consumed_at)
values (%(org_id)s, %(consumer)s, %(event_id)s, %(now)s)
on conflict do nothing
returning event_id

-- name: one_by_one
-- Wait for one's turn in a queue until the transaction ends.
select pg_advisory_xact_lock(hashtextextended(%(queue)s, 0))
